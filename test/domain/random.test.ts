import { describe, expect, it } from 'vitest';
import { normals, random, type Random } from '../../src/domain/random.ts';
import { correlation, mean, variance } from '../support/statistics.ts';

const count = 40_000;
const draw = (source: Random, kind: 'uniform' | 'normal', n = count) =>
  Array.from({ length: n }, () => source[kind]());

describe('a stream', () => {
  it('is the same again for the same seed and keys, and others do not disturb it', () => {
    const alone = draw(random(7, 'batch', 12), 'uniform', 100);
    const [a, b] = [random(7, 'batch', 12), random(7, 'head')];
    const mixed = alone.map(() => {
      b.normal();
      return a.uniform();
    });
    expect(mixed).toEqual(alone);
  });

  it('starts with numbers that never change: saved links must show the same run', () => {
    const source = random(7, 'point', 3);
    expect([source.uniform(), source.uniform()]).toEqual([0.8443999595474452, 0.009975898545235395]);
    expect(source.normal()).toBeCloseTo(1.4830153244587656, 12);
    expect(source.normal()).toBeCloseTo(-0.9384259344624023, 12);
    expect(source.integer(1000)).toBe(404);
  });

  it.each([
    ['another seed', 8, ['batch', 12]],
    ['another key', 7, ['batches', 12]],
    ['another number', 7, ['batch', 13]],
    ['one key fewer', 7, ['batch']],
    ['the keys the other way round', 7, [12, 'batch']],
  ] as const)('is another one with %s', (_, seed, keys) => {
    const a = draw(random(7, 'batch', 12), 'uniform');
    const b = draw(random(seed, ...keys), 'uniform');
    expect(a.slice(0, 8)).not.toEqual(b.slice(0, 8));
    expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(count));
  });

  it('of consecutive numbers is uncorrelated in its first draws too', () => {
    const firsts = Array.from({ length: 20_000 }, (_, step) => random(7, 'batch', step).uniform());
    expect(Math.abs(mean(firsts) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / firsts.length));
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(
      4 / Math.sqrt(firsts.length),
    );
    expect(new Set(firsts).size).toBeGreaterThan(firsts.length - 3);
  });
});

describe('the numbers', () => {
  it('uniform: in [0, 1), evenly spread', () => {
    const values = draw(random(1, 'test'), 'uniform');
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const bins = new Array<number>(20).fill(0);
    for (const value of values) bins[Math.floor(20 * value)]! += 1;
    // χ² of 19 degrees of freedom: above 44 once in a thousand.
    const expected = count / 20;
    expect(bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(44);
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(count));
  });

  it('normal: mean 0, variance 1, skewness 0, kurtosis 3, pairs independent', () => {
    const values = draw(random(2, 'test'), 'normal');
    const moment = (power: number) => mean(values.map((value) => value ** power));
    expect(Math.abs(mean(values))).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
    expect(values.every(Number.isFinite)).toBe(true);
    const [even, odd] = [0, 1].map((k) => values.filter((_, i) => i % 2 === k));
    expect(Math.abs(correlation(even!, odd!))).toBeLessThan(4 / Math.sqrt(count / 2));
  });

  it('integer: every number below the limit equally often, never the limit', () => {
    const source = random(3, 'test');
    const counts = new Map<number, number>();
    for (let i = 0; i < 7000; i++) {
      const value = source.integer(7);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const times of counts.values()) expect(Math.abs(times - 1000)).toBeLessThan(4 * Math.sqrt(860));
    expect(source.integer(1)).toBe(0);
  });

  it('normals takes the next ones of a stream, in float32', () => {
    const values = normals(random(4, 'test'), 5);
    expect(values).toEqual(Float32Array.from(draw(random(4, 'test'), 'normal', 5)));
  });
});
