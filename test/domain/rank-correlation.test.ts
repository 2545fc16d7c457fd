import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kendall, ranksOf, spearman } from '../../src/domain/rank-correlation.ts';

const a = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
const b = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5];

/** τ-b from its definition, pair by pair. */
function kendallByPairs(x: readonly number[], y: readonly number[]): number {
  let [sum, untiedX, untiedY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      sum += dx * dy;
      untiedX += dx * dx;
      untiedY += dy * dy;
    }
  return sum / Math.sqrt(untiedX * untiedY);
}

const lists = fc
  .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), { maxLength: 60 })
  .map((pairs) => [pairs.map(([x]) => x), pairs.map(([, y]) => y)] as const);

describe('rank correlations', () => {
  it('average the ranks of ties', () => {
    expect([...ranksOf([10, 20, 10, 5])]).toEqual([2.5, 4, 2.5, 1]);
    expect([...ranksOf([])]).toEqual([]);
  });

  it('have the values that SciPy 1.17 gives for lists with ties', () => {
    expect(spearman(a, b)).toBeCloseTo(0.1415796863640157, 12);
    expect(kendall(a, b)).toBeCloseTo(0.17109647770728875, 12);
  });

  it('of Kendall are those of its definition', () => {
    fc.assert(
      fc.property(lists, ([x, y]) => {
        const wanted = kendallByPairs(x, y);
        if (Number.isNaN(wanted)) expect(kendall(x, y)).toBeNaN();
        else expect(kendall(x, y)).toBeCloseTo(wanted, 10);
      }),
    );
  });

  it('stay with any increasing change of scale, and turn with a decreasing one', () => {
    fc.assert(
      fc.property(lists, ([x, y]) => {
        for (const measure of [spearman, kendall]) {
          const value = measure(x, y);
          const cubes = x.map((t) => t ** 3 + t);
          if (Number.isNaN(value)) {
            expect(measure(cubes, y)).toBeNaN();
            continue;
          }
          expect(measure(cubes, y)).toBeCloseTo(value, 10);
          expect(measure(y, x)).toBeCloseTo(value, 10);
          expect(
            measure(
              x.map((t) => -t),
              y,
            ),
          ).toBeCloseTo(-value, 10);
          expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  it('are 1 for the same order, −1 for the opposite one, undefined where a list is constant', () => {
    const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * i);
    for (const measure of [spearman, kendall]) {
      expect(measure(values, values)).toBeCloseTo(1, 12);
      expect(
        measure(
          values,
          values.map((t) => -t),
        ),
      ).toBeCloseTo(-1, 12);
      expect(measure([1, 1, 1], [1, 2, 3])).toBeNaN();
      expect(measure([], [])).toBeNaN();
    }
  });
});
