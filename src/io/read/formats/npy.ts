import type { NamedArray } from '../arrays';
import { counted, limits } from '../limits';
import type { NumberKind } from '../numbers';
import type { Source } from '../source';
import { FileTrouble, quoted } from '../trouble';
import { isPrefix, type Format } from './format';

/** NumPy's array file: magic, version, header length, a Python dict literal, the data. (NumPy's format.py) */

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export const npy: Format = {
  name: 'npy',
  label: 'NumPy array (.npy)',
  recognises: (head) => isPrefix(head, magic),
  open: async (source) => ({ kind: 'arrays', arrays: [await openNpy(source, 'array')] }),
};

/** @throws FileTrouble with the cause and the byte */
export async function openNpy(source: Source, name: string): Promise<NamedArray> {
  const size = await source.size();
  const start = await source.bytes(0, 12);
  if (!isPrefix(start, magic) || start.length < 12)
    throw new FileTrouble('It is no NumPy array, or it ends within its first bytes.', start.length);
  const view = new DataView(start.buffer);
  const version = start[6]!;
  if (version < 1 || version > 3)
    throw new FileTrouble(`It is in version ${version} of NumPy’s format; versions 1 to 3 are known.`, 6);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerStart = version === 1 ? 10 : 12;
  if (length > limits.header || headerStart + length > size)
    throw new FileTrouble(
      `The header is said to take ${counted(length)} bytes, but the file has only ${counted(size)}: it is cut short, or damaged.`,
      8,
    );
  const header = new TextDecoder().decode(await source.bytes(headerStart, headerStart + length));
  const { kind, little } = kindOf(field(header, /'descr'\s*:\s*('[^']*'|\[)/, 'descr'));
  return {
    name,
    source,
    kind,
    little,
    fortran: field(header, /'fortran_order'\s*:\s*(True|False)/, 'fortran_order') === 'True',
    shape: shapeOf(field(header, /'shape'\s*:\s*\(([^)]*)\)/, 'shape')),
    start: headerStart + length,
  };
}

function field(header: string, pattern: RegExp, name: string): string {
  const found = pattern.exec(header)?.[1];
  if (found === undefined)
    throw new FileTrouble(`The header has no readable “${name}”: ${quoted(header.trim())}.`, 10);
  return found;
}

function shapeOf(tuple: string): number[] {
  const parts = tuple.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  const shape = parts.map((part) => (/^\d+L?$/.test(part) ? parseInt(part, 10) : NaN));
  if (!shape.every((n) => Number.isSafeInteger(n)) || !Number.isSafeInteger(shape.reduce((a, b) => a * b, 1)))
    throw new FileTrouble(`The header’s shape (${tuple}) is no shape of an array.`, 10);
  return shape;
}

const kinds: Readonly<Record<string, NumberKind>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  b1: 'bool',
};

function kindOf(descr: string): Pick<NamedArray, 'kind' | 'little'> {
  if (descr === '[')
    throw new FileTrouble(
      'It holds records with named fields. Save the numbers by themselves, as a plain float32 array.',
      10,
    );
  const [, order, type, width] = /^'([<>|=]?)([a-zA-Z])(\d*)'$/.exec(descr) ?? [];
  if (type === 'O')
    throw new FileTrouble(
      'It holds Python objects (pickle), which only Python can read, and which may run code. Save it with .astype("float32"), ids and texts with .astype("U").',
      10,
    );
  const little = order !== '>';
  const chars = Number(width);
  if (type === 'U' || type === 'S') {
    if (!(chars <= limits.row)) throw new FileTrouble(`Its texts are too long: ${quoted(descr)}.`, 10);
    return { kind: { text: type === 'U' ? 'utf32' : 'bytes', width: chars }, little };
  }
  const kind = kinds[`${type}${width}`];
  if (!kind)
    throw new FileTrouble(
      `It holds values of the type ${quoted(descr.slice(1, -1))}, which this page does not read. Save it with .astype("float32").`,
      10,
    );
  return { kind, little };
}
