import type { Contents, Own } from '../domain/content';
import type { Field } from '../domain/field';
import type { Observations } from '../domain/observations';
import type { PolicyPoint, RewardPoint } from '../domain/metrics';
import type { Settings } from '../domain/settings';
import type { TrainedHead } from '../domain/trained-head';

/** All that crosses the worker boundary: what the page may ask for, and what the engine may report. */

export type Stage = 'loop' | 'reward' | 'policy';
export type BackendName = 'webgpu' | 'webgl' | 'cpu';

/** What might have been otherwise with one comparison. */
export type Change = 'flip' | 'leave-out';

/** What one comparison does to the reward, by an exact refit: the head is trained twice from the same initial weights. */
export interface Influence {
  /** Steps of each refit. */
  readonly steps: number;
  /** Reward over the plane with the change less that without it, each centred on the starting policy; null without a plane. */
  readonly difference: Field | null;
  /** Reward of each candidate in the order of `PackedData.ids`, centred, without the change and with it. */
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** Every label as a head judges it that was trained from the same initial weights, but on other labels. */
export interface HeldOutMargins {
  /** Steps of each training. */
  readonly steps: number;
  /** How many trainings, each without one fold of the labels. */
  readonly folds: number;
  /** In the order of `PackedData.observations`, of the pairs it implies the smallest; NaN where nothing is preferred. */
  readonly margins: Float32Array;
}

/** The candidates and comparisons, packed. Rows of `contents` are in the order of `ids`. */
export interface PackedData {
  /** Counts up with every change, so that a late report can be told from a current one. */
  readonly version: number;
  readonly ids: Int32Array;
  readonly contents: Contents;
  /** The candidates that are words of somebody's own, by their row: their numbers mean nothing. */
  readonly texts: Readonly<Record<number, string>>;
  /** What the visitor brought into the scenario. */
  readonly own: Own;
  /** 1 where the candidate is a draw from the starting policy. */
  readonly starting: Uint8Array;
  /** What was recorded, as training takes it. */
  readonly observations: Observations;
  /** Rows (not ids) of every pair with a winner, rankings taken apart: what margins and accuracies are taken over. */
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
  /** 1 where the chosen one was shown first, that is on the left. */
  readonly leftWon: Uint8Array;
  /** 1 where the pair is only for testing. */
  readonly heldOut: Uint8Array;
  /** The criterion it was judged by; −1 for everything together. */
  readonly criterion: Int8Array;
}

export type Command =
  | { readonly kind: 'configure'; readonly settings: Settings }
  | { readonly kind: 'data'; readonly data: PackedData }
  | { readonly kind: 'play'; readonly stage: Stage }
  | { readonly kind: 'pause' }
  | { readonly kind: 'train'; readonly request: number; readonly steps: number }
  | { readonly kind: 'optimise'; readonly request: number; readonly iterations: number }
  | { readonly kind: 'step'; readonly request: number; readonly stage: Stage }
  | { readonly kind: 'walk'; readonly request: number }
  | {
      readonly kind: 'study';
      readonly request: number;
      readonly arms: readonly StudyArm[];
      readonly iterations: number;
    }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'restore'; readonly request: number; readonly to: Restorable }
  | { readonly kind: 'rewards'; readonly request: number }
  | { readonly kind: 'head'; readonly request: number }
  | {
      readonly kind: 'influence';
      readonly request: number;
      /** Which of `PackedData.observations`. */
      readonly observation: number;
      readonly change: Change;
    }
  | { readonly kind: 'judge-labels'; readonly request: number }
  | { readonly kind: 'stop-refit'; readonly of: 'influence' | 'judge-labels' }
  | { readonly kind: 'reset'; readonly request: number; readonly stage: Stage; readonly run: number };

/** How one backend did when it was tried. */
export interface Trial {
  readonly backend: BackendName;
  readonly adapter: string;
  /** Milliseconds per training step; null when it was not timed. */
  readonly stepTime: number | null;
  /** Why it was not taken; null for one that works. */
  readonly problem: string | null;
}

export interface BackendChoice {
  readonly backend: BackendName;
  readonly adapter: string;
  readonly trainer: string;
  /** One sentence: why this one. */
  readonly reason: string;
  readonly trials: readonly Trial[];
}

export interface RewardFrame {
  /** New points since the last frame. */
  readonly points: readonly RewardPoint[];
  readonly step: number;
  /** Counts up when the head starts anew: its curves begin again. */
  readonly generation: number;
  /** `PackedData.version` that `rewards` belongs to. */
  readonly version: number;
  /** Learned reward of each candidate, in the order of `PackedData.ids`. */
  readonly rewards: Float32Array;
  /** The same by each criterion alone; null where the head has one output. */
  readonly criterionRewards: readonly Float32Array[] | null;
  /** The same by each member of an ensemble, centred: [members · candidates]; null for a single head. */
  readonly memberRewards: Float32Array | null;
  /** By each criterion over the plane, centred; none where the head has one output. */
  readonly criterionFields: readonly Field[];
  /** Learned reward over the plane, centred on the starting policy's mean; null where the scenario has no plane. */
  readonly field: Field | null;
  /** Standard deviation of the reward over the members of an ensemble; null for a single head. */
  readonly disagreement: Field | null;
  /** Mean and standard deviation of the learned reward under the starting policy. */
  readonly referenceMean: number;
  readonly referenceStd: number;
}

export interface PolicyFrame {
  readonly points: readonly PolicyPoint[];
  readonly iteration: number;
  /** The iteration one would go back to after trouble, and the one of the highest gold. */
  readonly safeIteration: number;
  readonly bestIteration: number;
  /** The policy after its last update, and what it did just before; and the starting policy. */
  readonly now: PolicyPicture;
  readonly start: PolicyPicture;
  /** π/π_old of its samples before its last update; empty where nothing was updated. */
  readonly ratios: Float32Array;
  /** Further curves by name, and their values at each of the new points: [points · tracked]. */
  readonly tracked: readonly string[];
  readonly trackedValues: Float32Array;
  /** Imitating the demonstrations, where the policy begins with that. */
  readonly preparation: Preparation | null;
}

/** A policy as it is drawn. */
export interface PolicyPicture {
  /** What it tried. */
  readonly samples: Contents;
  readonly details: PolicyDetails;
}

/**
 * More about a policy, by name. Gaussian: `mean` [prompts · values] and `logStd` [values]. Categorical: `probabilities`
 * [prompts · most candidates of a prompt]. Tokens: `logProbs` of the words of its samples, [samples · length].
 */
export type PolicyDetails = Readonly<Record<string, Float32Array>>;

/** Supervised fine-tuning, before anything is optimised. */
export interface Preparation {
  readonly step: number;
  readonly steps: number;
  /** Mean −log π a word, of the demonstrations of each step so far. */
  readonly losses: Float32Array;
  /** e to that of demonstrations that were never trained on: before the first step, and now. */
  readonly perplexityBefore: number;
  readonly perplexity: number;
}

/** A policy to go back to: the last one well within bounds, or the one of the highest gold. */
export type Restorable = 'safe' | 'best';

/** One policy of a study: what it is called, and how its settings differ. */
export interface StudyArm {
  readonly label: string;
  readonly patch: Partial<Settings>;
}

/** What a policy of a study did, iteration by iteration: √KL and the mean rewards. */
export interface StudyLine {
  readonly label: string;
  readonly root: readonly number[];
  readonly proxy: readonly number[];
  readonly gold: readonly number[];
  /** Why it ended early; null where it did not. */
  readonly problem: string | null;
}

/** One policy iteration, step by step, for all its samples. */
export interface Walk {
  /** The iteration that was walked through, from 1. */
  readonly iteration: number;
  readonly before: PolicyDetails;
  readonly after: PolicyDetails;
  readonly samples: Contents;
  /** Of each sample: what it is paid, what is hidden, and how much better it is than expected. */
  readonly rewards: Float32Array;
  readonly golds: Float32Array;
  readonly advantages: Float32Array;
  /** The value baseline V before the iteration. */
  readonly value: number;
  /** Every update: π/π_old of each sample before it, and the policy after it. */
  readonly updates: readonly WalkUpdate[];
  readonly point: PolicyPoint;
}

interface WalkUpdate {
  readonly epoch: number;
  readonly ratios: Float32Array;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly policyLoss: number;
  readonly after: PolicyDetails;
}

export type RequestResult =
  | RewardPoint
  | PolicyPoint
  | Influence
  | HeldOutMargins
  | Float32Array
  | TrainedHead
  | Walk
  | readonly StudyLine[]
  | null;

export type Report =
  | { readonly kind: 'ready'; readonly choice: BackendChoice }
  | {
      readonly kind: 'frame';
      readonly run: number;
      readonly playing: Stage | null;
      readonly reward: RewardFrame | null;
      readonly policy: PolicyFrame | null;
      /** Reward steps and policy iterations a second, while playing. */
      readonly stepsPerSecond: number;
      readonly memory: { readonly tensors: number; readonly bytes: number };
    }
  | {
      readonly kind: 'study';
      readonly request: number;
      readonly done: number;
      readonly total: number;
      readonly lines: readonly StudyLine[];
    }
  /** How much of what was asked for is done, 0 to 1. */
  | { readonly kind: 'progress'; readonly request: number; readonly share: number }
  | { readonly kind: 'done'; readonly request: number; readonly result: RequestResult }
  | { readonly kind: 'failed'; readonly request: number; readonly message: string }
  | { readonly kind: 'note'; readonly note: Note };

/** Something the visitor should know; `action` names what the page offers to do about it. */
export interface Note {
  /** A newer note with the same topic replaces the older one. */
  readonly topic: 'backend' | 'data' | 'divergence' | 'engine' | 'stopped';
  readonly text: string;
  readonly action?: 'reset-reward' | 'restore-safe' | 'restore-best' | 'simulate';
}

/** Calls of WebGPU. */
export interface Calls {
  readonly dispatches: number;
  readonly submits: number;
  readonly buffers: number;
  readonly bindGroups: number;
  readonly bytesWritten: number;
  /** Buffers mapped for reading, and their bytes. */
  readonly readBacks: number;
  readonly bytesRead: number;
}

/** How one peer did in one case of the benchmark. */
export interface BenchRow {
  readonly case: string;
  /** What is timed: a step, an iteration, … */
  readonly per: string;
  readonly peer: string;
  /** Of the page itself, not one of those it is compared with. */
  readonly own: boolean;
  readonly adapter: string;
  /** Milliseconds: median of the rounds, and half the distance of the quartiles. */
  readonly time: number;
  readonly spread: number;
  /** How far its numbers are from the reference's after the same work. */
  readonly difference: number;
  /** Of WebGPU, for each step or whatever is timed; null elsewhere. */
  readonly calls: Calls | null;
  /** Why there are no numbers. */
  readonly problem: string | null;
}

/** What the worker says while it runs the benchmark. */
export type BenchReport =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'rows'; readonly rows: readonly BenchRow[] }
  | { readonly kind: 'done' };
