import { sizeOf, widthOf, type NamedArray } from '../arrays';
import { counted, limits } from '../limits';
import type { NumberKind } from '../numbers';
import type { Source } from '../source';
import { FileTrouble, quoted } from '../trouble';
import type { Format } from './format';

/** Hugging Face's safetensors: u64 header length, JSON header, then the tensors without holes. */
export const safetensors: Format = {
  name: 'safetensors',
  label: 'Tensors (.safetensors)',
  recognises: (head, name) =>
    head.length > 8 &&
    head[8] === 0x7b &&
    // Seven of the eight bytes of the length are small or zero: no text begins so.
    ((head[5] === 0 && head[6] === 0 && head[7] === 0) || /\.safetensors$/i.test(name)),
  open: async (source) => ({ kind: 'arrays', arrays: await tensorsOf(source) }),
};

const kinds: Readonly<Record<string, NumberKind>> = {
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
  I8: 'int8',
  U8: 'uint8',
  I16: 'int16',
  U16: 'uint16',
  I32: 'int32',
  U32: 'uint32',
  I64: 'int64',
  U64: 'uint64',
  BOOL: 'bool',
};

async function tensorsOf(source: Source): Promise<NamedArray[]> {
  const size = await source.size();
  const length = Number(new DataView((await source.bytes(0, 8)).buffer).getBigUint64(0, true));
  if (8 + length > size || length > limits.header)
    throw new FileTrouble(
      `The header is said to take ${counted(length)} bytes, but the file has ${counted(size)} (and ${counted(limits.header)} is the most): it is cut short, or damaged.`,
      0,
    );
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await source.bytes(8, 8 + length)));
  } catch {
    throw new FileTrouble('The header is no JSON, so the file is damaged.', 8);
  }
  const arrays: NamedArray[] = [];
  for (const [name, tensor] of Object.entries(header as Record<string, unknown>))
    if (name !== '__metadata__') arrays.push(tensorOf(name, tensor, source, 8 + length, size));
  if (arrays.length === 0) throw new FileTrouble('It holds no tensor.');
  return arrays;
}

function tensorOf(name: string, given: unknown, source: Source, start: number, size: number): NamedArray {
  const { dtype, shape, data_offsets: offsets } = (given ?? {}) as Record<string, unknown>;
  const kind = typeof dtype === 'string' && Object.hasOwn(kinds, dtype) ? kinds[dtype] : undefined;
  if (!kind)
    throw new FileTrouble(
      `The tensor ${quoted(name)} is of the type ${quoted(dtype)}, which is not known.`,
      8,
    );
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw new FileTrouble(
      `The header does not describe the tensor ${quoted(name)} as the format demands.`,
      8,
    );
  const array = { name, source, kind, shape, little: true, fortran: false, start: start + offsets[0]! };
  const needed = sizeOf(shape) * widthOf(array);
  if (offsets[1]! - offsets[0]! !== needed)
    throw new FileTrouble(
      `The tensor ${quoted(name)} of the shape ${shape.join(' × ')} needs ${counted(needed)} bytes, but the header gives it ${counted(offsets[1]! - offsets[0]!)}.`,
      array.start,
    );
  if (start + offsets[1]! > size)
    throw new FileTrouble(
      `The tensor ${quoted(name)} reaches to byte ${counted(start + offsets[1]!)}, but the file has ${counted(size)}: it is cut short.`,
      size,
    );
  return array;
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.every((n) => Number.isSafeInteger(n) && n >= 0) &&
  Number.isSafeInteger(sizeOf(value));
