import { describe, expect, it } from 'vitest';
import { join } from '../../../src/io/read/join.ts';
import { readFiles } from '../../../src/io/read/reading.ts';
import { read } from './reading.ts';

/** A file that is made as it is read: a header of bytes, then zeros. */
function made(header: string, size: number) {
  const text = Uint8Array.from(header, (letter) => letter.charCodeAt(0));
  let largest = 0;
  let peak = 0;
  const before = process.memoryUsage().arrayBuffers;
  const blob = {
    size,
    slice: (from: number, to: number) => {
      largest = Math.max(largest, to - from);
      const bytes = new Uint8Array(to - from);
      if (from < text.length) bytes.set(text.subarray(from, to));
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      return { arrayBuffer: () => Promise.resolve(bytes.buffer) };
    },
  };
  return { blob, seen: () => ({ largest, peak }) };
}

describe('large files', () => {
  it('an npy of 100,000 × 768 float32 takes well under 2.5 times its size', async () => {
    const dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 768), }";
    // Version 1.0, a header of 118 (the letter v) bytes.
    const header = `\x93NUMPY\x01\x00v\x00${dictionary.padEnd(117)}\n`;
    const size = header.length + 4 * 100_000 * 768;
    const { blob, seen } = made(header, size);
    const reading = await readFiles([{ name: 'x.npy', blob }], {}, new AbortController().signal);
    expect(reading.files[0]!.failure).toBeNull();
    const { joined } = join(reading.items, reading.preferences);
    expect(joined.vectors).toMatchObject({ dimension: 768 });
    expect(joined.vectors!.values.byteLength).toBe(4 * 100_000 * 768);
    // Its numbers are all that its buffer holds, so that they can be handed over as they are.
    expect(joined.vectors!.values.buffer.byteLength).toBe(4 * 100_000 * 768);
    const { largest, peak } = seen();
    expect(largest).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(peak).toBeLessThan(2.5 * size);
  });

  it('50,000 preferences find their candidates by id and by text', async () => {
    const count = 50_000;
    const items = Array.from({ length: 10_000 }, (_, i) => `i${i},text ${i},${i},1`).join('\n');
    const votes = (cell: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => `${cell(i % 10_000)},${cell((7 * i + 1) % 10_000)}`).join('\n');
    const { joined, report } = await read({
      'items.csv': `id,text,e1,e2\n${items}\n`,
      'ids.csv': `chosen_id,rejected_id\n${votes((i) => `i${i}`)}\n`,
      'texts.csv': `chosen,rejected\n${votes((i) => `text ${i}`)}\n`,
    });
    // None is compared with itself: 6 i + 1 is odd, so no multiple of 10,000.
    expect(report.dropped).toBe(0);
    expect(joined.statements).toHaveLength(2 * count);
    expect(joined.statements[count + 3]).toMatchObject({ left: 3, right: 22, verdict: 'left' });
  });
});
