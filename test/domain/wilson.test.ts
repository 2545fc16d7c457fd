import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wilson } from '../../src/domain/wilson.ts';

it('has the published intervals (Newcombe 1998, table I)', () => {
  const interval = (count: number, of: number) => {
    const { low, high } = wilson(count, of);
    return [low.toFixed(4), high.toFixed(4)];
  };
  expect(interval(81, 263)).toEqual(['0.2553', '0.3662']);
  expect(interval(15, 148)).toEqual(['0.0624', '0.1605']);
  expect(interval(0, 20)).toEqual(['0.0000', '0.1611']);
  expect(interval(1, 29)).toEqual(['0.0061', '0.1718']);
});

it('holds its share, lies within 0 and 1 and is the mirror image of its complement', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (count, rest) => {
      fc.pre(count + rest > 0);
      const of = count + rest;
      const { share, low, high } = wilson(count, of);
      expect(low).toBeLessThanOrEqual(share + 1e-12);
      expect(high).toBeGreaterThanOrEqual(share - 1e-12);
      expect(low >= 0 && high <= 1).toBe(true);
      const other = wilson(rest, of);
      expect(other.low).toBeCloseTo(1 - high, 10);
      expect(other.high).toBeCloseTo(1 - low, 10);
    }),
  );
  expect(wilson(0, 0)).toEqual({ count: 0, of: 0, share: NaN, low: 0, high: 1 });
});
