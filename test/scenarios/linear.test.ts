// The textbook scenario: numbers that depend on nothing but seed and row, a hidden weighted sum, and a policy that chooses.
import { describe, expect, it } from 'vitest';
import { nothingOwn } from '../../src/domain/content.ts';
import { defaultsOf, type Settings } from '../../src/domain/settings.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { correlation, mean, variance } from '../support/statistics.ts';

const settings = defaultsOf('linear');
const linear = scenarioOf(settings);

const numbersOf = (row: number, patch: Partial<Settings> = {}): Float32Array => {
  const { dimension, embed } = linear.features({ ...settings, ...patch }, nothingOwn);
  const out = new Float32Array(dimension);
  embed(linear.startContent(settings, row, nothingOwn), out, 0);
  return out;
};

describe('an action', () => {
  it('is so many independent standard normal numbers, the same again for the same seed', () => {
    const [one, other] = [numbersOf(3), numbersOf(4)];
    expect(one).toHaveLength(768);
    expect(Math.abs(mean(one))).toBeLessThan(4 / Math.sqrt(768));
    expect(variance(one)).toBeCloseTo(1, 0);
    expect(Math.abs(correlation([...one], [...other]))).toBeLessThan(4 / Math.sqrt(768));
    expect(numbersOf(3)).toEqual(one);
    expect(numbersOf(3, { seed: 8 })).not.toEqual(one);
  });

  it('of fewer features is the beginning of one with more', () => {
    expect(numbersOf(3, { features: 16 })).toEqual(numbersOf(3).slice(0, 16));
  });

  it('says in words how it begins', () => {
    const [first] = numbersOf(5);
    const text = linear.textOf(linear.startContent(settings, 5, nothingOwn), settings, nothingOwn);
    expect(text).toContain(first!.toFixed(2));
    expect(text).toMatch(/^\[(-?\d\.\d\d, ){4}…\]$/);
  });
});

it('the gold is a weighted sum with mean 0 and variance 1 over the actions', () => {
  const many = { ...settings, points: 1000 };
  const golds = linear.referenceContents(many, nothingOwn).map(linear.gold(many, nothingOwn));
  expect(golds).toHaveLength(1000);
  expect(Math.abs(mean(golds))).toBeLessThan(4 / Math.sqrt(1000));
  expect(variance(golds)).toBeCloseTo(1, 0);
  // Adding up: the gold of a sum of embeddings is what a linear head could learn exactly.
  const weights = Float32Array.from({ length: 4 }, (_, i) => {
    const narrow = { ...many, features: 4 };
    const rows = [0, 1, 2, 3, 4].map((row) => numbersOf(row, { features: 4 }));
    const values = [0, 1, 2, 3, 4].map((row) =>
      linear.gold(narrow, nothingOwn)(linear.startContent(narrow, row, nothingOwn)),
    );
    return solve(rows.slice(0, 4), values.slice(0, 4))[i]!;
  });
  const narrow = { ...many, features: 4 };
  const fifth = linear.startContent(narrow, 4, nothingOwn);
  const predicted = numbersOf(4, { features: 4 }).reduce((sum, value, i) => sum + value * weights[i]!, 0);
  expect(linear.gold(narrow, nothingOwn)(fifth)).toBeCloseTo(predicted, 3);
});

/** Gauss elimination with pivots. */
function solve(rows: readonly Float32Array[], values: readonly number[]): number[] {
  const a = rows.map((row, i) => [...row, values[i]!]);
  for (let k = 0; k < a.length; k++) {
    const pivot = a.slice(k).reduce((best, row) => (Math.abs(row[k]!) > Math.abs(best[k]!) ? row : best));
    a.splice(a.indexOf(pivot), 1);
    a.splice(k, 0, pivot);
    for (const row of a) {
      if (row === pivot) continue;
      const factor = row[k]! / pivot[k]!;
      row.forEach((_, j) => (row[j]! -= factor * pivot[j]!));
    }
  }
  return a.map((row, k) => row.at(-1)! / row[k]!);
}
