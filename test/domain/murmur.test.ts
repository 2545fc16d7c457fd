import { expect, it } from 'vitest';
import { murmur3 } from '../../src/domain/murmur.ts';

const text = (value: string) => new TextEncoder().encode(value);
const bytes = (...values: number[]) => Uint8Array.of(...values);

it.each([
  [bytes(), 0, 0x00000000],
  [bytes(), 1, 0x514e28b7],
  [bytes(), 0xffffffff, 0x81f16f39],
  [bytes(0xff, 0xff, 0xff, 0xff), 0, 0x76293b50],
  [bytes(0x21, 0x43, 0x65, 0x87), 0, 0xf55b516b],
  [bytes(0x21, 0x43, 0x65, 0x87), 0x5082edee, 0x2362f9de],
  [bytes(0x21, 0x43, 0x65), 0, 0x7e4a8634],
  [bytes(0x21, 0x43), 0, 0xa0f7b07a],
  [bytes(0x21), 0, 0x72661cf4],
  [bytes(0, 0, 0, 0), 0, 0x2362f9de],
  [bytes(0, 0, 0), 0, 0x85f0b427],
  [bytes(0, 0), 0, 0x30f4c306],
  [bytes(0), 0, 0x514e28b7],
  [text('aaaa'), 0x9747b28c, 0x5a97808a],
  [text('aaa'), 0x9747b28c, 0x283e0130],
  [text('aa'), 0x9747b28c, 0x5d211726],
  [text('a'), 0x9747b28c, 0x7fa09ea6],
  [text('abcd'), 0x9747b28c, 0xf0478627],
  [text('abc'), 0x9747b28c, 0xc84a62dd],
  [text('ab'), 0x9747b28c, 0x74875592],
  [text('Hello, world!'), 0x9747b28c, 0x24884cba],
  [text('ππππππππ'), 0x9747b28c, 0xd58063c1],
  [text('The quick brown fox jumps over the lazy dog'), 0x9747b28c, 0x2fa826cd],
])('hashes %s with seed %i as published', (key, seed, hash) => {
  expect(murmur3(key, seed)).toBe(hash);
});

it('has the verification value of SMHasher', () => {
  const hashes = new Uint8Array(4 * 256);
  const key = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0; i < 256; i++)
    new DataView(hashes.buffer).setUint32(4 * i, murmur3(key.subarray(0, i), 256 - i), true);
  expect(murmur3(hashes)).toBe(0xb0f57ee3);
});
