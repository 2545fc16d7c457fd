import type { Joined, JoinReport } from './join';
import type { Mappings } from './mapping';
import type { Said } from './preferences';
import type { Progress } from './reading';
import type { FileReport } from './report';

/** All that crosses the boundary to the worker that reads files. */

export type ReadCommand =
  /** Reads, replacing what was read before. */
  | {
      readonly kind: 'read';
      readonly request: number;
      readonly files: readonly File[];
      readonly mappings: Mappings;
    }
  /** Stops the reading; its request fails. */
  | { readonly kind: 'cancel' }
  /** Hands over what was read. */
  | { readonly kind: 'take'; readonly request: number };

export type ReadReport =
  | { readonly kind: 'progress'; readonly request: number; readonly progress: Progress }
  | { readonly kind: 'preview'; readonly request: number; readonly preview: Preview }
  /** Statements come in parts, so that none keeps the page busy for long. */
  | { readonly kind: 'statements'; readonly request: number; readonly statements: readonly Said[] }
  | { readonly kind: 'taken'; readonly request: number; readonly data: Joined }
  | {
      readonly kind: 'failed';
      readonly request: number;
      readonly message: string;
      readonly cancelled: boolean;
    };

/** What would be taken over. */
export interface Preview {
  readonly files: readonly FileReport[];
  readonly join: JoinReport;
  readonly candidates: number;
  /** 0 where the texts are to be embedded. */
  readonly dimension: number;
  /** Candidates under different prompts; 0 where there is none. */
  readonly prompts: number;
  readonly statements: Readonly<Record<'pair' | 'best' | 'ranking' | 'rating', number>>;
  /** The first candidates, with the first numbers of their embeddings. */
  readonly firstCandidates: readonly {
    readonly id: string;
    readonly text: string | null;
    readonly prompt: string | null;
    readonly group: string | null;
    readonly values: readonly number[];
  }[];
  /** The first preferences, in words: what is before what, and which are equal. */
  readonly firstStatements: readonly Said[];
  /** What `firstStatements` name, by row. */
  readonly names: Readonly<Record<number, string>>;
}
