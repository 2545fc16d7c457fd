import type { Candidate } from '../domain/candidate';
import type { Comparison } from '../domain/comparison';
import type { Settings } from '../domain/settings';
import type { TrainedHead } from '../domain/trained-head';

/** All that can be taken away. What only the engine knows is asked for when a format needs it. */
export interface Exportable {
  readonly settings: Settings;
  readonly candidates: readonly Candidate[];
  readonly comparisons: readonly Comparison[];
  readonly curves: readonly {
    readonly stage: string;
    readonly metric: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
  }[];
  /** What is kept of the work, as it is kept. */
  readonly session: object;
  /** What a candidate answers, in words. */
  readonly promptOf: (candidate: Candidate) => string;
  /** A candidate in words. */
  readonly textOf: (candidate: Candidate) => string;
  /** [dimension] */
  readonly embeddingOf: (candidate: Candidate) => Float32Array;
  /** The learned reward of each candidate, in their order. */
  rewards(): Promise<Float32Array>;
  head(): Promise<TrainedHead>;
}

/** How one format is written. */
export interface Exporter {
  readonly file: string;
  /** Media type. */
  readonly type: string;
  /** @throws Error with a sentence where the format cannot hold what there is */
  readonly format: (work: Exportable) => Content | Promise<Content>;
}
type Content = string | Uint8Array;

/** One line of the export menu; the writer itself is loaded when it is wanted. */
export interface ExportEntry {
  /** The name `playground.export` takes. */
  readonly name: string;
  readonly label: string;
  readonly group: 'session' | 'preferences' | 'reward model' | 'data';
  load(): Promise<Exporter>;
}
