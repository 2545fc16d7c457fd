import type { Settings } from '../domain/settings';
import type { Command, Report, RequestResult, StudyArm, StudyLine, Walk } from '../engine/protocol';
import { optimiserArms, penaltyArms } from './studies';
import type { Run } from './run.svelte';

type Request = Extract<Command, { request: number }>;
type WithoutNumber<T> = T extends unknown ? Omit<T, 'request'> : never;

/** What the lab needs of the playground. */
export interface LabBench {
  readonly run: Run;
  readonly settings: Settings;
  request(command: WithoutNumber<Request>): Promise<RequestResult>;
  cancel(): void;
  pause(): void;
  /** Simulated labels of what the policy does now, to be trained on. */
  labelDrifted(count: number): void;
  train(steps: number): Promise<unknown>;
  optimise(iterations: number): Promise<unknown>;
  fail(error: unknown): void;
}

/** A run that was kept to compare with: where its rewards were at each √KL. */
interface KeptRun extends StudyLine {
  readonly id: number;
}

export type StudyKind = 'optimisers' | 'penalties';

/** The parts of an iteration that is walked through slowly. */
export const walkPhases = ['sample', 'score', 'advantages', 'ratios', 'update'] as const;
type WalkPhase = (typeof walkPhases)[number];

/** Where a round of labelling and retraining happened. */
export interface RoundMark {
  readonly round: number;
  readonly iteration: number;
  readonly step: number;
}

/** More would not be told apart. */
const mostKept = 6;
const studyIterations = 80;

/** What one can do with the policy beside running it: keep runs, studies, the slow iteration, rounds. */
export class PolicyLab {
  readonly #bench: LabBench;
  #kept = $state.raw<readonly KeptRun[]>([]);
  #nextKept = 1;
  #study = $state.raw<{
    kind: StudyKind;
    share: number;
    lines: readonly StudyLine[];
    running: boolean;
  } | null>(null);
  #walk = $state.raw<{ walk: Walk; phase: WalkPhase } | null>(null);
  #walking = $state(false);
  #round = $state.raw<{ done: number; of: number; doing: string } | null>(null);
  #marks = $state.raw<readonly RoundMark[]>([]);
  #stopRounds = false;

  constructor(bench: LabBench) {
    this.#bench = bench;
  }

  // ---- Runs that are kept ----

  get kept(): readonly KeptRun[] {
    return this.#kept;
  }
  /** Whether there is something to keep, and room for it. */
  get keepable(): boolean {
    return this.#bench.run.policySeries.length > 1 && this.#kept.length < mostKept;
  }

  keep(label: string): void {
    const { policySeries: series } = this.#bench.run;
    if (!this.keepable) return;
    this.#add({
      label,
      root: [...series.column('root')],
      proxy: [...series.column('proxyReward')],
      gold: [...series.column('goldReward')],
      problem: null,
    });
  }

  #add(line: StudyLine): void {
    if (this.#kept.length >= mostKept) return;
    this.#kept = [...this.#kept, { ...line, id: this.#nextKept++ }];
  }

  forget(id: number): void {
    this.#kept = this.#kept.filter((run) => run.id !== id);
  }

  // ---- Studies ----

  get study() {
    return this.#study;
  }

  /** Several policies from the same start against the reward model as it is now; the live one waits meanwhile. */
  async runStudy(kind: StudyKind): Promise<void> {
    if (this.#study?.running) return;
    const arms: readonly StudyArm[] = kind === 'optimisers' ? optimiserArms : penaltyArms;
    this.#bench.pause();
    this.#study = { kind, share: 0, lines: [], running: true };
    try {
      const lines = await this.#bench.request({ kind: 'study', arms, iterations: studyIterations });
      this.#study = { kind, share: 1, lines: lines as readonly StudyLine[], running: false };
    } catch (error) {
      const { lines } = this.#study;
      this.#study = lines.length > 0 ? { kind, share: 1, lines, running: false } : null;
      if (!(error instanceof Error && error.message === 'cancelled.')) this.#bench.fail(error);
    }
  }

  cancelStudy(): void {
    this.#bench.cancel();
  }

  /** The engine tells how far it is. */
  hear({ done, total, lines }: Extract<Report, { kind: 'study' }>): void {
    if (this.#study?.running) this.#study = { ...this.#study, share: done / total, lines };
  }

  // ---- One iteration, slowly ----

  get walk() {
    return this.#walk;
  }
  get walking(): boolean {
    return this.#walking;
  }

  /** The next part of the iteration in hand; after its last part, or without one, the next iteration. */
  async walkOn(): Promise<void> {
    if (this.#walking) return;
    const at = this.#walk ? walkPhases.indexOf(this.#walk.phase) : walkPhases.length;
    const phase = walkPhases[at + 1];
    if (this.#walk && phase) {
      this.#walk = { ...this.#walk, phase };
      return;
    }
    this.#bench.pause();
    this.#walking = true;
    try {
      const walk = (await this.#bench.request({ kind: 'walk' })) as Walk;
      this.#walk = { walk, phase: walkPhases[0] };
    } catch (error) {
      this.#bench.fail(error);
    } finally {
      this.#walking = false;
    }
  }

  /** The part before. */
  walkBack(): void {
    const phase = this.#walk && walkPhases[walkPhases.indexOf(this.#walk.phase) - 1];
    if (this.#walk && phase) this.#walk = { ...this.#walk, phase };
  }

  endWalk(): void {
    this.#walk = null;
  }

  // ---- Rounds of labelling what the policy does ----

  /** What is being done; null while no rounds run. */
  get round() {
    return this.#round;
  }
  get marks(): readonly RoundMark[] {
    return this.#marks;
  }

  /** Optimise, label what the policy does, retrain; and again. */
  async runRounds(): Promise<void> {
    if (this.#round) return;
    const { rounds, roundIterations, roundLabels, roundSteps } = this.#bench.settings;
    const { run } = this.#bench;
    this.#bench.pause();
    this.#stopRounds = false;
    const say = (done: number, doing: string) => (this.#round = { done, of: rounds, doing });
    try {
      for (let k = 0; k < rounds && !this.#stopRounds; k++) {
        say(k, `optimising for ${roundIterations} iterations`);
        await this.#bench.optimise(roundIterations);
        if (this.#stopRounds) break;
        say(k, `labelling ${roundLabels} pairs and retraining`);
        this.#bench.labelDrifted(roundLabels);
        this.#marks = [...this.#marks, { round: k + 1, iteration: run.iteration, step: run.step }];
        await this.#bench.train(roundSteps);
      }
      if (!this.#stopRounds) {
        say(rounds, `optimising for ${roundIterations} iterations`);
        await this.#bench.optimise(roundIterations);
      }
    } catch (error) {
      if (!this.#stopRounds) this.#bench.fail(error);
    } finally {
      this.#round = null;
    }
  }

  stopRounds(): void {
    this.#stopRounds = true;
    this.#bench.cancel();
  }

  // ---- When the policy starts anew or goes back ----

  /** What was done after this iteration did not happen. */
  rewind(iteration: number): void {
    this.#walk = null;
    this.#marks = this.#marks.filter((mark) => mark.iteration <= iteration);
  }
}
