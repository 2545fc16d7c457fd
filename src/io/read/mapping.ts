/** How the visitor wants a file to be read; what is left out is recognised. */
export interface Mapping {
  /** The layout by its name, or 'ignore' to leave the file aside. */
  readonly as?: string;
  /** Columns by role; an empty list for none. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  /** Of CSV: whether the first row names the columns. */
  readonly header?: boolean;
  /** Of CSV: what stands between two cells. */
  readonly delimiter?: ',' | '\t' | ';' | '|';
}

/** Mappings by the file's name as the report gives it. */
export type Mappings = Readonly<Record<string, Mapping>>;
