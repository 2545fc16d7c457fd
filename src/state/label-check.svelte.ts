import type { Comparison } from '../domain/comparison';
import type { Settings } from '../domain/settings';
import { trainingKey } from '../domain/training-key';
import type { HeldOutMargins } from '../engine/protocol';
import { judgedLabels, type JudgedLabels } from './judged-labels';

/** What a check needs of the playground. */
interface Desk {
  readonly settings: Settings;
  readonly dataset: { readonly comparisons: readonly Comparison[] };
  judge(onProgress: (share: number) => void): Promise<HeldOutMargins>;
  stop(): void;
}

/** Labels judged by models that were not trained on them: asked for, under way, or done and perhaps out of date. */
export class LabelCheck {
  readonly #desk: Desk;
  #found = $state.raw<JudgedLabels | null>(null);
  #key = $state.raw('');
  #share = $state.raw<number | null>(null);
  #problem = $state.raw<string | null>(null);
  #asked = 0;
  readonly #stale = $derived.by(() => {
    if (!this.#found) return null;
    const changes = this.#found.changes(this.#desk.dataset.comparisons);
    if (changes > 0) return `${changes} ${changes === 1 ? 'label has' : 'labels have'} changed`;
    return this.#key === trainingKey(this.#desk.settings) ? null : 'Settings of the model have changed';
  });

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The last check that came to its end; null before there is one. */
  get found(): JudgedLabels | null {
    return this.#found;
  }
  /** How much of the one under way is done, 0 to 1; null while none is. */
  get share(): number | null {
    return this.#share;
  }
  /** Why the last one came to nothing. */
  get problem(): string | null {
    return this.#problem;
  }
  /** What makes the last one out of date, as a sentence's beginning; null while nothing does. */
  get stale(): string | null {
    return this.#stale;
  }

  /** Judges all labels, as they are now. */
  async start(): Promise<void> {
    const asked = ++this.#asked;
    const { settings, dataset } = this.#desk;
    this.#share = 0;
    this.#problem = null;
    try {
      const margins = await this.#desk.judge((share) => {
        if (asked === this.#asked) this.#share = share;
      });
      if (asked !== this.#asked) return;
      this.#found = judgedLabels(dataset.comparisons, margins);
      this.#key = trainingKey(settings);
    } catch (error) {
      if (asked === this.#asked) this.#problem = error instanceof Error ? error.message : String(error);
    } finally {
      if (asked === this.#asked) this.#share = null;
    }
  }

  /** Nobody waits for it any more. */
  stop(): void {
    if (this.#share === null) return;
    this.#asked += 1;
    this.#share = null;
    this.#desk.stop();
  }

  /** What was judged means nothing any more: other candidates, another world. */
  clear(): void {
    this.stop();
    this.#found = null;
    this.#problem = null;
  }
}
