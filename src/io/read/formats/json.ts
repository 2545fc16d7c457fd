import { counted, inBytes, limits } from '../limits';
import type { Column, RawRow, RowTable } from '../rows';
import type { Bytes, Source } from '../source';
import { decoded, decodedAnyway, firstBadByte, headOf, markLength, notUtf8 } from '../text';
import { FileTrouble, quoted } from '../trouble';
import type { Format } from './format';
import { looksLikeText } from './csv';
import { elements, lines, type Stretch } from './json-stretches';

/** JSON: one value a line (.jsonl), a list of them, or one object with lists in it. */
export const json: Format = {
  name: 'json',
  label: 'JSON, JSON lines',
  recognises: (head) =>
    looksLikeText(head) && /^(?:\ufeff)?\s*[[{]/.test(decodedAnyway(head.subarray(0, 1000))),
  open: async (source) => ({ kind: 'rows', table: await openJson(source) }),
};

async function openJson(source: Source): Promise<RowTable> {
  const head = await headOf(source, 2 ** 20);
  const mark = markLength(head);
  const way = wayOf(head.subarray(mark));
  if (way !== 'document')
    return tableOf(async function* () {
      const stretches = way === 'lines' ? lines(source, mark) : elements(source, mark);
      for await (const batch of stretches) yield batch.map(rowOf);
    });
  const document = await wholeOf(source, mark);
  const rows = rowsWithin(document);
  const table = await tableOf(async function* () {
    yield rows.map((cells, i) => ({ row: i + 1, cells }));
    await Promise.resolve();
  });
  return { ...table, document };
}

/** Lines where the first line is a value by itself; a list where it begins with a bracket; else one object. */
function wayOf(head: Bytes): 'lines' | 'elements' | 'document' {
  const text = decodedAnyway(head);
  const all = text.split('\n');
  const first = all.filter((line) => line.trim() !== '').slice(0, 5);
  const values = first.map(parsed);
  const isVector = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every((n) => typeof n !== 'object');
  if (text.trimStart().startsWith('[')) {
    const [one] = values;
    return isVector(one) && !(first.length === 1 && typeof (one as unknown[])[0] !== 'number')
      ? 'lines'
      : 'elements';
  }
  const whole = values.filter((value) => typeof value === 'object' && value !== null).length;
  const isLines = whole > 0 && (first.length > 1 || !isTableOfColumns(values[0]));
  // A line longer than the head is a line still, if it is not an object spread over lines.
  const isLongLine = all.length === 1 && head.length >= 2 ** 16;
  return isLines || isLongLine ? 'lines' : 'document';
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A list of values by their keys: such as `{"ids": [...], "embeddings": [...]}`, or rows under one name. */
function isTableOfColumns(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (typeof (value as { format?: unknown }).format === 'string') return true;
  const lists = Object.values(value).filter((list) => Array.isArray(list));
  const [first] = lists;
  if (lists.length === 0 || !first) return false;
  const isRows =
    first.length > 0 && first.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
  if (lists.length === 1)
    return isRows && !isMessages(first) ? Object.keys(value).length === 1 : Array.isArray(first[0]);
  return (
    lists.every((list) => (list as unknown[]).length === first.length) &&
    lists.some((list) => Array.isArray((list as unknown[])[0]))
  );
}

const isMessages = (list: readonly unknown[]): boolean =>
  list.every((turn) => typeof turn === 'object' && turn !== null && 'role' in turn && 'content' in turn);

async function wholeOf(source: Source, mark: number): Promise<unknown> {
  const pieces: Bytes[] = [];
  let size = 0;
  for await (const piece of source.stream()) {
    size += piece.length;
    if (size > limits.document)
      throw new FileTrouble(
        `It is one JSON object of more than ${inBytes(limits.document)}. Write one row a line (JSONL), which is read in pieces.`,
      );
    pieces.push(piece);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  const text = decoded(all.subarray(mark));
  if (text === null) throw new FileTrouble(notUtf8(firstBadByte(all)), firstBadByte(all));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FileTrouble(`It is no JSON, or it was cut short: ${reasonOf(error)}.`);
  }
}

/** The engine's reason, without the text it quotes. */
const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? error.message.replace(/, ?(?:\.\.\.)?".*$/s, '').replace(/ \(line.*\)$/, '')
    : 'unreadable';

/** Rows of an object: of the list it holds, or of its lists side by side. */
function rowsWithin(document: unknown): readonly unknown[] {
  if (typeof document !== 'object' || document === null) return [];
  if (Array.isArray(document)) return document;
  const lists = Object.entries(document).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  if (lists.length === 0) return [document];
  const isRow = (row: unknown) => typeof row === 'object' && row !== null && !Array.isArray(row);
  const rows = lists.find(([, list]) => list.length > 0 && list.every(isRow) && !isMessages(list));
  if (rows) return lists.length === 1 || !('prompt' in document) ? rows[1] : [document];
  const longest = Math.max(...lists.map(([, list]) => list.length));
  const columns = lists.filter(([, list]) => list.length === longest);
  if (!isTableOfColumns(document)) return [document];
  return Array.from({ length: longest }, (_, i) =>
    Object.fromEntries(columns.map(([name, list]) => [name, list[i]])),
  );
}

function rowOf({ row, byte, bytes, reason }: Stretch): RawRow {
  if (!bytes) return { row, byte, reason };
  const text = decoded(bytes);
  if (text === null) {
    const bad = byte + firstBadByte(bytes);
    return { row, byte: bad, reason: notUtf8(bad) };
  }
  try {
    const cells: unknown = JSON.parse(text);
    if (typeof cells !== 'object' || cells === null)
      return { row, byte, reason: `It is ${quoted(text)}, neither an object nor a list.` };
    // A bare list is an embedding without an id.
    return { row, byte, cells: Array.isArray(cells) ? { vector: cells } : cells };
  } catch (error) {
    return { row, byte, reason: `No JSON: ${reasonOf(error)}.` };
  }
}

async function tableOf(read: () => AsyncGenerator<readonly RawRow[]>): Promise<RowTable> {
  const names = new Set<string>();
  const sample: RawRow[] = [];
  try {
    for await (const batch of read()) {
      for (const row of batch) if (row.cells && sample.length < 200) sample.push(row);
      if (sample.length >= 200) break;
    }
  } catch (error) {
    // What comes before the damage can be read; the damage is met again, and told, when all is read.
    if (!(error instanceof FileTrouble) || sample.length === 0) throw error;
  }
  for (const { cells } of sample) for (const name of Object.keys(cells as object)) names.add(name);
  if (names.size > limits.dimension)
    throw new FileTrouble(`Its objects have ${counted(names.size)} different keys: it is no table.`);
  const columns = [...names].map((name): Column => ({ name, key: name }));
  return { columns, sample, open: true, typed: true, rows: read };
}
