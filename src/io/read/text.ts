import { counted } from './limits';
import { pieceSize, type Bytes, type Source } from './source';
import { FileTrouble } from './trouble';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** UTF-8 as text; null where it is not UTF-8. */
export function decoded(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

export const decodedAnyway = (bytes: Uint8Array): string => lenient.decode(bytes);

/** The first byte that is not UTF-8. */
export function firstBadByte(bytes: Uint8Array): number {
  let [low, high] = [0, bytes.length];
  // Of a prefix that ends within a character, the last bytes are cut off before it is tried.
  const good = (end: number) => decoded(bytes.subarray(0, wholeCharacters(bytes.subarray(0, end)))) !== null;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (good(middle)) low = middle;
    else high = middle - 1;
  }
  return wholeCharacters(bytes.subarray(0, low));
}

/** How many of the bytes end with a whole character: at most three less. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** Length of a byte order mark at the start. @throws FileTrouble for UTF-16 */
export function markLength(head: Uint8Array): number {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    throw new FileTrouble('The text is UTF-16. Save it as UTF-8.', 0);
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** A stretch of text and where it begins. */
export interface TextPiece {
  readonly text: string;
  readonly byte: number;
  /** Where what is not UTF-8 begins; it stands as U+FFFD in `text`. */
  readonly bad?: number;
}

/** A source as text, in pieces that end with whole characters. */
export async function* texts(source: Source): AsyncGenerator<TextPiece> {
  let rest: Bytes = new Uint8Array(0);
  let byte = 0;
  let first = true;
  const piece = (bytes: Bytes): TextPiece => {
    const text = decoded(bytes);
    const at = byte;
    byte += bytes.length;
    return text === null
      ? { text: decodedAnyway(bytes), byte: at, bad: at + firstBadByte(bytes) }
      : { text, byte: at };
  };
  for await (const bytes of source.stream()) {
    let all = joined(rest, bytes);
    if (first && all.length >= 3) {
      byte = markLength(all);
      all = all.subarray(byte);
      first = false;
    }
    const whole = wholeCharacters(all);
    rest = all.slice(whole);
    if (whole > 0) yield piece(all.subarray(0, whole));
  }
  if (rest.length > 0) yield piece(rest);
}

/** The first bytes of a source, at most a piece. */
export async function headOf(source: Source, length = 2 ** 16): Promise<Bytes> {
  let head: Bytes = new Uint8Array(0);
  try {
    for await (const piece of source.stream()) {
      head = joined(head, piece.subarray(0, length - head.length));
      if (head.length >= Math.min(length, pieceSize)) break;
    }
  } catch (error) {
    // Damage further on is met again when all is read; what comes before it can be taken.
    if (!(error instanceof FileTrouble) || head.length === 0) throw error;
  }
  return head;
}

export function joined(a: Bytes, b: Bytes): Bytes {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

export const notUtf8 = (byte: number): string =>
  `Not UTF-8 from byte ${counted(byte)} on. Save the file as UTF-8.`;
