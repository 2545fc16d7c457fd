/** The numbers of a scatter chart: its ranges, the point that is meant, and what it says in words. */
import { short } from '../controls/number';
import type { Range, Table } from './curve-data';

export interface Scattered {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** The points that can be drawn, from left to right: the arrow keys go through them in this order. */
export const orderByX = ({ x, y }: Scattered): number[] =>
  Array.from({ length: x.length }, (_, i) => i)
    .filter((i) => Number.isFinite(x[i]) && Number.isFinite(y[i]))
    .sort((a, b) => x[a]! - x[b]!);

/** From the least to the greatest value and a little beyond, so that no dot is cut. */
export function roomyRange(values: ArrayLike<number>): Range {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // At least what still changes a number of this size: values may differ by less.
  const room = Math.max(high > low ? 0.05 * (high - low) : 0.1 * size, 1e-9 * size) || 1;
  return [low - room, high + room];
}

/** @returns the place in `order` of the point nearest to a place in the picture; null if there is none */
export function nearestPoint(
  { x, y }: Scattered,
  order: readonly number[],
  to: { toLeft: (x: number) => number; toTop: (y: number) => number },
  left: number,
  top: number,
): number | null {
  let [best, least] = [-1, Infinity];
  order.forEach((i, place) => {
    const far = (to.toLeft(x[i]!) - left) ** 2 + (to.toTop(y[i]!) - top) ** 2;
    if (far < least) [best, least] = [place, far];
  });
  return best < 0 ? null : best;
}

/** At most `count` points, evenly spaced from left to right. */
export function scatterTable(
  { x, y }: Scattered,
  order: readonly number[],
  names: { readonly x: string; readonly y: string; readonly of?: ((i: number) => string) | undefined },
  count = 8,
): Table {
  const shown = Math.min(count, order.length);
  const rows = Array.from({ length: shown }, (_, row) => {
    const i = order[Math.round((row * (order.length - 1)) / Math.max(1, shown - 1))]!;
    return [...(names.of ? [names.of(i)] : []), short(x[i]), short(y[i])];
  });
  return { head: [...(names.of ? ['point'] : []), names.x, names.y], rows };
}
