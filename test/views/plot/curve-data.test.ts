import { describe, expect, it } from 'vitest';
import {
  inOrder,
  nearest,
  rangeOfX,
  rangeOfY,
  sentenceAt,
  summaryOf,
  tableOf,
  thinByX,
  thinPath,
  valuesAt,
  type Line,
} from '../../../src/views/plot/curve-data';

const line = (x: number[], y: number[], label = 'train'): Line => ({
  name: label,
  label,
  colour: 'policy',
  x,
  y,
});
const count = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('ranges', () => {
  it('hold every drawable value', () => {
    const lines = [line([1, 2, 3], [NaN, 4, 2]), line([0, 9], [1, 8])];
    expect(rangeOfX(lines)).toEqual([0, 9]);
    const [low, high] = rangeOfY(lines, false, false);
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(8);
    expect(rangeOfY(lines, false, true)[0]).toBe(0);
  });

  it('leave out what a logarithm cannot show', () => {
    const [low, high] = rangeOfY([line([1, 2, 3], [0, -1, 0.5])], true, false);
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });

  it('are proper for one sample and for none', () => {
    for (const lines of [[], [line([], [])], [line([3], [5])], [line([3], [NaN])]]) {
      const [x, y] = [rangeOfX(lines), rangeOfY(lines, false, false)];
      expect(x[1]).toBeGreaterThan(x[0]);
      expect(y[1]).toBeGreaterThan(y[0]);
    }
  });
});

describe('thinning', () => {
  it('keeps at most two points per column, and the extremes', () => {
    const y = count(10_000).map((i) => Math.sin(i / 50) + (i === 4321 ? 9 : 0));
    const thin = thinByX({ x: count(10_000), y }, 100);
    expect(thin.x.length).toBeLessThanOrEqual(204);
    expect(Math.max(...Array.from(thin.y))).toBe(Math.max(...y));
    expect(thin.x[0]).toBe(0);
    expect(Array.from(thin.x)).toEqual(Array.from(thin.x).sort((a, b) => a - b));
  });

  it('keeps gaps', () => {
    const y = count(1000).map((i) => (i > 400 && i < 600 ? NaN : i));
    expect(Array.from(thinByX({ x: count(1000), y }, 50).y).filter(Number.isNaN)).toHaveLength(1);
  });

  it('leaves short lines alone', () => {
    const short = { x: [1, 2], y: [3, 4] };
    expect(thinByX(short, 50).x).toBe(short.x);
    expect(thinPath(short, { x: 0.1, y: 0.1 }).x).toBe(short.x);
  });

  it('leaves out the points of a path that stand still, never the last', () => {
    const thin = thinPath({ x: [0, 0.01, 1, 0.5, 0.501], y: [0, 0, 0, 0, 0] }, { x: 0.1, y: 0.1 });
    expect(thin.x).toEqual([0, 1, 0.5, 0.501]);
  });
});

describe('the cursor', () => {
  const train = line([1, 2, 3, 4], [0.9, 0.7, 0.5, 0.4]);
  const heldOut = line([1, 4], [1, 0.6], 'held out');

  it('finds the nearest sample', () => {
    expect(nearest([0, 10, 20], 14, 'x')).toBe(1);
    expect(nearest([0, 10, 20], 99, 'x')).toBe(2);
    expect(nearest([0, 20, 10], 11, 'path')).toBe(2);
    expect(nearest([], 1, 'x')).toBe(-1);
  });

  it('reads every line at the same place, or its newest value', () => {
    expect(valuesAt([train, heldOut], 1, 'x')).toEqual(['0.700', '1.00']);
    expect(valuesAt([train, heldOut], null, 'x')).toEqual(['0.400', '0.600']);
    expect(valuesAt([line([], [])], null, 'x')).toEqual(['–']);
    expect(sentenceAt([train, heldOut], 3, 'x', 'step')).toBe('step 4: train 0.400, held out 0.600');
  });

  it('keeps to the sequence of a path', () => {
    const back = [line([1, 2, 1], [5, 6, 7]), line([1, 2, 1], [8, 9, 10], 'gold')];
    expect(valuesAt(back, 2, 'path')).toEqual(['7.00', '10.0']);
  });

  it('sorts a function of x, not a path', () => {
    expect(inOrder(line([2, 1], [20, 10]), 'x')).toMatchObject({ x: [1, 2], y: [10, 20] });
    const path = line([2, 1], [20, 10]);
    expect(inOrder(path, 'path')).toBe(path);
  });
});

describe('in words', () => {
  it('tells the ends and the extremes', () => {
    expect(summaryOf([line([1, 2, 3], [5, NaN, 4])], 'step')).toBe(
      'Against step. train: from 5 at 1 to 4 at 3, lowest 4, highest 5.',
    );
    expect(summaryOf([line([], [])], 'step')).toContain('no values yet');
  });

  it('has a table of at most eight samples, with both ends', () => {
    const table = tableOf([line(count(100), count(100))], 'x', 'step');
    expect(table.head).toEqual(['step', 'train']);
    expect(table.rows).toHaveLength(8);
    expect(table.rows[0]).toEqual(['0', '0']);
    expect(table.rows[7]).toEqual(['99', '99']);
    expect(tableOf([line([5], [1])], 'x', 'step').rows).toEqual([['5', '1']]);
    expect(tableOf([], 'x', 'step').rows).toEqual([]);
  });
});
