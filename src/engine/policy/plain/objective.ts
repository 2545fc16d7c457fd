import { noSlopes, type PlainEvaluation, type PlainSlopes } from '../families/plain';
import type { PpoHyper } from '../ppo';

/** ppo.ts on plain numbers, for episodes of one step, with slopes by hand. */

/** What the loss compares with, each [samples]. */
export interface PlainTarget {
  readonly logProbOld: Float64Array;
  readonly oldValue: Float64Array;
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

export const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

const variance = (values: Float64Array): number => {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
};

/** (x − mean)/√(variance + 1e-8). @param shift false keeps the mean */
export function whitened(values: Float64Array, shift = true): Float64Array {
  const mean = meanOf(values);
  const std = Math.sqrt(variance(values) + 1e-8);
  return values.map((value) => (value - mean) / std + (shift ? 0 : mean));
}

/**
 * Slopes of `objective` by what the policy says about some of the samples.
 * @param rows which samples of the target they are, [rows of the evaluation]
 */
export function slopesOf(
  { logProb, value }: PlainEvaluation,
  target: PlainTarget,
  rows: ArrayLike<number>,
  hyper: PpoHyper,
): PlainSlopes {
  const slopes = noSlopes(rows.length);
  const share = 1 / rows.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const [advantage, ret] = [target.advantages[row]!, target.returns[row]!];
    const ratio = Math.exp(logProb[i]! - target.logProbOld[row]!);
    const clipped = hyper.clipped && clipsOut(advantage, ratio, hyper.clip);
    slopes.logProb[i] = clipped ? 0 : -share * advantage * ratio;
    slopes.kl[i] = share * hyper.klInLoss;
    slopes.entropy[i] = -share * hyper.entropyCoefficient;
    if (!hyper.usesValue) continue;
    const error = value[i]! - ret;
    const away = value[i]! - target.oldValue[row]!;
    const near = target.oldValue[row]! + clamp(away, -hyper.valueClip, hyper.valueClip) - ret;
    const stuck = near * near > error * error && Math.abs(away) > hyper.valueClip;
    slopes.value[i] = stuck ? 0 : share * hyper.valueCoefficient * error;
  }
  return slopes;
}

/** Whether the clipped loss is the larger one, so that the sample pulls no more. */
const clipsOut = (advantage: number, ratio: number, clip: number): boolean =>
  advantage * clamp(ratio, 1 - clip, 1 + clip) < advantage * ratio;

/** How an update went, before it is made, as `diagnose` says it. */
export function diagnosed(
  { logProb, value }: PlainEvaluation,
  target: PlainTarget,
  rows: ArrayLike<number>,
  { clip, valueClip }: Pick<PpoHyper, 'clip' | 'valueClip'>,
) {
  const ratios = new Float32Array(rows.length);
  const found = { approxKl: 0, clipFraction: 0, ratio: 0, policyLoss: 0, valueLoss: 0 };
  const [residuals, returns] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const [advantage, ret] = [target.advantages[row]!, target.returns[row]!];
    const logRatio = logProb[i]! - target.logProbOld[row]!;
    const ratio = Math.exp(logRatio);
    ratios[i] = ratio;
    found.approxKl += 0.5 * logRatio * logRatio;
    found.clipFraction += clipsOut(advantage, ratio, clip) ? 1 : 0;
    found.ratio += ratio;
    found.policyLoss += Math.max(-advantage * ratio, -advantage * clamp(ratio, 1 - clip, 1 + clip));
    const old = target.oldValue[row]!;
    const near = old + clamp(value[i]! - old, -valueClip, valueClip);
    found.valueLoss += 0.5 * Math.max((value[i]! - ret) ** 2, (near - ret) ** 2);
    residuals[i] = ret - old;
    returns[i] = ret;
  }
  for (const name of Object.keys(found) as (keyof typeof found)[]) found[name] /= rows.length;
  const explainedVariance = 1 - variance(residuals) / (variance(returns) + 1e-12);
  return { ...found, explainedVariance, ratios };
}
