/** The kinds of numbers that files hold, and how they become float32. */
export type NumberKind =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

export const bytesOf: Readonly<Record<NumberKind, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

type At = (view: DataView, byte: number, little: boolean) => number;

const readers: Readonly<Record<NumberKind, At>> = {
  float16: (view, byte, little) => half(view.getUint16(byte, little)),
  // The upper half of a float32.
  bfloat16: (view, byte, little) => {
    scratch.setUint32(0, view.getUint16(byte, little) * 65536);
    return scratch.getFloat32(0);
  },
  float32: (view, byte, little) => view.getFloat32(byte, little),
  float64: (view, byte, little) => view.getFloat64(byte, little),
  int8: (view, byte) => view.getInt8(byte),
  uint8: (view, byte) => view.getUint8(byte),
  int16: (view, byte, little) => view.getInt16(byte, little),
  uint16: (view, byte, little) => view.getUint16(byte, little),
  int32: (view, byte, little) => view.getInt32(byte, little),
  uint32: (view, byte, little) => view.getUint32(byte, little),
  int64: (view, byte, little) => Number(view.getBigInt64(byte, little)),
  uint64: (view, byte, little) => Number(view.getBigUint64(byte, little)),
  bool: (view, byte) => (view.getUint8(byte) === 0 ? 0 : 1),
};

const scratch = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Turns bytes into float32 numbers, `to(i)` being where the i-th of them goes.
 * @returns how many were whole
 */
export function decode(
  bytes: Uint8Array<ArrayBuffer>,
  kind: NumberKind,
  little: boolean,
  into: Float32Array,
  to: number | ((i: number) => number),
): number {
  const width = bytesOf[kind];
  const count = Math.floor(bytes.length / width);
  if (kind === 'float32' && little === hostIsLittle && typeof to === 'number') {
    new Uint8Array(into.buffer, into.byteOffset + 4 * to, 4 * count).set(bytes.subarray(0, 4 * count));
    return count;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[kind];
  if (typeof to === 'number') for (let i = 0; i < count; i++) into[to + i] = read(view, i * width, little);
  else for (let i = 0; i < count; i++) into[to(i)] = read(view, i * width, little);
  return count;
}

/** Numbers as the text of ids: whole numbers stay exact, however long. */
export function numberTexts(bytes: Uint8Array<ArrayBuffer>, kind: NumberKind, little: boolean): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = bytesOf[kind];
  return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => {
    if (kind === 'int64') return String(view.getBigInt64(i * width, little));
    if (kind === 'uint64') return String(view.getBigUint64(i * width, little));
    return String(readers[kind](view, i * width, little));
  });
}
