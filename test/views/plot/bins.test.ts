import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binAt, binsOf, columnsOf, countsIn, edgeOf } from '../../../src/views/plot/bins';

describe('bins', () => {
  it('have an edge at zero, so that a bin lies on one side of it', () => {
    const bins = binsOf([-0.4, -0.1, 0, 0.2, 3], 10);
    const zero = -bins.first;
    expect(edgeOf(bins, zero)).toBe(0);
    expect(bins.counts.slice(0, zero).reduce((a, b) => a + b, 0)).toBe(2);
    expect(bins.total).toBe(5);
  });

  it('count every number once, near the number of bins that was asked for', () => {
    const values = fc.array(fc.double({ min: -1e4, max: 1e4 }), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 40 }), (list, wanted) => {
        const bins = binsOf(list, wanted);
        const finite = list.filter(Number.isFinite);
        expect(bins.counts.reduce((a, b) => a + b, 0)).toBe(finite.length);
        expect(bins.counts.length).toBeLessThanOrEqual(wanted + 2);
        expect(edgeOf(bins, 0)).toBeLessThanOrEqual(0);
        expect(edgeOf(bins, bins.counts.length)).toBeGreaterThan(0);
        for (const value of finite) expect(bins.counts[binAt(bins, value)]).toBeGreaterThan(0);
      }),
    );
  });

  it('take the values of several sets', () => {
    const bins = binsOf([-1, 0.5, 2, 3], 8);
    expect(countsIn(bins, [-1, 0.5, 2, 3])).toEqual(bins.counts);
    const [one, other] = [countsIn(bins, [-1, 2]), countsIn(bins, [0.5, 3, NaN])];
    expect(one.map((count, i) => count + other[i]!)).toEqual(bins.counts);
  });

  it('begin at zero for what is never negative', () => {
    expect(edgeOf(binsOf([0.2, 3], 24, undefined, 0), 0)).toBe(0);
    expect(binsOf([], 24, undefined, 0).first).toBe(0);
  });

  it('keep their width while it still fits', () => {
    const before = binsOf([-1, 2], 24).width;
    expect(binsOf([-1, 2.2], 24, before).width).toBe(before);
    expect(binsOf([-1, 90], 24, before).width).toBeGreaterThan(before);
  });

  it('survive no values and numbers that are none', () => {
    expect(binsOf([]).total).toBe(0);
    expect(binsOf([NaN, Infinity]).total).toBe(0);
  });
});

it('shows in each column of a barcode the number of largest size', () => {
  expect([...columnsOf([1, -3, 2, 0.5], 2)]).toEqual([-3, 2]);
  expect([...columnsOf([1, -1], 4)]).toEqual([1, 1, -1, -1]);
});
