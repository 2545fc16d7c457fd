/** Where points of the plane lie dense, on a grid, and where the policy goes that nobody has labelled. */
import { sampleField, type Field } from './field';

interface Grid {
  readonly size: number;
  readonly extent: number;
}

const spacing = ({ size, extent }: Grid): number => (2 * extent) / (size - 1);

/**
 * A bandwidth by Silverman's rule for the plane: σ n^(−1/6), σ the mean of the standard deviations in x and y.
 * @param points interleaved x, y
 * @returns at least the grid's spacing, which is the finest that can be drawn
 */
export function bandwidthOf(points: ArrayLike<number>, grid: Grid): number {
  const count = points.length / 2;
  const deviation = [0, 1].map((offset) => {
    let [sum, squares] = [0, 0];
    for (let i = offset; i < points.length; i += 2) {
      sum += points[i]!;
      squares += points[i]! ** 2;
    }
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  });
  const silverman = ((deviation[0]! + deviation[1]!) / 2) * count ** (-1 / 6);
  return Math.max(spacing(grid), Number.isFinite(silverman) ? silverman : 0);
}

/**
 * How many points lie near each place of the grid: Σ exp(−d²/2h²), so a point counts 1 where it lies, less further away.
 * Points are put on the grid and blurred in x, then in y: the time does not depend on their number.
 * @param points interleaved x, y; those outside the square are left out
 * @param bandwidth h
 */
export function nearbyField(points: ArrayLike<number>, grid: Grid, bandwidth: number): Field {
  const { size, extent } = grid;
  const step = spacing(grid);
  const binned = new Float64Array(size * size);
  for (let i = 0; i < points.length; i += 2) {
    const [column, row] = [(points[i]! + extent) / step, (points[i + 1]! + extent) / step];
    if (!(column >= 0 && row >= 0 && column <= size - 1 && row <= size - 1)) continue;
    // Shared between the four grid points around it, the nearer the more.
    const [c0, r0] = [Math.min(size - 2, Math.floor(column)), Math.min(size - 2, Math.floor(row))];
    const [u, v] = [column - c0, row - r0];
    binned[r0 * size + c0]! += (1 - u) * (1 - v);
    binned[r0 * size + c0 + 1]! += u * (1 - v);
    binned[(r0 + 1) * size + c0]! += (1 - u) * v;
    binned[(r0 + 1) * size + c0 + 1]! += u * v;
  }
  const kernel = gaussianKernel(bandwidth / step, size);
  const values = Float32Array.from(blur(blur(binned, size, kernel, 1), size, kernel, size));
  return { values, size, extent };
}

/** exp(−k²/2s²) for k = 0, 1, … up to four deviations. */
function gaussianKernel(deviation: number, size: number): Float64Array {
  const reach = Math.min(size - 1, Math.ceil(4 * deviation));
  return Float64Array.from({ length: reach + 1 }, (_, k) => Math.exp(-(k * k) / (2 * deviation * deviation)));
}

/** Convolves each row (stride 1) or each column (stride size) with a symmetric kernel. */
function blur(values: Float64Array, size: number, kernel: Float64Array, stride: number): Float64Array {
  const blurred = new Float64Array(values.length);
  const across = stride === 1 ? size : 1;
  for (let line = 0; line < size; line++)
    for (let at = 0; at < size; at++) {
      const value = values[line * across + at * stride]!;
      if (value === 0) continue;
      const last = Math.min(size - 1, at + kernel.length - 1);
      for (let to = Math.max(0, at - kernel.length + 1); to <= last; to++)
        blurred[line * across + to * stride]! += value * kernel[Math.abs(to - at)]!;
    }
  return blurred;
}

/** The density of a diagonal Gaussian. One narrower than the grid is drawn as wide as the grid can show. */
export function gaussianField(
  { mean, logStd }: { readonly mean: readonly [number, number]; readonly logStd: readonly [number, number] },
  grid: Grid,
): Field {
  const [sx, sy] = logStd.map((value) => Math.max(Math.exp(value), spacing(grid) / 2)) as [number, number];
  const peak = 1 / (2 * Math.PI * sx * sy);
  const density = (x: number, y: number) =>
    peak * Math.exp(-0.5 * (((x - mean[0]) / sx) ** 2 + ((y - mean[1]) / sy) ** 2));
  return sampleField(density, grid.size, grid.extent);
}

/** The density above which `share` of all that is on the grid lies: the edge of the highest-density region. */
export function regionLevel({ values }: Field, share: number): number {
  const falling = Float32Array.from(values).sort().reverse();
  let total = 0;
  for (const value of falling) total += value;
  let sum = 0;
  for (const value of falling) {
    sum += value;
    if (sum >= share * total) return value;
  }
  return 0;
}

export interface BlindSpots {
  /** Above 0 where the policy has mass and labels have none: its zero line is the outline. */
  readonly field: Field;
  /** 1 in the blind spots. */
  readonly mask: Uint8Array;
  /** Share of the policy's mass on the grid that lies in them. */
  readonly mass: number;
}

/** "No label" is further than this many bandwidths from a single one. */
const farFromLabels = 2;

/**
 * Where the policy has mass, the highest-density region that holds `share` of it, and labels have none: fewer are near
 * than one would count for from `farFromLabels` bandwidths away.
 * @param policy a density @param labels what `nearbyField` gives, on the same grid
 */
export function blindSpots(policy: Field, labels: Field, share = 0.95): BlindSpots {
  const level = regionLevel(policy, share);
  const few = Math.exp(-0.5 * farFromLabels ** 2);
  const least = 1e-30;
  const mask = new Uint8Array(policy.values.length);
  let [blind, total] = [0, 0];
  const values = policy.values.map((density, i) => {
    const crowd = Math.log(few) - Math.log(Math.max(least, labels.values[i]!));
    const depth = Math.min(Math.log(Math.max(least, density)) - Math.log(Math.max(least, level)), crowd);
    total += density;
    // On the very edge of the region the depth is 0.
    if (density >= level && density > 0 && crowd > 0) {
      blind += density;
      mask[i] = 1;
    }
    // Far from both it only matters that it is below 0.
    return Math.max(-8, Math.min(8, depth));
  });
  return { field: { ...policy, values }, mask, mass: total > 0 ? blind / total : 0 };
}
