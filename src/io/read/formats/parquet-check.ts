import type {
  ColumnMetaData,
  Compressors,
  DecodedArray,
  FileMetaData,
  PageHeader,
  SchemaTree,
} from 'hyparquet';
import { counted, inBytes, limits } from '../limits';
import type { Bytes, Source } from '../source';
import { FileTrouble } from '../trouble';
import { checkRuns } from './parquet-runs';

/**
 * hyparquet believes what a file says of its own sizes. So everything that it would set memory aside for, or loop over,
 * is held against the file first.
 */

/** Values in one page; writers stay far below. */
const pageValues = 2 ** 24;
/** Bytes of one page, unpacked. */
const pageBytes = 2 ** 28;

/** @throws FileTrouble where the description does not fit the file */
export function checkMetadata(metadata: FileMetaData, size: number): void {
  let rows = 0;
  for (const group of metadata.row_groups) {
    rows += Number(group.num_rows);
    if (!(Number(group.num_rows) >= 0) || rows > limits.items)
      throw new FileTrouble(
        `It announces ${counted(rows)} rows; this page takes up to ${counted(limits.items)}. Take fewer rows.`,
      );
    for (const { meta_data: about } of group.columns) {
      if (!about) throw new FileTrouble('A column is not described: the file is damaged.');
      const [start, end] = extent(about);
      if (!(start >= 4) || !(end >= start) || end > size)
        throw new FileTrouble(
          `The column ${about.path_in_schema.join('.')} is said to lie from byte ${start} to ${end}, but the file has ${size}.`,
          size,
        );
      if (!(about.num_values >= 0n) || about.num_values > BigInt(limits.parquetValues))
        throw new FileTrouble(
          `The column ${about.path_in_schema.join('.')} is said to have ${counted(Number(about.num_values))} values in one row group; the most is ${counted(limits.parquetValues)}.`,
        );
    }
  }
}

/** Where a column's chunk begins and ends. */
function extent(about: ColumnMetaData): readonly [number, number] {
  const start = Number(about.dictionary_page_offset || about.data_page_offset);
  return [start, start + Number(about.total_compressed_size)];
}

/**
 * One column of one row group, checked page by page before it is decoded.
 * @returns a value for each row
 * @throws FileTrouble where a page is damaged
 */
export async function checkedColumn(
  source: Source,
  metadata: FileMetaData,
  group: number,
  name: string,
): Promise<DecodedArray> {
  const { parquetRead, parquetSchema } = await import('hyparquet');
  const rowGroup = metadata.row_groups[group]!;
  const start = metadata.row_groups.slice(0, group).reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const rows = Number(rowGroup.num_rows);
  if (rows === 0) return [];
  const codecs = await codecsFor(rowGroup.columns.map(({ meta_data: about }) => about!.codec));
  const pages = new Map<string, Uint8Array>();
  const chunks: { start: number; bytes: Bytes }[] = [];
  const tree = parquetSchema(metadata);
  for (const { meta_data: about } of rowGroup.columns) {
    if (about!.path_in_schema[0] !== name) continue;
    const [from, to] = extent(about!);
    const bytes = await source.bytes(from, to);
    chunks.push({ start: from, bytes });
    await checkChunk(bytes, from, about!, pathOf(tree, about!.path_in_schema), codecs, pages);
  }
  const unpacked: Compressors = Object.fromEntries(
    Object.keys(codecs).map((codec) => [codec, (input: Uint8Array) => pages.get(keyOf(input))!]),
  );
  const parts: DecodedArray[] = [];
  await parquetRead({
    file: {
      byteLength: await source.size(),
      slice: async (from, to) => {
        const chunk = chunks.find((one) => one.start <= from && to! <= one.start + one.bytes.length);
        if (chunk?.start === from && chunk.bytes.length === to! - from) return chunk.bytes.buffer;
        return chunk
          ? chunk.bytes.slice(from - chunk.start, to! - chunk.start).buffer
          : (await source.bytes(from, to!)).buffer;
      },
    },
    metadata,
    columns: [name],
    rowStart: start,
    rowEnd: start + rows,
    compressors: unpacked,
    onChunk: ({ columnData }) => parts.push(columnData),
  });
  return parts.length === 1 ? parts[0]! : parts.flatMap((part) => Array.from(part as ArrayLike<unknown>));
}

/** A page by its place and length: hyparquet asks for the same bytes again, maybe in another buffer. */
const keyOf = (input: Uint8Array): string => `${input.length}:${hash(input)}`;

/** FNV-1a over the bytes. */
function hash(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0;
}

function pathOf(tree: SchemaTree, path: readonly string[]): SchemaTree[] {
  const nodes: SchemaTree[] = [];
  let at = tree;
  for (const part of path) {
    const child = at.children.find(({ element }) => element.name === part);
    if (!child)
      throw new FileTrouble(`The column ${path.join('.')} is not in the schema: the file is damaged.`);
    nodes.push(child);
    at = child;
  }
  return nodes;
}

async function checkChunk(
  bytes: Bytes,
  start: number,
  about: ColumnMetaData,
  path: readonly SchemaTree[],
  codecs: Compressors,
  pages: Map<string, Uint8Array>,
): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  const reader = { view: new DataView(bytes.buffer), offset: 0 };
  const column = about.path_in_schema.join('.');
  const damaged = (what: string) =>
    new FileTrouble(`The column ${column} is damaged: ${what}.`, start + reader.offset);
  const levels = {
    repetition: path.filter(({ element }) => element.repetition_type === 'REPEATED').length,
    definition: path.filter(({ element }) => element.repetition_type !== 'REQUIRED').length,
  };
  let [values, unpacked] = [0, 0];
  while (reader.offset < bytes.length - 1) {
    let header: PageHeader;
    try {
      header = parquetHeader(reader);
    } catch {
      throw damaged('a page has no readable header');
    }
    const { compressed_page_size: packed, uncompressed_page_size: size } = header;
    if (!(packed >= 0) || reader.offset + packed > bytes.length)
      throw damaged('a page reaches beyond its column');
    if (!(size >= 0) || size > pageBytes) throw damaged(`a page is said to have ${size} bytes`);
    unpacked += size;
    if (unpacked > limits.expanded)
      throw new FileTrouble(`The column ${column} expands to more than ${inBytes(limits.expanded)}.`);
    const body = bytes.subarray(reader.offset, reader.offset + packed);
    const count =
      header.data_page_header?.num_values ??
      header.data_page_header_v2?.num_values ??
      header.dictionary_page_header?.num_values ??
      0;
    if (!(count >= 0) || count > pageValues) throw damaged(`a page is said to have ${count} values`);
    if (!header.dictionary_page_header) values += count;
    if (values > Number(about.num_values)) throw damaged('its pages have more values than it announces');
    try {
      checkPage(header, body, about, levels, codecs, pages);
    } catch (error) {
      throw damaged(error instanceof Error ? error.message : 'a page cannot be read');
    }
    reader.offset += packed;
  }
}

function checkPage(
  header: PageHeader,
  body: Uint8Array,
  about: ColumnMetaData,
  levels: { readonly repetition: number; readonly definition: number },
  codecs: Compressors,
  pages: Map<string, Uint8Array>,
): void {
  const v2 = header.data_page_header_v2;
  const [repetition, definition] = [
    v2?.repetition_levels_byte_length ?? 0,
    v2?.definition_levels_byte_length ?? 0,
  ];
  if (!(repetition >= 0) || !(definition >= 0) || repetition + definition > body.length)
    throw new Error('its levels reach beyond a page');
  const packed = body.subarray(repetition + definition);
  const isPacked = about.codec !== 'UNCOMPRESSED' && v2?.is_compressed !== false;
  const data = isPacked
    ? unpack(packed, header.uncompressed_page_size - repetition - definition, about, codecs)
    : packed;
  if (isPacked) pages.set(keyOf(packed), data);
  if (header.dictionary_page_header) return;
  if (v2) {
    checkRuns(body.subarray(0, repetition), widthOf(levels.repetition), v2.num_values);
    checkRuns(body.subarray(repetition, repetition + definition), widthOf(levels.definition), v2.num_values);
    checkValues(data, v2.encoding, v2.num_values - v2.num_nulls, about);
    return;
  }
  const v1 = header.data_page_header;
  if (!v1) throw new Error('a page is of an unknown kind');
  let at = 0;
  for (const level of [levels.repetition, levels.definition]) {
    if (level === 0) continue;
    if (at + 4 > data.length) throw new Error('its levels are cut short');
    const length = new DataView(data.buffer, data.byteOffset, data.length).getUint32(at, true);
    if (at + 4 + length > data.length) throw new Error('its levels reach beyond a page');
    checkRuns(data.subarray(at + 4, at + 4 + length), widthOf(level), v1.num_values);
    at += 4 + length;
  }
  checkValues(data.subarray(at), v1.encoding, v1.num_values, about);
}

/** @param count of values, or more where nulls are among them */
function checkValues(data: Uint8Array, encoding: string, count: number, about: ColumnMetaData): void {
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    const width = data[0] ?? 0;
    if (width > 32) throw new Error(`places in its dictionary are said to take ${width} bits`);
    if (width > 0) checkRuns(data.subarray(1), width, count, true);
  } else if (encoding === 'RLE' && about.type === 'BOOLEAN') checkRuns(data.subarray(4), 1, count, true);
  else if (encoding.startsWith('DELTA') && data.length > 2) {
    // The number of miniblocks is a varint after that of the block's size; more than two bytes is no sound one.
    const second = data.findIndex((byte) => byte < 0x80) + 1;
    if (data[second]! >= 0x80 && data[second + 1]! >= 0x80) throw new Error('it has too many miniblocks');
  }
}

function unpack(packed: Uint8Array, size: number, about: ColumnMetaData, codecs: Compressors): Uint8Array {
  const codec = codecs[about.codec];
  if (!codec) throw new Error(`it is packed by ${String(about.codec)}, which this page does not know`);
  // zstd sets aside what its own header says.
  if (about.codec === 'ZSTD' && zstdSize(packed) > size)
    throw new Error('a page announces two different sizes');
  const data = codec(packed, size);
  if (data.length !== size) throw new Error('a page unpacks to another size than announced');
  return data;
}

/** The size in the header of a zstd frame, with that of its window; 0 where it has none. (RFC 8878, 3.1.1.1) */
function zstdSize(bytes: Uint8Array): number {
  const descriptor = bytes[4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  const width = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let size = width === 2 ? 256 : 0;
  for (let i = 0; i < width; i++) size += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return size;
}

const widthOf = (level: number): number => 32 - Math.clz32(level);

/** What unpacks the pages; the rarer codecs are fetched only for files that use them. */
async function codecsFor(used: readonly string[]): Promise<Compressors> {
  const { snappyUncompress } = await import('hyparquet');
  const snappy = (input: Uint8Array, size: number) => {
    const output = new Uint8Array(size);
    snappyUncompress(input, output);
    return output;
  };
  if (used.every((codec) => codec === 'UNCOMPRESSED' || codec === 'SNAPPY')) return { SNAPPY: snappy };
  const more = await import('hyparquet-compressors');
  return {
    SNAPPY: snappy,
    GZIP: more.decompressGzip,
    BROTLI: more.decompressBrotli,
    ZSTD: (input) => more.decompressZstd(input),
    LZ4: more.decompressLz4,
    LZ4_RAW: more.decompressLz4Raw,
  };
}
