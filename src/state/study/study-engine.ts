import type { RewardPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import type { RewardFrame } from '../../engine/protocol';
import { freshDataset, pack, redraw, withChosenComparisons, type Dataset } from '../dataset';
import type { StartEngine } from '../engine.ts';
import { Opinion } from '../selection/opinion';

/** The ways to choose that are compared: those for which the answers teach something new. */
export type StudiedSource = 'start' | 'uncertain' | 'disagreement';

/** Where the accuracy is measured: the first labels are the same for all; the others are chosen in these batches. */
export const studyCounts = [10, 20, 40, 60, 80, 100, 120, 140, 160] as const;

/** Steps of each training, always from fresh weights, so that only the labels differ. */
export const studySteps = 150;

/** How well one model did: one strategy, one seed, so many labels. */
export interface StudyCell {
  readonly strategy: StudiedSource;
  readonly seed: number;
  readonly labels: number;
  /** Share of fresh pairs that it ranks as the gold does. */
  readonly accuracy: number;
}

/** Disagreement takes an ensemble. */
export const studiedSources = ({ members }: Pick<Settings, 'members'>): readonly StudiedSource[] =>
  members > 1 ? ['start', 'uncertain', 'disagreement'] : ['start', 'uncertain'];

/** The settings of one arm. All labels are trained on: the gold tests it, so nothing has to be held out. */
const studySettings = (settings: Settings, strategy: StudiedSource, seed: number): Settings => ({
  ...settings,
  seed,
  pairSource: strategy,
  simulated: studyCounts[0],
  heldOut: 0,
  patience: 0,
  training: 'continue',
  backend: 'cpu',
});

/** One after the other: every seed, every strategy, every number of labels. An engine of its own, so that nothing is disturbed. */
export class StudyEngine {
  readonly #line: ReturnType<StartEngine>;
  #version = 0;
  #frame: RewardFrame | null = null;
  /** Fails whatever is waited for. */
  #fail: (reason: Error) => void = () => {};
  readonly #failed: Promise<never>;

  constructor(start: StartEngine) {
    this.#failed = new Promise((_, reject) => (this.#fail = reject));
    this.#failed.catch(() => {});
    this.#line = start(
      (report) => {
        if (report.kind === 'frame') this.#frame = report.reward ?? this.#frame;
        if (report.kind === 'note' && report.note.topic === 'engine') this.#fail(new Error(report.note.text));
      },
      (message) => this.#fail(new Error(`The engine of the study stopped: ${message}.`)),
    );
  }

  /** @param found takes each cell as soon as there is one */
  async arm(
    settings: Settings,
    strategy: StudiedSource,
    seed: number,
    found: (cell: StudyCell) => void,
  ): Promise<void> {
    const own = studySettings(settings, strategy, seed);
    this.#line.send({ kind: 'configure', settings: own });
    let dataset = freshDataset(own);
    for (const labels of studyCounts) {
      dataset = this.#labelled(dataset, own, labels);
      const { goldAccuracy } = await this.#trained(dataset, own);
      found({ strategy, seed, labels, accuracy: goldAccuracy });
    }
  }

  #labelled(dataset: Dataset, settings: Settings, labels: number): Dataset {
    const missing = labels - dataset.comparisons.length;
    if (missing === 0) return dataset;
    if (settings.pairSource === 'start') return redraw(dataset, { ...settings, simulated: labels });
    return withChosenComparisons(dataset, settings, this.#opinion(dataset), missing);
  }

  #opinion({ candidates }: Dataset): Opinion | null {
    if (!this.#frame || this.#frame.version !== this.#version) return null;
    const { rewards, memberRewards } = this.#frame;
    return new Opinion(
      candidates.map(({ id }) => id),
      rewards,
      memberRewards,
    );
  }

  async #trained(dataset: Dataset, settings: Settings): Promise<RewardPoint> {
    this.#version += 1;
    const run = this.#version;
    this.#line.send({ kind: 'data', data: pack(dataset, settings, run).data });
    await this.#orFailure(this.#line.request({ kind: 'reset', stage: 'loop', run }));
    return (await this.#orFailure(this.#line.request({ kind: 'train', steps: studySteps }))) as RewardPoint;
  }

  #orFailure<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#failed]);
  }

  stop(): void {
    this.#line.stop();
  }
}
