import type { Rejection } from './trouble';

/** What became of one file, for the preview. */
export interface FileReport {
  /** The name by which mappings refer to it; inside an archive `archive.zip/file.csv`. */
  readonly file: string;
  /** What it is by its content; null where that is unknown. */
  readonly format: string | null;
  /** The layout it was read as, by its name; null where nothing was taken. */
  readonly as: string | null;
  /** What was found, as a sentence. */
  readonly summary: string;
  /** Why nothing, or not all, of the file could be read. */
  readonly failure: string | null;
  readonly failureByte: number | null;
  /** Rows that were looked at, taken, and rejected. */
  readonly rows: number;
  readonly taken: number;
  readonly rejected: number;
  /** The first of them. */
  readonly rejections: readonly Rejection[];
  /** What the visitor should know besides. */
  readonly notes: readonly string[];
  /** The columns (or arrays) there are, with the first cell of each. */
  readonly columns: readonly { readonly name: string; readonly example: string }[];
  /** The parts that columns play now; a mapping changes them. */
  readonly roles: readonly {
    readonly name: string;
    readonly label: string;
    readonly several: boolean;
    readonly columns: readonly string[];
  }[];
  /** What else it could be read as: names for `Mapping.as`, with labels. */
  readonly layouts: readonly { readonly name: string; readonly label: string }[];
  /** Of CSV: how it was cut. */
  readonly header: boolean | null;
  readonly delimiter: string | null;
}

/** A cell in few words. */
export function shortly(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.length > 4 && typeof value[0] === 'number')
    return `[${value.slice(0, 3).map(String).join(', ')}, … ${value.length} numbers]`;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
