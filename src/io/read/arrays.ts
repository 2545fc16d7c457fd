import { counted, limits } from './limits';
import { bytesOf, decode, numberTexts, type NumberKind } from './numbers';
import type { Source } from './source';
import { FileTrouble } from './trouble';

/** A named array as a file describes it; its numbers are read when they are wanted. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  /** Numbers, or fixed-width text: UTF-32 (NumPy's U) or bytes (NumPy's S), of so many characters. */
  readonly kind: NumberKind | { readonly text: 'utf32' | 'bytes'; readonly width: number };
  readonly little: boolean;
  /** Columns first, as Fortran has them. */
  readonly fortran: boolean;
  /** Where its data lie in `source`: from `start`, `length` bytes. */
  readonly source: Source;
  readonly start: number;
}

/** How large a value of it is, in bytes. */
export const widthOf = ({ kind }: NamedArray): number =>
  typeof kind === 'string' ? bytesOf[kind] : kind.width * (kind.text === 'utf32' ? 4 : 1);

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

/** The shape without axes of length 1, of which the first is kept where nothing else is left. */
const squeezed = (shape: readonly number[]): readonly number[] =>
  shape.length <= 2 ? shape : shape.filter((n, axis) => n !== 1 || axis === 0);

/** [rows, columns] where the array is a table of numbers; null where it is not. */
export function matrixShape({ kind, shape }: NamedArray): readonly [number, number] | null {
  if (typeof kind !== 'string') return null;
  const [rows, columns, ...more] = squeezed(shape);
  return rows === undefined || columns === undefined || more.length > 0 ? null : [rows, columns];
}

/** Bytes that are read and decoded at once: a multiple of every width. */
const step = 8 * 2 ** 20;

/**
 * The numbers of a table, row by row: [rows, columns].
 * @throws FileTrouble where it is larger than the limits or its data are cut short
 */
export async function readMatrix(array: NamedArray): Promise<Float32Array<ArrayBuffer>> {
  const [rows, columns] = matrixShape(array)!;
  const kind = array.kind as NumberKind;
  if (columns > limits.dimension || rows * columns > limits.values || rows > limits.items)
    throw new FileTrouble(
      `${counted(rows)} embeddings of ${counted(columns)} numbers are more than this page takes: up to ${counted(limits.items)} of them, each of ${counted(limits.dimension)} numbers, ${counted(limits.values)} numbers in all.`,
    );
  await checkLength(array);
  const values = new Float32Array(rows * columns);
  const width = bytesOf[kind];
  const end = array.start + values.length * width;
  let done = 0;
  for (let at = array.start; at < end; at += step) {
    const bytes = await array.source.bytes(at, Math.min(at + step, end));
    const before = done;
    const place = array.fortran
      ? (i: number) => ((before + i) % rows) * columns + Math.floor((before + i) / rows)
      : before;
    done += decode(bytes, kind, array.little, values, place);
  }
  if (done < values.length)
    throw new FileTrouble(`The data end after ${counted(done)} of ${counted(values.length)} numbers.`, end);
  return values;
}

/** A list of ids, labels or texts: numbers as text, or text. @throws FileTrouble as above */
export async function readTexts(array: NamedArray): Promise<string[]> {
  const count = sizeOf(array.shape);
  const width = widthOf(array);
  if (count > limits.items || count * width > limits.document)
    throw new FileTrouble(`The array ${array.name} is longer than this page takes.`);
  await checkLength(array);
  const bytes = await array.source.bytes(array.start, array.start + count * width);
  if (typeof array.kind === 'string') return numberTexts(bytes, array.kind, array.little);
  const { text } = array.kind;
  return Array.from({ length: count }, (_, i) =>
    fixedText(bytes.subarray(i * width, (i + 1) * width), text, array.little),
  );
}

function fixedText(bytes: Uint8Array, text: 'utf32' | 'bytes', little: boolean): string {
  if (text === 'bytes') return new TextDecoder().decode(bytes).replace(/\0+$/, '');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let out = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const code = view.getUint32(at, little);
    out += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return out.replace(/\0+$/, '');
}

/** Held against the file before anything is set aside for it: a header may say anything. */
async function checkLength(array: NamedArray): Promise<void> {
  const needed = sizeOf(array.shape) * widthOf(array);
  const there = (await array.source.size()) - array.start;
  if (there < needed)
    throw new FileTrouble(
      `The header announces ${array.shape.join(' × ')} values, that is ${counted(needed)} bytes, but ${counted(Math.max(0, there))} follow: the file is cut short, or its header is wrong.`,
      array.start + Math.max(0, there),
    );
}
