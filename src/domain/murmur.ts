const rotated = (x: number, by: number) => (x << by) | (x >>> (32 - by));

/** One block of four bytes, little-endian, as it is mixed into the hash. */
const block = (k: number) => Math.imul(rotated(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);

/**
 * MurmurHash3_x86_32 (Austin Appleby, public domain): the hash that scikit-learn's `FeatureHasher` uses.
 * @returns an unsigned 32-bit number
 */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const { length } = bytes;
  const whole = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    const k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    h = (Math.imul(rotated(h ^ block(k), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= whole; i--) tail = (tail << 8) | bytes[i]!;
  if (whole < length) h ^= block(tail);
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
