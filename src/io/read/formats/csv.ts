import { isKnownColumn } from '../layouts/names';
import type { Mapping } from '../mapping';
import type { Column, RawRow, RowTable } from '../rows';
import type { Source } from '../source';
import { decodedAnyway, headOf, markLength, notUtf8, texts } from '../text';
import { FileTrouble } from '../trouble';
import { CsvRows } from './csv-rows';
import type { Format } from './format';

/** Cells between commas, tabs, semicolons or bars, with or without a row of names; also a list with one cell a line. */
export const csv: Format = {
  name: 'csv',
  label: 'Table (CSV, TSV)',
  recognises: looksLikeText,
  open: async (source, _context, mapping) => ({ kind: 'rows', table: await openCsv(source, mapping) }),
};

/** Text has no control characters other than breaks and tabs, and few bytes that no encoding has. */
export function looksLikeText(head: Uint8Array): boolean {
  let odd = 0;
  for (const byte of head)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) odd += byte === 0 ? 10 : 1;
  if (head[0] === 0xff || head[0] === 0xfe) return odd > 0 && head.length > 3 && head[1]! >= 0xfe; // UTF-16
  return odd <= head.length / 100;
}

async function openCsv(source: Source, mapping: Mapping): Promise<RowTable> {
  const head = await headOf(source);
  const start = decodedAnyway(head.subarray(markLength(head)));
  const delimiter = mapping.delimiter ?? delimiterOf(start);
  const parsed = new CsvRows(delimiter).push(`${start.slice(0, start.lastIndexOf('\n') + 1) || start}`, true);
  const first = parsed.filter((row): row is readonly string[] => typeof row !== 'string' && !isBlank(row));
  if (first.length === 0) throw new FileTrouble('There is no row in it.');
  const names = first[0]!;
  const header = mapping.header ?? isHeader(first);
  const width = header ? names.length : usualWidth(first);
  const columns: Column[] = Array.from({ length: width }, (_, key) => ({
    key,
    name: header ? unique(names, key) : `column ${key + 1}`,
  }));
  const sample = first.slice(header ? 1 : 0, 200).map((cells, i): RawRow => ({ row: i + 1, cells }));
  return {
    columns,
    sample,
    open: false,
    typed: false,
    cut: { header, delimiter },
    rows: () => rowsOf(source, delimiter, header, columns),
  };
}

async function* rowsOf(
  source: Source,
  delimiter: string,
  header: boolean,
  columns: readonly Column[],
): AsyncGenerator<readonly RawRow[]> {
  const parser = new CsvRows(delimiter);
  let skip = header;
  let row = 0;
  const batch = (parsed: readonly (readonly string[] | string)[], bad: number | undefined): RawRow[] => {
    const rows: RawRow[] = [];
    for (const cells of parsed) {
      if (typeof cells !== 'string' && isBlank(cells)) continue;
      if (skip) {
        skip = false;
        continue;
      }
      row += 1;
      if (typeof cells === 'string') rows.push({ row, reason: cells });
      else if (cells.length !== columns.length)
        rows.push({ row, reason: raggedness(cells.length, columns.length) });
      else if (bad !== undefined && cells.some((cell) => cell.includes('\ufffd')))
        rows.push({ row, byte: bad, reason: notUtf8(bad) });
      else rows.push({ row, cells });
    }
    return rows;
  };
  let bad: number | undefined;
  for await (const piece of texts(source)) {
    // A row may begin in one piece and end in the next.
    yield batch(parser.push(piece.text, false), piece.bad ?? bad);
    bad = piece.bad;
  }
  yield batch(parser.push('', true), bad);
}

const raggedness = (found: number, expected: number): string =>
  `The row has ${found} ${found === 1 ? 'cell' : 'cells'}, the table ${expected}.`;

const isBlank = (cells: readonly string[]): boolean => cells.length === 1 && cells[0]!.trim() === '';

/** The one that gives most rows the same number of cells, more than one. */
function delimiterOf(text: string): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of ['\t', ',', ';', '|']) {
    const widths = new CsvRows(delimiter)
      .push(text.slice(0, text.lastIndexOf('\n') + 1) || text, true)
      .slice(0, 50)
      .flatMap((row) => (typeof row === 'string' || isBlank(row) ? [] : [row.length]));
    const usual = mostCommon(widths);
    const share = widths.filter((width) => width === usual).length / widths.length;
    // The names in the first row are parted by it too; what stands in every text by chance parts no names.
    const score = usual < 2 ? 0 : widths[0] === usual ? share : share / 2;
    if (score > best.score + 0.1) best = { delimiter, score };
  }
  return best.delimiter;
}

function mostCommon(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

const usualWidth = (rows: readonly (readonly string[])[]): number =>
  mostCommon(rows.slice(0, 50).map(({ length }) => length));

export const isNumeric = (cell: string): boolean =>
  /^\s*[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|nan|inf|infinity)\s*$/i.test(cell);

/**
 * A first row is the names where one of them is a name that layouts know, or where it has text over numbers. A single
 * column of text has none (TensorBoard's projector: metadata of one column has no header).
 */
function isHeader(rows: readonly (readonly string[])[]): boolean {
  const [names, ...others] = rows;
  if (!names || names.some((name) => name.trim() === '' && names.length === 1)) return false;
  const numbered = names.filter(isNumeric).length;
  // pandas names the columns of an array 0, 1, 2, …, after an empty name for its index.
  if (names.length > 2 && names.every((name, i) => name === String(i) || (i === 0 && name === '')))
    return true;
  if (names.length > 3 && names[0] === '' && names.slice(1).every((name, i) => name === String(i)))
    return true;
  if (numbered > names.length / 2) return false;
  if (names.some((name) => isKnownColumn(name))) return true;
  if (names.length === 1) return false;
  const distinct = new Set(names).size === names.length && names.every((name) => name.length < 100);
  if (others.length === 0 || !distinct) return false;
  const overNumbers = names.some(
    (name, i) => !isNumeric(name) && others.some((row) => isNumeric(row[i] ?? '')),
  );
  return numbered === 0 && (overNumbers || names.length > 1);
}

function unique(names: readonly string[], key: number): string {
  // pandas leaves the name of its index empty.
  const name = names[key]!.trim() || (key === 0 ? 'index' : `column ${key + 1}`);
  const before = names.slice(0, key).filter((other) => other.trim() === names[key]!.trim()).length;
  return before === 0 ? name : `${name} (${before + 1})`;
}
