import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import others from '../fixtures/oracles/others.json';
import {
  brierScore,
  calibrationOf,
  expectedCalibrationError,
  fitTemperature,
  reliability,
  temperatureLimits,
} from '../../src/domain/calibration.ts';
import { random } from '../../src/domain/random.ts';
import { expectClose } from '../support/close.ts';

const oracle = others.cases.find(({ name }) => name === 'ece') as unknown as {
  p: number[];
  y: number[];
  bins: [low: number, high: number, count: number, predicted: number, observed: number][];
  ece: number;
  brier: number;
};

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
const loss = (logits: readonly number[], outcomes: readonly number[], t: number) =>
  logits.reduce((sum, z, i) => {
    const s = z / t;
    return sum + Math.max(s, 0) - s * outcomes[i]! + Math.log1p(Math.exp(-Math.abs(s)));
  }, 0);

/** Outcomes drawn as the logits, divided by `truth`, say. */
function drawn(truth: number, count: number, seed: number) {
  const source = random(seed, 'calibration');
  const logits = Array.from({ length: count }, () => 3 * source.normal());
  return { logits, outcomes: logits.map((z) => (source.uniform() < sigmoid(z / truth) ? 1 : 0)) };
}

describe('calibration', () => {
  it('has the bins, the error and the Brier score of the oracle', () => {
    const bins = reliability(oracle.p, oracle.y);
    expect(bins).toHaveLength(oracle.bins.length);
    bins.forEach((bin, i) => {
      const [low, high, count, predicted, observed] = oracle.bins[i]!;
      expect(bin.count).toBe(count);
      expectClose([bin.low, bin.high, bin.predicted, bin.observed], [low, high, predicted, observed], 1e-12);
    });
    expectClose(expectedCalibrationError(bins), oracle.ece, 1e-12, 'ECE');
    expectClose(brierScore(oracle.p, oracle.y), oracle.brier, 1e-12, 'Brier score');
  });

  it('leaves empty bins empty and has no error of nothing', () => {
    const bins = reliability([0, 1, 0.95], [0, 1, 1]);
    expect(bins.map(({ count }) => count)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(bins[3]!.observed).toBeNaN();
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.05 / 3, 12);
    expect(expectedCalibrationError(reliability([], []))).toBeNaN();
    expect(brierScore([], [])).toBeNaN();
    expect(reliability([NaN], [1]).every(({ count }) => count === 0)).toBe(true);
  });

  it('would find every outcome 1 if the sides were chosen and rejected', () => {
    const { logits } = drawn(1, 500, 1);
    const asChosen = calibrationOf(
      logits.map(Math.abs),
      logits.map(() => 1),
    );
    expect(asChosen.bins.every(({ count, observed }) => count === 0 || observed === 1)).toBe(true);
  });
});

describe('the fitted temperature', () => {
  it('is the one that the outcomes were drawn with', () => {
    for (const truth of [0.5, 1, 2, 5]) {
      const { logits, outcomes } = drawn(truth, 20_000, 3);
      expect(fitTemperature(logits, outcomes) / truth).toBeCloseTo(1, 1);
    }
  });

  it('has the least loss of all', () => {
    const pair = fc.tuple(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0, 0.5, 1));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const [logits, outcomes] = [pairs.map(([z]) => z), pairs.map(([, y]) => y)];
        const best = fitTemperature(logits, outcomes);
        expect(best).toBeGreaterThanOrEqual(temperatureLimits[0] - 1e-12);
        expect(best).toBeLessThanOrEqual(temperatureLimits[1] + 1e-12);
        const least = loss(logits, outcomes, best);
        for (const other of [0.01, 0.1, 0.5, best * 0.99, best * 1.01, 1, 2, 10, 100])
          if (other >= 0.01 && other <= 100)
            expect(least).toBeLessThanOrEqual(loss(logits, outcomes, other) + 1e-7);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the sides, and stops at its limits', () => {
    const { logits, outcomes } = drawn(2, 300, 5);
    const turned = fitTemperature(
      logits.map((z) => -z),
      outcomes.map((y) => 1 - y),
    );
    expect(turned).toBeCloseTo(fitTemperature(logits, outcomes), 9);
    expect(fitTemperature([1, 2, -3], [1, 1, 0])).toBe(temperatureLimits[0]);
    expect(fitTemperature([1, 2, -3], [0, 0, 1])).toBe(temperatureLimits[1]);
    expect(fitTemperature([1e4, -1e4, 1e4], [1, 0, 0])).toBeGreaterThan(1);
    expect(fitTemperature([], [])).toBeNaN();
  });
});
