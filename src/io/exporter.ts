import type { Candidate } from '../domain/candidate';
import type { Comparison } from '../domain/comparison';
import type { Settings } from '../domain/settings';

/** All that can be taken away. */
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
}

/** One format of the export menu. */
export interface Exporter {
  /** The name `playground.export` takes. */
  readonly name: string;
  readonly label: string;
  readonly file: string;
  /** Media type. */
  readonly type: string;
  format(work: Exportable): string;
}
