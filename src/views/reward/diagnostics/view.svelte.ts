import type { Change, Influence, Playground } from '../../../state/playground.svelte';

/** What each diagnostic of stage 3 gets. */
export interface DiagnosticProps {
  readonly playground: Playground;
  readonly view: DiagnosticView;
}

/** An answer of the engine, or why there is none (yet). */
type Answer =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed'; readonly why: string }
  | {
      readonly kind: 'found';
      readonly comparison: number;
      readonly change: Change;
      readonly influence: Influence;
    };

/** What is looked at in stage 3: which diagnostic, and which comparison. */
export class DiagnosticView {
  #name = $state('curves');
  #comparison = $state<number | null>(null);
  #change = $state<Change>('flip');
  #answer = $state.raw<Answer | null>(null);
  /** The last answer that was found: shown until there is another. */
  #found = $state.raw<Extract<Answer, { kind: 'found' }> | null>(null);
  #asked = 0;

  get name(): string {
    return this.#name;
  }
  /** The id of the comparison that is looked at. */
  get comparison(): number | null {
    return this.#comparison;
  }
  /** What is asked about it. */
  get change(): Change {
    return this.#change;
  }
  get answer(): Answer | null {
    return this.#answer;
  }
  get found() {
    return this.#found;
  }

  show(name: string): void {
    this.#name = name;
  }

  /** Looks at a comparison, or at none. */
  pick(comparison: number | null): void {
    this.#comparison = comparison;
  }

  /** Asks what a comparison does to the reward. An answer that is overtaken by another question is let go. */
  async ask(playground: Playground, comparison: number, change: Change): Promise<void> {
    this.#comparison = comparison;
    this.#change = change;
    const asked = ++this.#asked;
    this.#answer = { kind: 'waiting' };
    const answer = await playground.influence(comparison, change).then(
      (influence): Answer => ({ kind: 'found', comparison, change, influence }),
      (error: unknown): Answer => ({
        kind: 'failed',
        why: error instanceof Error ? error.message : String(error),
      }),
    );
    if (asked !== this.#asked) return;
    this.#answer = answer;
    if (answer.kind === 'found') this.#found = answer;
  }

  /** Waits for no answer any more. */
  stop(playground: Playground): void {
    if (this.#answer?.kind !== 'waiting') return;
    this.#asked += 1;
    this.#answer = null;
    playground.stopInfluence();
  }
}
