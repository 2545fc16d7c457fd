import { describe, expect, it } from 'vitest';
import { murmur3 } from '../../src/domain/murmur.ts';
import { HashedNgrams, wordsOf } from '../../src/scenarios/hashing.ts';

const embedded = (text: string, prompt: string | null, dimension = 768) => {
  const out = new Float32Array(dimension);
  new HashedNgrams(dimension, 0.5).embed(wordsOf(text), prompt, out);
  return out;
};
const sum = (values: Float32Array) => values.reduce((a, b) => a + Math.abs(b), 0);

describe('hashed n-grams', () => {
  it('finds the words of a text, whatever their case, language and punctuation', () => {
    expect(wordsOf('It’s 42, NOT “été”! well-known: привет…')).toEqual([
      'it’s',
      '42',
      'not',
      'été',
      'well-known',
      'привет',
    ]);
    expect(wordsOf(' … ')).toEqual([]);
  });

  it('names words, pairs with the ends, and words with their prompt', () => {
    expect(HashedNgrams.names(['add', 'water'], 'tea?')).toEqual([
      'add',
      '^ add',
      'tea?: add',
      'water',
      'add water',
      'tea?: water',
      'water $',
    ]);
    expect(HashedNgrams.names(['add'], null)).toEqual(['add', '^ add', 'add $']);
    expect(HashedNgrams.names([], 'tea?')).toEqual([]);
  });

  it('counts each up or down where the hash says', () => {
    const out = embedded('add', null);
    const wanted = new Float32Array(768);
    for (const name of ['add', '^ add', 'add $']) {
      const hash = murmur3(new TextEncoder().encode(name));
      wanted[hash % 768]! += hash >= 2 ** 31 ? -0.5 : 0.5;
    }
    expect(out).toEqual(wanted);
    expect(sum(out)).toBe(1.5);
  });

  it('uses both signs and all columns about evenly', () => {
    const hasher = new HashedNgrams(64, 1);
    const places = Array.from({ length: 6400 }, (_, i) => hasher.place(`word${i}`));
    expect(Math.abs(places.reduce((total, { sign }) => total + sign, 0))).toBeLessThan(4 * Math.sqrt(6400));
    const counts = new Array<number>(64).fill(0);
    for (const { column } of places) counts[column]! += 1;
    // χ² with 63 degrees of freedom.
    expect(counts.reduce((total, count) => total + (count - 100) ** 2 / 100, 0)).toBeLessThan(115);
  });

  it('knows words of no vocabulary, tells prompts apart, and counts what is said again', () => {
    expect(sum(embedded('zxqv', null))).toBeGreaterThan(0);
    expect(embedded('zxqv', null)).not.toEqual(embedded('zxqw', null));
    expect(embedded('rome', 'capital of Italy?')).not.toEqual(embedded('rome', 'capital of France?'));
    const [once, thrice] = ['kindly', 'kindly kindly kindly'].map((text) => embedded(text, null));
    const { column } = new HashedNgrams(768, 1).place('kindly');
    expect(thrice![column]).toBe(3 * once![column]!);
  });

  it('adds from an offset on and leaves the rest alone', () => {
    const out = new Float32Array(48);
    new HashedNgrams(16, 1).embed(['add', 'water'], null, out, 16);
    expect(sum(out.subarray(0, 16)) + sum(out.subarray(32))).toBe(0);
    expect(sum(out)).toBeGreaterThan(0);
  });
});
