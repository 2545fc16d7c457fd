/** Just enough of Protocol Buffers' wire format to write an ONNX model: fields are lists of bytes, joined once. */

export type Bytes = readonly Uint8Array[];

const varint = (value: number): Uint8Array => {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left % 128;
    left = Math.floor(left / 128);
    bytes.push(left > 0 ? low | 0x80 : low);
  } while (left > 0);
  return Uint8Array.from(bytes);
};

const tag = (field: number, wire: number): Uint8Array => varint(field * 8 + wire);

/** A whole number that is not negative. */
export const integer = (field: number, value: number): Bytes => [tag(field, 0), varint(value)];

export const float = (field: number, value: number): Bytes => [
  tag(field, 5),
  new Uint8Array(Float32Array.of(value).buffer),
];

export const raw = (field: number, bytes: Uint8Array): Bytes => [tag(field, 2), varint(bytes.length), bytes];

export const text = (field: number, value: string): Bytes => raw(field, new TextEncoder().encode(value));

export const message = (field: number, ...parts: Bytes[]): Bytes => {
  const body = parts.flat();
  return [tag(field, 2), varint(body.reduce((sum, { length }) => sum + length, 0)), ...body];
};

export function joined(...parts: Bytes[]): Uint8Array {
  const all = parts.flat();
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
