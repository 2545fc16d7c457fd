import { readdirSync } from 'node:fs';
import { join as path } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import { fixture, read } from './reading.ts';

const files = readdirSync(path(import.meta.dirname, '../../fixtures/files')).filter(
  (name) => !name.endsWith('.py'),
);

/** Whatever a file holds, reading it ends, says what it could not take, and gives nothing that is not sound. */
async function survives(name: string, content: Uint8Array): Promise<void> {
  const { files: reports, joined } = await read({ [name]: content });
  expect(reports.length).toBeGreaterThan(0);
  for (const { failure, summary, rejected, rejections } of reports) {
    expect(failure ?? summary).toMatch(/\S/);
    // A sentence, not a stack or a slip of a library's inside.
    expect(failure ?? '').not.toMatch(/undefined is not|is not a function|is not iterable|\bat .*:\d+/);
    expect(rejections.length).toBe(Math.min(rejected, 20));
    for (const { reason } of rejections) expect(reason).toMatch(/\S/);
  }
  const { vectors, ids, statements } = joined;
  expect(new Set(ids).size).toBe(ids.length);
  if (vectors) {
    expect(vectors.values.length).toBe(ids.length * vectors.dimension);
    expect(vectors.values.every(Number.isFinite)).toBe(true);
    // Nothing small grows large.
    expect(vectors.values.byteLength).toBeLessThan(2000 * content.length);
  }
  for (const said of statements)
    if (said.kind === 'pair') expect(ids[said.left] && ids[said.right]).toBeTruthy();
}

/** Counts what is set aside in one piece, in bytes, while `act` runs. */
async function largestAllocation(act: () => Promise<void>): Promise<number> {
  let largest = 0;
  const watched = <T extends new (...values: never[]) => object>(type: T, width: number): T =>
    new Proxy(type, {
      construct: (target, values: unknown[], newTarget) => {
        if (typeof values[0] === 'number' && values.length === 1)
          largest = Math.max(largest, values[0] * width);
        return Reflect.construct(target, values, newTarget) as object;
      },
    });
  const before = { Uint8Array, Int32Array, Float32Array, Float64Array, BigInt64Array, ArrayBuffer, Array };
  Object.assign(globalThis, {
    Uint8Array: watched(Uint8Array, 1),
    Int32Array: watched(Int32Array, 4),
    Float32Array: watched(Float32Array, 4),
    Float64Array: watched(Float64Array, 8),
    BigInt64Array: watched(BigInt64Array, 8),
    ArrayBuffer: watched(ArrayBuffer, 1),
    Array: watched(Array, 8),
  });
  try {
    await act();
  } finally {
    Object.assign(globalThis, before);
  }
  return largest;
}

/** A block of embeddings is the most that a small file may lead to, or a page of .parquet that it truly unpacks. */
const mostAtOnce = 16 * 2 ** 20;

describe('files that were changed', () => {
  it.each(files)(
    '%s: cut short, bits flipped, bytes put in place of others, put in and taken out',
    async (name) => {
      const whole = fixture(name);
      const source = random(1, name);
      for (let i = 0; i < 16; i++) {
        const length = Math.floor(source.uniform() * whole.length);
        await survives(name, whole.subarray(0, length));

        const flipped = whole.slice();
        for (let k = 0; k <= i % 3; k++) flipped[source.integer(whole.length)]! ^= 1 << source.integer(8);
        await survives(name, flipped);

        const overwritten = whole.slice();
        const at = source.integer(Math.min(whole.length, 200));
        overwritten.fill(
          [0, 0xff, 0x7f, 0x39][i % 4]!,
          at,
          Math.min(whole.length, at + 1 + source.integer(8)),
        );
        await survives(name, overwritten);

        const [from, to] = [source.integer(whole.length), source.integer(whole.length)];
        await survives(name, Uint8Array.from([...whole.subarray(0, from), ...whole.subarray(to)]));
      }
    },
  );

  it.each([
    'lists-none.parquet',
    'lists-snappy.parquet',
    'lists-v2.parquet',
    'plain.npz',
    'plain.safetensors',
    'version-2.npy',
  ])('%s: each byte in turn says as much as it can', async (name) => {
    const whole = fixture(name);
    for (let at = 0; at < whole.length; at++) {
      const lying = whole.slice();
      lying[at] = 0xff;
      const largest = await largestAllocation(() => survives(name, lying));
      expect(largest, `byte ${at}`).toBeLessThanOrEqual(mostAtOnce);
    }
  });
});
