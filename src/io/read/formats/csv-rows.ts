import { inBytes, limits } from '../limits';

type Found = { readonly row: readonly string[] | string; readonly end: number } | null;

/**
 * RFC 4180, as text comes in. It keeps rows within a bound, line breaks in quoted cells as they are, and goes on after
 * a row that is broken, which libraries for CSV do not do all at once.
 */
export class CsvRows {
  #rest = '';

  /** @param delimiter one character */
  constructor(private readonly delimiter: string) {}

  /** The rows that are whole by now; a string says what is wrong with one. @param last no more text follows */
  push(text: string, last: boolean): (readonly string[] | string)[] {
    const page = new Page(this.#rest + text, this.delimiter, last);
    const rows: (readonly string[] | string)[] = [];
    let at = 0;
    while (at < page.length) {
      const found = page.row(at);
      if (!found) break;
      rows.push(found.row);
      at = found.end;
    }
    this.#rest = page.after(at);
    return rows;
  }
}

/** The text at hand. */
class Page {
  readonly #quotes: Search;
  readonly #newlines: Search;
  readonly #returns: Search;

  constructor(
    private readonly all: string,
    private readonly delimiter: string,
    private readonly last: boolean,
  ) {
    this.#quotes = new Search(all, '"');
    this.#newlines = new Search(all, '\n');
    this.#returns = new Search(all, '\r');
  }

  get length(): number {
    return this.all.length;
  }

  after(at: number): string {
    return this.all.slice(at);
  }

  /** One row from `at` on; null where its end is still to come. */
  row(at: number): Found {
    const { end, next } = this.#lineEnd(at);
    const quote = this.#quotes.from(at);
    if (quote >= 0 && quote < end) return this.#quoted(at);
    if (next === null && !this.last) {
      if (!this.#isTooLong(at)) return null;
      return { row: `The row is longer than ${inBytes(limits.row)}.`, end: this.length };
    }
    return { row: this.all.slice(at, end).split(this.delimiter), end: next ?? this.length };
  }

  #quoted(at: number): Found {
    const { all } = this;
    const cells: string[] = [];
    for (let from = at; ;) {
      const isQuoted = all[from] === '"';
      const close = isQuoted ? this.#closing(from + 1) : from - 1;
      if (close === null) return this.#unclosed(at);
      const { end, next } = this.#lineEnd(close + 1);
      // Without quotes around it, a cell ends where the next begins, or the row; quotes within are part of it.
      const comma = isQuoted ? close + 1 : all.indexOf(this.delimiter, from);
      const stop = comma >= 0 && comma < end && all[comma] === this.delimiter ? comma : null;
      if (stop === null && next === null && !this.last)
        return this.#isTooLong(at) ? this.#unclosed(at) : null;
      if (stop === null && isQuoted && end !== close + 1)
        return {
          row: 'After a quoted cell comes neither the next cell nor the end of the row.',
          end: next ?? all.length,
        };
      cells.push(isQuoted ? all.slice(from + 1, close).replaceAll('""', '"') : all.slice(from, stop ?? end));
      if (stop === null) return { row: cells, end: next ?? all.length };
      from = stop + 1;
    }
  }

  /** The quotation mark that closes a cell; null where none does, or a second half of it may follow. */
  #closing(from: number): number | null {
    let close = this.all.indexOf('"', from);
    while (close >= 0 && this.all[close + 1] === '"') close = this.all.indexOf('"', close + 2);
    return close < 0 || (close + 1 === this.length && !this.last) ? null : close;
  }

  /** Goes on after the line in which it opened: the other rows are most likely sound. */
  #unclosed(at: number): Found {
    if (!this.last && !this.#isTooLong(at)) return null;
    return {
      row: 'A quotation mark opens a cell and never closes.',
      end: this.#lineEnd(at).next ?? this.length,
    };
  }

  #isTooLong(at: number): boolean {
    return this.length - at > limits.row;
  }

  /** Where the line ends, and where the next begins: after \r\n, \n or a lone \r. `next` is null where no end has come. */
  #lineEnd(at: number): { end: number; next: number | null } {
    const newline = this.#newlines.from(at);
    const lone = this.#returns.from(at);
    // A \r at the very end may be half of \r\n.
    const ends = lone >= 0 && (lone + 1 < this.length || this.last);
    if (ends && (newline < 0 || lone + 1 < newline)) return { end: lone, next: lone + 1 };
    if (newline < 0) return { end: this.length, next: null };
    return { end: lone === newline - 1 && lone >= at ? lone : newline, next: newline + 1 };
  }
}

/** Looks for a character from ever later places without going over the same text twice. */
class Search {
  #found: number;
  #from = 0;

  constructor(
    private readonly text: string,
    private readonly character: string,
  ) {
    this.#found = text.indexOf(character);
  }

  from(at: number): number {
    if (at < this.#from) return this.text.indexOf(this.character, at);
    this.#from = at;
    if (this.#found >= 0 && this.#found < at) this.#found = this.text.indexOf(this.character, at);
    return this.#found;
  }
}
