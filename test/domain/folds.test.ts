import fc from 'fast-check';
import { expect, it } from 'vitest';
import { foldsOf } from '../../src/domain/folds.ts';
import { leastMargin } from '../../src/domain/margins.ts';
import { pairObservations, type Observations } from '../../src/domain/observations.ts';

const pairs = fc.array(
  fc.tuple(fc.nat(7), fc.nat(7)).filter(([a, b]) => a !== b),
  { minLength: 1, maxLength: 40 },
);
const keyOf = ([a, b]: readonly [number, number]) => [a, b].sort().join();
const observed = (list: readonly (readonly [number, number])[]) =>
  pairObservations(
    list.map(([a]) => a),
    list.map(([, b]) => b),
  );

it('keeps answers about the same items together, whichever was chosen, and folds are even', () => {
  fc.assert(
    fc.property(pairs, fc.nat(9), (list, seed) => {
      const all = list.map((_, i) => i);
      const { fold, count } = foldsOf(observed(list), all, 5, seed);
      const questions = new Map<string, number>();
      list.forEach((pair, i) => {
        const known = questions.get(keyOf(pair));
        if (known !== undefined) expect(fold[i]).toBe(known);
        questions.set(keyOf(pair), fold[i]!);
      });
      expect(count).toBe(Math.min(5, questions.size));
      const sizes = Array.from(
        { length: count },
        (_, k) => [...questions.values()].filter((own) => own === k).length,
      );
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(questions.size);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

it('spreads what is trained on evenly, so that every fold leaves something to train on', () => {
  const list = Array.from({ length: 12 }, (_, i) => [i, i + 1] as const);
  for (let seed = 0; seed < 20; seed++) {
    const { fold, count } = foldsOf(observed(list), [3, 7, 11], 5, seed);
    expect(count).toBe(3);
    expect([fold[3], fold[7], fold[11]].sort()).toEqual([0, 1, 2]);
    expect(Math.max(...fold)).toBeLessThan(count);
  }
});

it('draws other folds by another seed, and the same by the same', () => {
  const list = Array.from({ length: 30 }, (_, i) => [i, i + 1] as const);
  const all = list.map((_, i) => i);
  const by = (seed: number) => foldsOf(observed(list), all, 5, seed).fold;
  expect(by(1)).toEqual(by(1));
  expect(by(1)).not.toEqual(by(2));
});

it('the smallest margin of what an observation implies', () => {
  const said: Observations = {
    ...observed([]),
    kind: Uint8Array.from([0, 2, 3, 1]),
    start: Int32Array.from([0, 2, 5, 6, 9]),
    rows: Int32Array.from([0, 1, 2, 1, 0, 2, 1, 0, 2]),
    places: Uint8Array.from([0, 1, 0, 1, 1, 0, 0, 1, 1]),
  };
  const rewards = Float32Array.from([1, 3, 7]);
  expect([0, 1, 2, 3].map((i) => leastMargin(said, i, rewards))).toEqual([-2, 4, NaN, -4]);
});
