import * as tf from '../tf';
import type { Evaluation } from './families/family';

/**
 * Proximal policy optimisation (Schulman et al. 2017) as lm-human-preferences and TRL do it, for episodes of any number of
 * steps. Everything is [samples, steps]; `mask` is 1 on real steps, and averages run over those only. Without a mask every
 * step is real.
 */

export type Mask = tf.Tensor2D | undefined;

/** Mean over real steps. */
export const maskedMean = (x: tf.Tensor, mask: Mask): tf.Scalar =>
  mask ? x.mul(mask).sum().div<tf.Scalar>(mask.sum()) : x.mean<tf.Scalar>();

/** Sum over the real steps of each sample, [samples]. */
export const overSteps = (x: tf.Tensor2D, mask: Mask): tf.Tensor1D =>
  mask ? x.mul(mask).sum<tf.Tensor1D>(1) : x.sum<tf.Tensor1D>(1);

/**
 * −β (log π_old − log π_ref) at every real step, and the score at the last one.
 * @param scores [samples] @param beta 0 where the penalty stands in the loss
 */
export function stepRewards(
  scores: tf.Tensor1D,
  logProbOld: tf.Tensor2D,
  logProbReference: tf.Tensor2D,
  beta: number,
  mask: Mask,
): tf.Tensor2D {
  const penalty = logProbOld.sub<tf.Tensor2D>(logProbReference).mul<tf.Tensor2D>(-beta);
  const score = scores.expandDims<tf.Tensor2D>(1);
  if (!mask)
    return penalty.shape[1] === 1 ? penalty.add(score) : penalty.add(score.mul(lastOf(penalty.shape)));
  const next = tf.concat2d([mask.slice([0, 1]), tf.zeros([mask.shape[0], 1])], 1);
  return penalty.mul(mask).add(mask.sub(next).mul(score));
}

/** 1 in the last column. */
const lastOf = ([samples, steps]: [number, number]): tf.Tensor2D =>
  tf.concat2d([tf.zeros([samples, steps - 1]), tf.ones([samples, 1])], 1);

/**
 * Generalised advantage estimation (Schulman et al. 2016): δ_t = r_t + γ V_{t+1} − V_t, A_t = δ_t + γλ A_{t+1}, with
 * V and A 0 after the last real step; returns are A + V.
 */
export function gae(
  rewards: tf.Tensor2D,
  values: tf.Tensor2D,
  { gamma, lambda }: { readonly gamma: number; readonly lambda: number },
  mask: Mask,
): { advantages: tf.Tensor2D; returns: tf.Tensor2D } {
  const steps = rewards.shape[1];
  if (steps === 1) return { advantages: rewards.sub(values), returns: rewards };
  const real = mask ? values.mul<tf.Tensor2D>(mask) : values;
  const column = (x: tf.Tensor2D, t: number) => x.slice([0, t], [-1, 1]);
  const columns: tf.Tensor2D[] = [];
  for (let t = steps - 1; t >= 0; t--) {
    let advantage = column(rewards, t).sub<tf.Tensor2D>(column(real, t));
    const after = columns[0];
    if (after) advantage = advantage.add(column(real, t + 1).mul(gamma)).add(after.mul(gamma * lambda));
    columns.unshift(mask ? advantage.mul(column(mask, t)) : advantage);
  }
  const advantages = tf.concat2d(columns, 1);
  return { advantages, returns: advantages.add(real) };
}

/** (x − mean)/√(variance + 1e-8) over real steps, with the population's variance. @param shift false keeps the mean */
export function whiten(x: tf.Tensor2D, mask: Mask, shift = true): tf.Tensor2D {
  const mean = maskedMean(x, mask);
  const centred = x.sub<tf.Tensor2D>(mean);
  const scaled = centred.div<tf.Tensor2D>(maskedMean(centred.square(), mask).add(1e-8).sqrt());
  const kept = shift ? scaled : scaled.add<tf.Tensor2D>(mean);
  return mask ? kept.mul(mask) : kept;
}

/** Mean of max(−A ρ, −A clip(ρ, 1 ± ε)). @param ratio ρ = π/π_old */
export const policyLoss = (
  ratio: tf.Tensor,
  advantages: tf.Tensor,
  clip: number,
  mask?: tf.Tensor2D,
): tf.Scalar =>
  maskedMean(
    tf.maximum(advantages.mul(ratio).neg(), advantages.mul(ratio.clipByValue(1 - clip, 1 + clip)).neg()),
    mask,
  );

/** ½ mean of max((V − R)², (clip(V, V_old ± ε_v) − R)²). */
export function valueLoss(
  value: tf.Tensor,
  oldValue: tf.Tensor,
  returns: tf.Tensor,
  valueClip: number,
  mask?: tf.Tensor2D,
): tf.Scalar {
  const clipped = oldValue.add(value.sub(oldValue).clipByValue(-valueClip, valueClip));
  const errors = tf.maximum(value.sub(returns).square(), clipped.sub(returns).square());
  return maskedMean(errors, mask).mul(0.5);
}

export interface PpoHyper {
  readonly clip: number;
  /** β of a KL penalty in the loss; 0 where it is paid for in the reward. */
  readonly klInLoss: number;
  readonly entropyCoefficient: number;
  readonly valueCoefficient: number;
  readonly valueClip: number;
  /** Whether the ratio is clipped: else −A ρ, whose gradient at ρ = 1 is −A ∇log π. */
  readonly clipped: boolean;
  readonly usesValue: boolean;
}

/** What the loss compares with: the policy that drew the samples, and what it was paid. A type, for `tidy` to take it. */
export type Target = {
  readonly logProbOld: tf.Tensor2D;
  readonly oldValue: tf.Tensor2D;
  readonly advantages: tf.Tensor2D;
  readonly returns: tf.Tensor2D;
};

/** Policy loss + β KL(π ‖ π_ref) − c_ent · entropy + c_v · value loss; KL and entropy exactly, step by step. */
export function objective(
  { logProb, entropy, kl, value }: Evaluation,
  { logProbOld, oldValue, advantages, returns }: Target,
  hyper: PpoHyper,
  mask?: tf.Tensor2D,
): tf.Scalar {
  const ratio = logProb.sub(logProbOld).exp();
  let loss = hyper.clipped
    ? policyLoss(ratio, advantages, hyper.clip, mask)
    : maskedMean(advantages.mul(ratio).neg(), mask);
  if (hyper.klInLoss > 0) loss = loss.add(maskedMean(kl, mask).mul(hyper.klInLoss));
  if (hyper.entropyCoefficient > 0) loss = loss.sub(maskedMean(entropy, mask).mul(hyper.entropyCoefficient));
  if (!hyper.usesValue) return loss;
  return loss.add(valueLoss(value, oldValue, returns, hyper.valueClip, mask).mul(hyper.valueCoefficient));
}

/** KL(π ‖ π_ref) estimated from k = log π/π_ref of what π did: k1 = k, k2 = ½ k², k3 = e^{−k} − 1 + k. */
export const klEstimators = {
  k1: (k: number): number => k,
  k2: (k: number): number => 0.5 * k * k,
  k3: (k: number): number => Math.exp(-k) - 1 + k,
};

/** 1 where the clip is in force: the clipped loss is the larger one, and the sample pulls no more. */
const clippedOut = (ratio: tf.Tensor, advantages: tf.Tensor, clip: number): tf.Tensor =>
  advantages
    .mul(ratio.clipByValue(1 - clip, 1 + clip))
    .less(advantages.mul(ratio))
    .toFloat();

/**
 * How an update went, before it is made: [approxKl (½ mean (log ρ)², as TRL), clipFraction, mean ratio, policy loss, value loss,
 * explained variance].
 */
export function diagnose(
  { logProb, value }: Evaluation,
  { logProbOld, oldValue, advantages, returns }: Target,
  { clip, valueClip }: Pick<PpoHyper, 'clip' | 'valueClip'>,
  mask?: tf.Tensor2D,
): { ratio: tf.Tensor2D; summary: tf.Tensor1D } {
  const logRatio = logProb.sub<tf.Tensor2D>(logProbOld);
  const ratio = logRatio.exp();
  const spread = (x: tf.Tensor) => maskedMean(x.sub(maskedMean(x, mask)).square(), mask);
  const summary = tf.stack([
    maskedMean(logRatio.square(), mask).mul(0.5),
    maskedMean(clippedOut(ratio, advantages, clip), mask),
    maskedMean(ratio, mask),
    policyLoss(ratio, advantages, clip, mask),
    valueLoss(value, oldValue, returns, valueClip, mask),
    tf.sub(1, spread(returns.sub(oldValue)).div(spread(returns).add(1e-12))),
  ]) as tf.Tensor1D;
  return { ratio, summary };
}
