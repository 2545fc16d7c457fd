/** A whole file that cannot be read: a sentence with the cause and, where there is one, the byte. */
export class FileTrouble extends Error {
  constructor(
    message: string,
    readonly byte?: number,
  ) {
    super(message);
  }
}

/** A row that cannot be taken; the others can. */
export class RowTrouble extends Error {}

/** Something that was not taken, and why. */
export interface Rejection {
  readonly file: string;
  /** From 1: the row of a table without its header, the line of JSONL, the place in a JSON list, the row of an array. */
  readonly row?: number;
  /** Where in the file, from 0. */
  readonly byte?: number;
  readonly reason: string;
}

/** How many rejections of a file are listed; the others are counted. */
const listed = 20;

/** Collects what is rejected from one file. */
export class Rejections {
  readonly first: Rejection[] = [];
  count = 0;

  constructor(readonly file: string) {}

  add(reason: string, where: { readonly row?: number; readonly byte?: number } = {}): void {
    this.count += 1;
    if (this.first.length < listed) this.first.push({ file: this.file, ...where, reason });
  }
}

/** Something from a file within a sentence: short, on one line. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const line = text.replace(/\s+/g, ' ');
  return `“${line.length > 60 ? `${line.slice(0, 59)}…` : line}”`;
}
