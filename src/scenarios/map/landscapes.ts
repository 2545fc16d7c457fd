import { gridPoints, sampleField, type Field } from '../../domain/field';
import type { Settings } from '../../domain/settings';

type Landscape = (x: number, y: number) => number;

const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
const bump = (x: number, y: number, cx: number, cy: number, width: number) =>
  Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * width * width));

/** Direction of the best region in `rim` and `bowl`. */
const direction = [Math.cos(0.6), Math.sin(0.6)] as const;

/**
 * The gold rewards, with coordinates in units of the starting policy's standard deviation, so that a landscape
 * keeps its relation to what the policy reaches when the spread changes.
 */
const landscapes: Record<Settings['landscape'], Landscape> = {
  // Better towards one side up to the rim of what the starting policy reaches; a cliff just behind it. About one
  // starting sample in 230 lies beyond 3.3 standard deviations, so labels hardly ever show the cliff.
  rim: (x, y) => {
    const along = direction[0] * x + direction[1] * y;
    const across = direction[0] * y - direction[1] * x;
    const beyond = sigmoid((Math.hypot(x, y) - 3.3) / 0.12);
    return (along - 0.04 * across * across) * (1 - beyond) - 3 * beyond;
  },
  hills: (x, y) => bump(x, y, 1.5, -1, 1) + 1.6 * bump(x, y, -2.3, 1.9, 0.9),
  ring: (x, y) => Math.exp(-((Math.hypot(x, y) - 2) ** 2) / (2 * 0.6 * 0.6)),
  ridge: (x, y) => Math.exp(-((y - 1.2 * Math.sin(1.2 * x)) ** 2) / (2 * 0.5 * 0.5)) + 0.15 * x,
  // u·x − (c/2)|x|² with c = 1/4: the one whose over-optimisation has a closed form,
  // R(d) = d (√2 u·w − c d) for a policy N(t w, I), d = t/√2.
  bowl: (x, y) => direction[0] * x + direction[1] * y - 0.125 * (x * x + y * y),
};

/** Mean and standard deviation under the starting policy, by the trapezoidal rule over ±6 standard deviations. */
function moments(landscape: Landscape): { mean: number; std: number } {
  const side = 121;
  const points = gridPoints(side, 6);
  let [total, first, second] = [0, 0, 0];
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
    const weight = Math.exp(-(x * x + y * y) / 2);
    const value = landscape(x, y);
    total += weight;
    first += weight * value;
    second += weight * value * value;
  }
  const mean = first / total;
  return { mean, std: Math.sqrt(second / total - mean * mean) };
}

const known = new Map<Settings['landscape'], { mean: number; std: number }>();

/** Gold reward of a landscape: mean 0 and variance 1 under N(0, spread² I). */
export function goldOf(id: Settings['landscape'], spread: number): (x: number, y: number) => number {
  const landscape = landscapes[id];
  let scale = known.get(id);
  if (!scale) known.set(id, (scale = moments(landscape)));
  const { mean, std } = scale;
  return (x, y) => (landscape(x / spread, y / spread) - mean) / std;
}

/** A small picture of a landscape, for choosing one. */
export const landscapeField = (id: Settings['landscape'], size: number): Field =>
  sampleField(goldOf(id, 1), size, 4.5);
