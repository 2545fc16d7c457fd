import { Gunzip, Inflate } from 'fflate';
import { packedSource, type Bytes, type Context, type Source } from './source';
import { FileTrouble } from './trouble';

/** Bytes that are unpacked at once; deflate makes at most about a thousand times as many of them. */
const bite = 2 ** 14;

/** Unpacks a stream piece by piece. @throws FileTrouble where it is damaged or cut short */
async function* unpacked(
  pieces: AsyncIterable<Bytes>,
  kind: 'gzip' | 'deflate',
  members = { count: 0 },
): AsyncGenerator<Bytes> {
  const ready: Bytes[] = [];
  const inflate = kind === 'gzip' ? new Gunzip() : new Inflate();
  if (inflate instanceof Gunzip) inflate.onmember = () => (members.count += 1);
  inflate.ondata = (data) => {
    if (data.length > 0) ready.push(data);
  };
  let at = 0;
  const push = (data: Uint8Array, last: boolean) => {
    try {
      inflate.push(data, last);
    } catch (error) {
      const why = error instanceof Error && /EOF/i.test(error.message) ? 'is cut short' : 'is damaged';
      throw new FileTrouble(`What is packed in it ${why} near byte ${at} of the packed data.`, at);
    }
  };
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; from += bite) {
      const part = piece.subarray(from, from + bite);
      push(part, false);
      at += part.length;
      yield* ready.splice(0);
    }
  }
  push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

/** What a .gz holds. */
export async function gunzipped(packed: Source, context: Context): Promise<Source> {
  const name = packed.name.replace(/\.gz$/i, '');
  const packedSize = await packed.size();
  return packedSource(name, packedSize, context, async function* () {
    let [crc, length] = [0, 0];
    const members = { count: 0 }; // after the first
    for await (const piece of unpacked(packed.stream(), 'gzip', members)) {
      crc = crc32(piece, crc);
      length += piece.length;
      yield piece;
    }
    // Each member ends with its own checksum; where there are several, the last says nothing of the others.
    const end = new DataView((await packed.bytes(packedSize - 8, packedSize)).buffer);
    if (members.count === 0 && (end.getUint32(0, true) !== crc || end.getUint32(4, true) !== length >>> 0))
      throw new FileTrouble('What is packed in it is damaged: its checksum does not fit.', packedSize - 8);
  });
}

/** A deflated entry of a .zip. @param checksum CRC-32 of what it holds */
export function inflated(
  packed: Source,
  packedSize: number,
  size: number,
  checksum: number,
  context: Context,
): Source {
  return packedSource(packed.name, packedSize, context, async function* () {
    let [crc, length] = [0, 0];
    for await (const piece of unpacked(packed.stream(), 'deflate')) {
      crc = crc32(piece, crc);
      length += piece.length;
      if (length > size)
        throw new FileTrouble(`It holds more than the ${size} bytes that the archive announces.`);
      yield piece;
    }
    if (length !== size)
      throw new FileTrouble(`It holds ${length} bytes, but the archive announces ${size}: it is cut short.`);
    if (crc !== checksum) throw new FileTrouble('It is damaged: its checksum is not what the archive says.');
  });
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 as zip has it (ISO 3309), continued from `before`. */
function crc32(bytes: Uint8Array, before: number): number {
  let c = ~before;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return ~c >>> 0;
}
