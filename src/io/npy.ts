import { zipSync } from 'fflate';

/** NumPy's array files, version 1.0: magic, header length, a Python dict literal, data at a multiple of 64. */

export interface NpyArray {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

function formatNpy({ values, shape }: NpyArray): Uint8Array {
  const descr = values instanceof Float32Array ? '<f4' : '<i4';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = 10; // magic, version, length
  const padded = Math.ceil((before + dictionary.length + 1) / 64) * 64 - before;
  const header = `${dictionary.padEnd(padded - 1)}\n`;
  const bytes = new Uint8Array(before + padded + values.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded & 0xff, padded >> 8]);
  bytes.set(new TextEncoder().encode(header), before);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), before + padded);
  return bytes;
}

/** Several arrays by name: a zip of .npy files, uncompressed as `numpy.savez` writes it. */
export const formatNpz = (arrays: Readonly<Record<string, NpyArray>>): Uint8Array =>
  zipSync(
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, formatNpy(array)])),
    { level: 0 },
  );
