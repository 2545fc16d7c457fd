/**
 * Whether stated probabilities come true. Of pairs they are taken as the sides were shown: P(left) against whether left
 * won. Taken as chosen and rejected every outcome would be 1.
 */

const sigmoid = (t: number): number => 1 / (1 + Math.exp(-t));

/** One bar of a reliability diagram. `predicted` and `observed` are NaN where it is empty. */
export interface ReliabilityBin {
  /** It holds probabilities from `low`, up to but without `high`; the last one includes 1. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean stated probability. */
  readonly predicted: number;
  /** Mean outcome. */
  readonly observed: number;
}

/** @param outcomes 1 where it came true, 0 where not, ½ for a tie */
export function reliability(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, predicted: 0, observed: 0 }));
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.floor(p * bins)))];
    if (!bin) continue; // not a number
    bin.count += 1;
    bin.predicted += p;
    bin.observed += outcomes[i]!;
  }
  return sums.map(({ count, predicted, observed }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    count,
    predicted: predicted / count,
    observed: observed / count,
  }));
}

/** Expected calibration error: mean |observed − predicted| over the bins, weighted by their counts (Naeini et al. 2015). */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, predicted, observed }) =>
      count > 0 ? sum + (count / total) * Math.abs(observed - predicted) : sum,
    total > 0 ? 0 : NaN,
  );
}

/** Brier score: mean (p − outcome)². 0.25 is guessing ½ for everything. */
export function brierScore(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) sum += (probabilities[i]! - outcomes[i]!) ** 2;
  return sum / probabilities.length;
}

/** Temperatures are looked for between these: beyond them the data have no best one. */
export const temperatureLimits = [0.01, 100] as const;

/**
 * The temperature T that makes σ(logit/T) fit best (least log loss; Guo et al. 2017). Above 1 the model is too sure of
 * itself. The loss is convex in 1/T, so Newton's steps, halved where they leave the bracket, find its only minimum.
 * @returns a limit where the loss still falls there: the lower one when every pair is ranked right, the upper one when
 * the model is no better than guessing; NaN without pairs
 */
export function fitTemperature(logits: ArrayLike<number>, outcomes: ArrayLike<number>): number {
  if (logits.length === 0) return NaN;
  const [coldest, hottest] = temperatureLimits;
  let [low, high] = [1 / hottest, 1 / coldest];
  if (slopeAt(low, logits, outcomes).slope >= 0) return hottest;
  if (slopeAt(high, logits, outcomes).slope <= 0) return coldest;
  let inverse = 1;
  for (let step = 0; step < 60; step++) {
    const { slope, curvature } = slopeAt(inverse, logits, outcomes);
    if (slope > 0) high = inverse;
    else low = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - inverse) <= 1e-10 * inverse) break;
    inverse = next;
  }
  return 1 / inverse;
}

/** First and second derivative of the mean log loss by the inverse temperature. */
function slopeAt(inverse: number, logits: ArrayLike<number>, outcomes: ArrayLike<number>) {
  let [slope, curvature] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i]!;
    const p = sigmoid(inverse * z);
    slope += (p - outcomes[i]!) * z;
    curvature += p * (1 - p) * z * z;
  }
  return { slope: slope / logits.length, curvature: curvature / logits.length };
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  readonly ece: number;
  readonly brier: number;
  /** Fitted; see `fitTemperature`. */
  readonly temperature: number;
}

/** @param logits reward(left) − reward(right) of each pair @param outcomes 1 where left won, 0 where right, ½ for a tie */
export function calibrationOf(logits: ArrayLike<number>, outcomes: ArrayLike<number>): Calibration {
  const probabilities = Float64Array.from(logits, sigmoid);
  const bins = reliability(probabilities, outcomes);
  return {
    bins,
    ece: expectedCalibrationError(bins),
    brier: brierScore(probabilities, outcomes),
    temperature: fitTemperature(logits, outcomes),
  };
}
