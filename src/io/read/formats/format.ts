import type { NamedArray } from '../arrays';
import type { RowTable } from '../rows';
import type { Context, Source } from '../source';
import type { Mapping } from '../mapping';

/** What a file turns out to hold, before anybody asks what it means. */
type Opened =
  | { readonly kind: 'arrays'; readonly arrays: readonly NamedArray[] }
  | { readonly kind: 'rows'; readonly table: RowTable }
  /** Other files: an archive. */
  | { readonly kind: 'sources'; readonly sources: readonly Source[] };

/** How one format is read. */
export interface Format {
  readonly name: string;
  readonly label: string;
  /** By content: the first bytes; `size` of the file where it is known without unpacking. */
  recognises(head: Uint8Array, name: string): boolean;
  /** @throws FileTrouble with a sentence where it is damaged */
  open(source: Source, context: Context, mapping: Mapping): Promise<Opened>;
}

export const isPrefix = (head: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => head[i] === byte);
