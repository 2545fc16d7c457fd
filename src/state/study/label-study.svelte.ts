import { definitionOf, settingNames, type SettingName, type Settings } from '../../domain/settings';
import type { StartEngine } from '../engine.ts';
import { studiedSources, studyCounts, StudyEngine, type StudyCell } from './study-engine';
import { curvesOf, gainsOf, type StudyCurve, type StudyGain } from './study-result';

/** So many worlds are tried: the present seed and those after it. */
export const studySeeds = 5;

/** Settings that the study sets itself, or that it does not look at. */
const setHere: readonly SettingName[] = [
  ...(['speed', 'backend', 'showGold', 'goal', 'mode', 'pairSource', 'simulated', 'heldOut'] as const),
  ...(['patience', 'training', 'warmup', 'stepsPerIteration'] as const),
];
const lookedAt = settingNames.filter(
  (name) => definitionOf(name).group !== 'policy' && !setHere.includes(name),
);

/** The comparison of the ways to choose the next pair, on a button: in an engine of its own, beside the run. */
export class LabelStudy {
  readonly #startEngine: StartEngine;
  #engine: StudyEngine | null = null;
  #cells = $state.raw<readonly StudyCell[]>([]);
  #done = $state(0);
  #total = $state(0);
  #running = $state(false);
  #problem = $state<string | null>(null);
  /** What the cells belong to. */
  #settings = $state.raw<Settings | null>(null);
  readonly #curves = $derived(curvesOf(this.#cells));
  readonly #gains = $derived(gainsOf(this.#cells, studyCounts.at(-1)!));

  constructor(startEngine: StartEngine) {
    this.#startEngine = startEngine;
  }

  get running(): boolean {
    return this.#running;
  }
  /** Trainings done, of all there are. */
  get progress(): { readonly done: number; readonly total: number } {
    return { done: this.#done, total: this.#total };
  }
  get curves(): readonly StudyCurve[] {
    return this.#curves;
  }
  /** How the strategies did against random with the most labels. */
  get gains(): readonly StudyGain[] {
    return this.#gains;
  }
  /** Why it ended early, as a sentence. */
  get problem(): string | null {
    return this.#problem;
  }
  /** Whether what is shown was made under other settings than these. */
  isStale(settings: Settings): boolean {
    const made = this.#settings;
    return made !== null && lookedAt.some((name) => made[name] !== settings[name]);
  }

  /** Starts anew under these settings; settles when it is over, whichever way. */
  async start(settings: Settings): Promise<void> {
    this.cancel();
    const sources = studiedSources(settings);
    const seedMost = seedRange.max + 1;
    const seeds = Array.from({ length: studySeeds }, (_, k) => (settings.seed + k) % seedMost);
    const engine = new StudyEngine(this.#startEngine);
    this.#engine = engine;
    this.#settings = settings;
    this.#cells = [];
    this.#problem = null;
    this.#done = 0;
    this.#total = seeds.length * sources.length * studyCounts.length;
    this.#running = true;
    const found = (cell: StudyCell) => {
      if (this.#engine !== engine) return;
      this.#cells = [...this.#cells, cell];
      this.#done += 1;
    };
    try {
      for (const seed of seeds)
        for (const source of sources) {
          await engine.arm(settings, source, seed, found);
          if (this.#engine !== engine) return;
        }
    } catch (error) {
      if (this.#engine === engine) this.#problem = error instanceof Error ? error.message : String(error);
    } finally {
      engine.stop();
      if (this.#engine === engine) {
        this.#engine = null;
        this.#running = false;
      }
    }
  }

  /** Ends it; what was found stays. */
  cancel(): void {
    const engine = this.#engine;
    this.#engine = null;
    this.#running = false;
    engine?.stop();
  }
}

const seedRange = definitionOf('seed') as { readonly max: number };
