import type { FileMetaData } from 'hyparquet';
import { counted, limits } from '../limits';
import type { Column, RawRow, RowTable } from '../rows';
import type { Source } from '../source';
import { FileTrouble } from '../trouble';
import { isPrefix, type Format } from './format';
import { checkedColumn, checkMetadata } from './parquet-check';

/** Apache Parquet, by hyparquet; its codecs by hyparquet-compressors. Read column by column, one row group at a time. */
export const parquet: Format = {
  name: 'parquet',
  label: 'Parquet',
  recognises: (head) => isPrefix(head, [0x50, 0x41, 0x52, 0x31]),
  open: async (source) => ({ kind: 'rows', table: await openParquet(source) }),
};

async function openParquet(source: Source): Promise<RowTable> {
  const { parquetMetadata, parquetSchema } = await import('hyparquet');
  const footer = await footerOf(source);
  const size = await source.size();
  const { metadata, top } = await guarded('Its footer', () => {
    const found = parquetMetadata(footer);
    checkMetadata(found, size);
    return { metadata: found, top: parquetSchema(found).children };
  });
  const columns = top.map(({ element }): Column => ({
    name: element.name,
    key: element.name,
  }));
  const rows = (wanted: readonly string[]) => rowsOf(source, metadata, wanted);
  const sample: RawRow[] = [];
  try {
    for await (const batch of rows(columns.map(({ name }) => name))) {
      sample.push(...batch.slice(0, 200));
      break;
    }
  } catch (error) {
    // One column may be damaged that nobody needs.
    if (!(error instanceof FileTrouble)) throw error;
    sample.push(...(await soundColumns(source, metadata, columns)));
    if (sample.length === 0) throw error;
  }
  return { columns, sample, open: false, typed: true, rows };
}

/** hyparquet throws what it stumbles over; the visitor is told where. */
async function guarded<T>(what: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileTrouble) throw error;
    throw new FileTrouble(`${what} is damaged.`);
  }
}

/** The end of the file, where its description lies. */
async function footerOf(source: Source): Promise<ArrayBuffer> {
  const size = await source.size();
  const end = await source.bytes(Math.max(0, size - 8), size);
  if (size < 12 || !isPrefix(end.subarray(4), [0x50, 0x41, 0x52, 0x31]))
    throw new FileTrouble(
      'The Parquet file is cut short: it does not end as it should. Copy it again.',
      size,
    );
  const length = new DataView(end.buffer).getUint32(0, true);
  if (length + 12 > size || length > limits.header)
    throw new FileTrouble(
      `The footer is said to take ${counted(length)} bytes, but the file has ${counted(size)}: it is damaged.`,
      size - 8,
    );
  return (await source.bytes(size - 8 - length, size)).buffer;
}

/** The first rows of those columns that can be read. */
async function soundColumns(
  source: Source,
  metadata: FileMetaData,
  columns: readonly Column[],
): Promise<RawRow[]> {
  const found: Record<string, unknown>[] = [];
  for (const { name } of columns)
    try {
      for await (const batch of rowsOf(source, metadata, [name])) {
        batch.slice(0, 200).forEach(({ cells }, i) => Object.assign((found[i] ??= {}), cells));
        break;
      }
    } catch (error) {
      if (!(error instanceof FileTrouble)) throw error;
    }
  return found.map((cells, i) => ({ row: i + 1, cells }));
}

async function* rowsOf(
  source: Source,
  metadata: FileMetaData,
  wanted: readonly string[],
): AsyncGenerator<readonly RawRow[]> {
  let before = 0;
  for (const [group, { num_rows: count }] of metadata.row_groups.entries()) {
    const rows = Number(count);
    const columns: (readonly [string, ArrayLike<unknown>])[] = [];
    for (const name of wanted)
      columns.push([
        name,
        await guarded(`The column ${name} in row group ${group + 1}`, () =>
          checkedColumn(source, metadata, group, name),
        ),
      ]);
    const short = columns.find(([, values]) => values.length < rows);
    if (short)
      throw new FileTrouble(
        `The column ${short[0]} has ${counted(short[1].length)} values in row group ${group + 1}, not ${counted(rows)}: the file is damaged.`,
      );
    for (let from = 0; from < rows; from += batchRows) {
      const batch: RawRow[] = [];
      for (let i = from; i < Math.min(from + batchRows, rows); i++) {
        const cells = Object.fromEntries(columns.map(([name, values]) => [name, plain(values[i])]));
        batch.push({ row: before + i + 1, cells });
      }
      yield batch;
    }
    before += rows;
  }
}

const batchRows = 2048;

/** Values as JSON would have them: whole numbers that are safe, dates as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return value;
}
