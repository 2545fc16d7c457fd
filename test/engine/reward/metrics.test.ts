import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairMargins } from '../../../src/domain/margins.ts';
import { meanAndStd, pairMetrics, rankAgreement } from '../../../src/engine/reward/metrics.ts';

describe('pairMetrics', () => {
  it('is what one computes by hand', () => {
    const { loss, accuracy, margin } = pairMetrics([2, -1, 0.5]);
    expect(loss).toBeCloseTo(
      (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1)) + Math.log1p(Math.exp(-0.5))) / 3,
    );
    expect(accuracy).toBeCloseTo(2 / 3);
    expect(margin).toBeCloseTo(0.5);
  });

  it('has the same accuracy whatever is added to all rewards', () => {
    // Whole numbers, so that nothing is rounded: what rounding makes of nearly equal rewards is no matter here.
    const rewards = fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 2, maxLength: 12 });
    const pairs = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rewards, pairs, fc.integer({ min: -10_000, max: 10_000 }), (given, drawn, shift) => {
        const chosen = drawn.map(([a]) => a % given.length);
        const rejected = drawn.map(([, b]) => b % given.length);
        const of = (add: number) => {
          const values = Float32Array.from(given, (reward) => reward + add);
          return pairMetrics(
            pairMargins(values, null, { chosen, rejected, criterion: chosen.map(() => -1) }),
          );
        };
        expect(of(shift)).toEqual(of(0));
      }),
    );
  });

  it('counts a tie as half right, at the loss of guessing', () => {
    expect(pairMetrics([0])).toEqual({ loss: Math.log(2), accuracy: 0.5, margin: 0 });
    expect(pairMetrics([1, 0, -1, -0]).accuracy).toBe(0.5);
  });

  it('stays finite however far apart the rewards are', () => {
    expect(pairMetrics([1e4])).toEqual({ loss: 0, accuracy: 1, margin: 1e4 });
    expect(pairMetrics([-1e4])).toEqual({ loss: 1e4, accuracy: 0, margin: -1e4 });
    expect(pairMetrics([-745, 745, -1e300]).loss).toBeGreaterThan(1e299);
    expect(pairMetrics([40]).loss).toBeCloseTo(Math.exp(-40), 30);
  });

  it('of nothing is not a number', () => {
    expect(pairMetrics([])).toEqual({ loss: NaN, accuracy: NaN, margin: NaN });
  });
});

describe('meanAndStd', () => {
  it('is that of the population', () => {
    expect(meanAndStd([1, 3])).toEqual({ mean: 2, std: 1 });
    expect(meanAndStd(Float32Array.of(5))).toEqual({ mean: 5, std: 0 });
  });

  it('does not lose a small spread in a large mean', () => {
    expect(meanAndStd([1e8, 1e8 + 2]).std).toBe(1);
  });
});

describe('rankAgreement', () => {
  const gold = Array.from({ length: 100 }, (_, i) => Math.sin(i));

  it('is 1 for the same order, 0 for the opposite one, ½ for no opinion', () => {
    expect(
      rankAgreement(
        gold.map((value) => 3 * value - 7),
        gold,
      ),
    ).toBe(1);
    expect(
      rankAgreement(
        gold.map((value) => -value),
        gold,
      ),
    ).toBe(0);
    expect(
      rankAgreement(
        gold.map(() => 0),
        gold,
      ),
    ).toBe(0.5);
  });

  it('lies between for a reward that is partly right', () => {
    const partly = gold.map((value, i) => value + 0.5 * Math.cos(3 * i));
    const agreement = rankAgreement(partly, gold);
    expect(agreement).toBeGreaterThan(0.6);
    expect(agreement).toBeLessThan(0.9);
  });
});
