import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mistakeShare, placesOf, seemingWorth } from '../../src/domain/perception.ts';

const none = { positionBias: 0, lengthBias: 0 };

describe('what candidates seem to be worth', () => {
  const shown = [
    { worth: 0.5, length: 2 },
    { worth: -1, length: -1 },
    { worth: 0, length: 0 },
  ];

  it('is their worth without a bias', () => {
    expect(seemingWorth(shown, none)).toEqual([0.5, -1, 0]);
  });

  it('has the position bias for the first, whatever it is', () => {
    expect(seemingWorth(shown, { ...none, positionBias: 0.25 })).toEqual([0.75, -1, 0]);
    expect(seemingWorth(shown.toReversed(), { ...none, positionBias: 0.25 })).toEqual([0.25, -1, 0.5]);
  });

  it('has no position alone', () => {
    expect(seemingWorth(shown.slice(0, 1), { ...none, positionBias: 2 })).toEqual([0.5]);
  });

  it('has the length bias for each standard deviation of the length', () => {
    expect(seemingWorth(shown, { ...none, lengthBias: 0.5 })).toEqual([1.5, -1.5, 0]);
    expect(seemingWorth(shown, { ...none, lengthBias: -1 })).toEqual([-1.5, 0, 0]);
  });

  it('adds the biases up', () => {
    expect(seemingWorth(shown, { positionBias: -1, lengthBias: 1 })).toEqual([1.5, -2, 0]);
  });
});

describe('the share of mistakes', () => {
  it('is the noise without fatigue, however many answers', () => {
    for (const answered of [0, 1, 5000])
      expect(mistakeShare({ noise: 0.07, fatigue: 0 }, answered)).toBe(0.07);
  });

  it('is the noise at the first answer', () => {
    expect(mistakeShare({ noise: 0.07, fatigue: 3 }, 0)).toBe(0.07);
  });

  it('is noise + (½ − noise)(1 − e^(−fatigue n / 100))', () => {
    expect(mistakeShare({ noise: 0.1, fatigue: 2 }, 50)).toBeCloseTo(0.1 + 0.4 * (1 - Math.exp(-1)), 12);
    expect(mistakeShare({ noise: 0, fatigue: 1 }, 100)).toBeCloseTo(0.5 * (1 - 1 / Math.E), 12);
  });

  it('never falls, and never passes guessing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.nat(10_000),
        (noise, fatigue, answered) => {
          const [now, next] = [answered, answered + 1].map((n) => mistakeShare({ noise, fatigue }, n));
          expect(next).toBeGreaterThanOrEqual(now! - 1e-12);
          expect(next).toBeLessThanOrEqual(0.5);
        },
      ),
    );
  });
});

describe('places in a ranking', () => {
  it('without a threshold are all different, best first', () => {
    expect(placesOf([0.1, 3, -2, 0.2], 0)).toEqual([3, 1, 4, 2]);
  });

  it('are equal below the threshold', () => {
    expect(placesOf([0.1, 3, -2, 0.2], 0.15)).toEqual([2, 1, 3, 2]);
    expect(placesOf([1, 1.4], 0.5)).toEqual([1, 1]);
    expect(placesOf([1, 1.5], 0.5)).toEqual([2, 1]);
  });

  it('do not chain: what is far from the best of a place has one of its own', () => {
    expect(placesOf([0, 0.4, 0.8, 1.2], 0.5)).toEqual([2, 2, 1, 1]);
  });

  it('follow the order, from 1, without a gap', () => {
    const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 3, noNaN: true }), (perceived, threshold) => {
        const places = placesOf(perceived, threshold);
        expect([...new Set(places)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: Math.max(...places) }, (_, i) => i + 1),
        );
        perceived.forEach((a, i) =>
          perceived.forEach((b, k) => {
            if (a > b) expect(places[i]).toBeLessThanOrEqual(places[k]!);
            if (places[i] === places[k] && threshold > 0) expect(Math.abs(a - b)).toBeLessThan(threshold);
          }),
        );
      }),
    );
  });
});
