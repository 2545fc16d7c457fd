import { inflated } from './inflate';
import { counted, limits } from './limits';
import { partOf, type Context, type Source } from './source';
import { FileTrouble } from './trouble';

/** PKWARE's zip: the table of contents at the end names every entry, its place, sizes and checksum. */

const endRecord = 22;
const longestComment = 0xffff;

/** Files of systems and version control that nobody means to load. */
const ignored = /(^|\/)(__MACOSX\/|\.[^/]*$)|\/$/;

/**
 * The files in an archive, none of them unpacked yet.
 * @throws FileTrouble where the table of contents is missing, damaged or too long
 */
export async function zipEntries(archive: Source, context: Context): Promise<Source[]> {
  const size = await archive.size();
  const tailStart = Math.max(0, size - endRecord - longestComment);
  const tail = await archive.bytes(tailStart, size);
  const view = new DataView(tail.buffer);
  let end = tail.length - endRecord;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0)
    throw new FileTrouble(
      'The zip is cut short: the table of contents at its end is missing. Copy or download it again.',
      size,
    );
  const count = view.getUint16(end + 10, true);
  const length = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (start === 0xffffffff || length === 0xffffffff)
    throw new FileTrouble('The zip is in the 64-bit form for more than 4 GB. Unpack it first.');
  if (start + length > tailStart + end || length > limits.header)
    throw new FileTrouble(
      'The zip’s table of contents is not where it says, so the file is damaged.',
      tailStart + end,
    );
  if (count > limits.entries)
    throw new FileTrouble(
      `The zip holds ${counted(count)} files; this page takes up to ${counted(limits.entries)}.`,
    );
  return entriesOf(archive, start, await archive.bytes(start, start + length), context);
}

function entriesOf(archive: Source, tableStart: number, table: Uint8Array<ArrayBuffer>, context: Context) {
  const view = new DataView(table.buffer);
  const entries: Source[] = [];
  for (let at = 0; at + 46 <= table.length;) {
    if (view.getUint32(at, true) !== 0x02014b50)
      throw new FileTrouble('The zip’s table of contents is damaged.', tableStart + at);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const checksum = view.getUint32(at + 16, true);
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const nameLength = view.getUint16(at + 28, true);
    const offset = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(table.subarray(at + 46, at + 46 + nameLength));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (!ignored.test(name))
      entries.push(
        entry(
          archive,
          `${archive.name}/${name}`,
          { encrypted: (flags & 1) === 1, method, checksum, packed, size, offset },
          context,
        ),
      );
  }
  return entries;
}

interface Entry {
  readonly encrypted: boolean;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** An entry that finds its data when it is first read: the local header before it has a length of its own. */
function entry(archive: Source, name: string, about: Entry, context: Context): Source {
  let found: Promise<Source> | undefined;
  const open = () => (found ??= locate(archive, name, about, context));
  return {
    name,
    size: async () => (await open()).size(),
    bytes: async (from, to) => (await open()).bytes(from, to),
    async *stream() {
      yield* (await open()).stream();
    },
  };
}

async function locate(archive: Source, name: string, about: Entry, context: Context): Promise<Source> {
  if (about.encrypted)
    throw new FileTrouble('It is locked with a password. Unpack the zip first.', about.offset);
  const local = await archive.bytes(about.offset, about.offset + 30);
  const view = new DataView(local.buffer);
  if (local.length < 30 || view.getUint32(0, true) !== 0x04034b50)
    throw new FileTrouble('The zip says it is where it is not: the archive is damaged.', about.offset);
  const start = about.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const end = start + about.packed;
  if (end > (await archive.size()))
    throw new FileTrouble('It reaches beyond the end of the zip, which is cut short or damaged.', start);
  const packed = partOf(archive, name, start, end);
  if (about.method === 8) return inflated(packed, about.packed, about.size, about.checksum, context);
  if (about.method !== 0)
    throw new FileTrouble(
      `It is packed by a method (number ${about.method}) that this page does not know. Unpack the zip first, or pack it with deflate.`,
      about.offset,
    );
  if (about.packed !== about.size)
    throw new FileTrouble('The zip gives it two different sizes: the archive is damaged.', about.offset);
  return packed;
}
