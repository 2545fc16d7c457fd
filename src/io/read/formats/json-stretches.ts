import { inBytes, limits } from '../limits';
import type { Bytes, Source } from '../source';
import { joined } from '../text';
import { FileTrouble } from '../trouble';

/** Where one value lies; without bytes where it cannot be told. */
export interface Stretch {
  readonly row: number;
  readonly byte: number;
  readonly bytes?: Bytes;
  readonly reason?: string;
}

const newline = 0x0a;
const tooLong = `The row is longer than ${inBytes(limits.row)}.`;

/** Lines that are not blank, with their numbers. @param start where the text begins, after a byte order mark */
export async function* lines(source: Source, start: number): AsyncGenerator<readonly Stretch[]> {
  let rest: Bytes = new Uint8Array(0);
  let [row, byte] = [0, 0];
  let skipping = false;
  const take = (bytes: Bytes, into: Stretch[]) => {
    const at = row === 0 ? start : 0;
    row += 1;
    if (skipping) into.push({ row, byte, reason: tooLong });
    else if (!isBlank(bytes, at)) into.push({ row, byte: byte + at, bytes: bytes.subarray(at) });
    skipping = false;
  };
  for await (const piece of source.stream()) {
    const all = skipping ? piece : joined(rest, piece);
    const batch: Stretch[] = [];
    let at = 0;
    for (let end = all.indexOf(newline); end >= 0; end = all.indexOf(newline, at)) {
      take(all.subarray(at, end), batch);
      byte += end + 1 - at;
      at = end + 1;
    }
    rest = all.slice(at);
    if (rest.length > limits.row || skipping) {
      byte += rest.length;
      rest = new Uint8Array(0);
      skipping = true;
    }
    yield batch;
  }
  const batch: Stretch[] = [];
  if (rest.length > 0 || skipping) take(rest, batch);
  yield batch;
}

function isBlank(bytes: Bytes, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i]! > 32) return false;
  return true;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const opens = (byte: number) => byte === 0x5b || byte === 0x7b;
const closes = (byte: number) => byte === 0x5d || byte === 0x7d;

/** The elements of a list, found by their brackets, so that the list need not be held whole. */
export async function* elements(source: Source, start: number): AsyncGenerator<readonly Stretch[]> {
  let rest: Bytes = new Uint8Array(0); // of the element that is being read
  let [row, byte, depth] = [0, 0, 0];
  let [inText, escaped, ended] = [false, false, false];
  let from = start;
  for await (const piece of source.stream()) {
    const all = joined(rest, piece);
    const batch: Stretch[] = [];
    let at = from; // start of the element within `all`
    const take = (end: number) => {
      const bytes = all.subarray(at, end);
      if (!isBlank(bytes, 0)) {
        row += 1;
        batch.push({ row, byte: byte + at, bytes });
      }
      at = end + 1;
    };
    for (let i = Math.max(rest.length, from); i < all.length; i++) {
      const here = all[i]!;
      if (inText) {
        if (escaped) escaped = false;
        else if (here === backslash) escaped = true;
        else if (here === quote) inText = false;
      } else if (here === quote) inText = true;
      else if (opens(here)) {
        depth += 1;
        if (depth === 1) at = i + 1;
      } else if (closes(here)) {
        depth -= 1;
        if (depth === 0) {
          take(i);
          ended = true;
        }
      } else if (here === comma && depth === 1) take(i);
      if (ended) break;
    }
    yield batch;
    if (ended) return;
    rest = all.slice(at);
    byte += at;
    from = 0;
    if (rest.length > limits.row)
      throw new FileTrouble(
        `From byte ${byte} on there is a value longer than ${inBytes(limits.row)}, or a quotation mark that never closes.`,
        byte,
      );
  }
  throw new FileTrouble('The list has no end: the file is cut short.', byte + rest.length);
}
