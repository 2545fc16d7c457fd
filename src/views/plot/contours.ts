/** Lines of equal value of a field, in the unit square with y down, as on a screen. */
import { contours } from 'd3-contour';
import type { FieldPicture } from './layers';
import { multiples, niceStep } from './ticks';

/** Closed rings of x, y in 0…1; parts outside that lie beyond the picture's edge. */
type Rings = readonly (readonly (readonly [number, number])[])[];

export interface ContourLine {
  readonly level: number;
  readonly rings: Rings;
}

/** Eight to ten round levels for a scale that ends at ±`limit`, of which those that occur. */
export function contourLevels(values: ArrayLike<number>, limit: number): number[] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const spread = Math.min(2 * limit, 2 * (high - low));
  if (!(spread > 0) || !Number.isFinite(spread)) return [];
  return multiples(low, high, niceStep(spread / 9)).filter((level) => level > low);
}

export const contourLines = (field: FieldPicture): ContourLine[] =>
  contourLevels(field.values, field.limit).map((level) => ({ level, rings: ringsAt(field, level) }));

/** The outline of where a field is at least `level`. */
export function ringsAt({ values, size }: Pick<FieldPicture, 'values' | 'size'>, level: number): Rings {
  // It reads any array of numbers; its types name only number[].
  const grid = values as unknown as number[];
  // A sample's centre lies half a cell in; the first and the last sample lie on the edges of the picture.
  const unit = (at: number) => (at - 0.5) / (size - 1);
  return contours()
    .size([size, size])
    .contour(grid, level)
    .coordinates.flat()
    .map((ring) => ring.map(([x, y]) => [unit(x!), 1 - unit(y!)] as const));
}
