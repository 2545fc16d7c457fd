import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { Series } from '../../src/state/series.svelte.ts';

const upTo = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ x: from + i, y: -(from + i) }));

describe('a series', () => {
  it('grows column by column', () => {
    const series = new Series(['x', 'y']);
    expect(series.length).toBe(0);
    expect(series.last('x')).toBeUndefined();
    series.append(upTo(2));
    series.append([]);
    series.append(upTo(1, 2));
    expect(series.length).toBe(3);
    expect(series.column('x')).toEqual([0, 1, 2]);
    expect(series.column('y').map((y) => y + 0)).toEqual([0, -1, -2]);
    expect(series.last('y')).toBe(-2);
  });

  it('keeps every point up to 4000', () => {
    const series = new Series(['x', 'y']);
    series.append(upTo(4000));
    expect(series.column('x')).toEqual(upTo(4000).map(({ x }) => x));
  });

  it.each([1, 7, 1000, 20_000])('past that is thinned, in portions of %i', (portion) => {
    const series = new Series(['x', 'y']);
    const total = 20_000;
    for (let from = 0; from < total; from += portion)
      series.append(upTo(Math.min(portion, total - from), from));
    const x = series.column('x');
    expect(x.length).toBeLessThanOrEqual(4001);
    expect(x.length).toBeGreaterThan(2000);
    expect(x[0]).toBe(0);
    const gaps = new Set(x.slice(1).map((value, i) => value - x[i]!));
    expect([...gaps], 'evenly spaced, and in order').toEqual([8]);
    expect(x.at(-1)).toBeGreaterThan(total - 9);
    expect(series.column('y').map((y) => -y + 0)).toEqual(x);
  });

  it('starts afresh when it is cleared', () => {
    const series = new Series(['x', 'y']);
    series.append(upTo(9000));
    series.clear();
    expect(series.length).toBe(0);
    series.append(upTo(3, 5));
    expect(series.column('x')).toEqual([5, 6, 7]);
  });

  it('tells those who read it of every change', () => {
    const series = new Series(['x', 'y']);
    const seen: (number | undefined)[] = [];
    const stop = $effect.root(() => {
      $effect(() => {
        seen.push(series.last('x'));
      });
    });
    flushSync();
    series.append(upTo(2));
    flushSync();
    series.clear();
    flushSync();
    stop();
    expect(seen).toEqual([undefined, 1, undefined]);
  });
});
