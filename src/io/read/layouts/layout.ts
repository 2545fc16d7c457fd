import type { ItemPen } from '../items';
import type { Pen } from '../preferences';

/** A part that a column can play. */
export interface Role {
  readonly name: string;
  /** As a control names it. */
  readonly label: string;
  /** Names of columns that are taken for it, lower case, the likeliest first. */
  readonly guesses: readonly string[];
  /** It may be several columns. */
  readonly several?: boolean;
  /** Where no name fits: a list of numbers, or every column of numbers that nothing else takes. */
  readonly vectors?: boolean;
}

/** What a layout is asked about: the columns there are, and cells of the first rows. */
export interface Found {
  /** Whether a column was found for the role. */
  has(role: string): boolean;
  /** The first cell of that role that is not empty. */
  example(role: string): unknown;
  /** Whether there is a column of just this name. */
  column(name: string): boolean;
  /** Cells may be numbers, lists and objects; else they are all text. */
  readonly typed: boolean;
  /** Columns whose first cells are all numbers. */
  readonly numeric: number;
  /** A whole document of its own format, where the file is one. */
  readonly document?: unknown;
}

/** The cells of a row by role; undefined where there is none, or it is empty. */
export interface Cells {
  (role: string): unknown;
  /** Of a role that may be several columns: each by its column's name. */
  all(role: string): readonly (readonly [string, unknown])[];
}

interface Common {
  readonly name: string;
  readonly label: string;
  readonly roles: readonly Role[];
  /** Whether a file looks like it. Layouts are asked in the registry's order. */
  fits(found: Found): boolean;
}

/** Takes rows; what cannot be taken throws RowTrouble. */
interface Reader {
  row(cells: Cells): void;
  /** After the last row. */
  end?(): void;
}

/** How rows are understood as preferences. */
export interface PreferenceLayout extends Common {
  readonly gives: 'preferences';
  start(pen: Pen, found: Found): Reader;
}

/** How rows are understood as candidates: embeddings, texts, what is known about them. */
export interface ItemLayout extends Common {
  readonly gives: 'items';
  start(pen: ItemPen, found: Found): Reader;
}

/** Rows that are recognised, but have no place in the data. */
export interface AsideLayout extends Common {
  readonly gives: 'nothing';
  readonly why: string;
}

export type Layout = PreferenceLayout | ItemLayout | AsideLayout;
