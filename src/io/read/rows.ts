/** A column of a table: its name, and the key under which a row holds it. */
export interface Column {
  readonly name: string;
  readonly key: string | number;
}

/** One row as it was read, or why it could not be. */
export interface RawRow {
  /** From 1, without the header. */
  readonly row: number;
  readonly byte?: number;
  /** Cells by the columns' keys. */
  readonly cells?: unknown;
  readonly reason?: string;
}

/** A file as rows, read in batches. */
export interface RowTable {
  readonly columns: readonly Column[];
  /** The first rows, to recognise the layout by. */
  readonly sample: readonly RawRow[];
  /** Rows may hold columns that the sample lacks. */
  readonly open: boolean;
  /** Cells may be numbers, lists and objects; else they are all text. */
  readonly typed: boolean;
  /** Of CSV: how it was cut. */
  readonly cut?: { readonly header: boolean; readonly delimiter: string };
  /** A whole document of its own format, where the file is one. */
  readonly document?: unknown;
  /** All rows from the first on. @param wanted names of the columns that will be looked at */
  rows(wanted: readonly string[]): AsyncGenerator<readonly RawRow[]>;
}

/** The cell of a row under a key; of an object only what is its own. */
export function cellOf(cells: unknown, key: string | number): unknown {
  if (typeof cells !== 'object' || cells === null) return undefined;
  return Object.hasOwn(cells, key) ? (cells as Record<string | number, unknown>)[key] : undefined;
}
