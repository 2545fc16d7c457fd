import * as tf from '../tf';
import { entropy, klDivergence, logProbability } from './gaussian';

/** PPO-clip (Schulman et al. 2017) for a diagonal Gaussian whose episodes are one step long. */

export interface PpoHyper {
  readonly clip: number;
  readonly klCoefficient: number;
  readonly entropyCoefficient: number;
  readonly valueCoefficient: number;
  readonly valueClip: number;
}

export interface GaussianTensors {
  /** [batch, dims] or [dims] */
  readonly mean: tf.Tensor;
  /** [dims] */
  readonly logStd: tf.Tensor1D;
}

/**
 * mean max(−A ρ, −A clip(ρ, 1 ± ε)).
 * @param ratio ρ = π/π_old, [batch] @param advantages [batch] @returns scalar
 */
export const policyLoss = (ratio: tf.Tensor1D, advantages: tf.Tensor1D, clip: number): tf.Scalar =>
  tf.maximum(advantages.mul(ratio).neg(), advantages.mul(ratio.clipByValue(1 - clip, 1 + clip)).neg()).mean();

/**
 * ½ mean max((V − R)², (clip(V, V_old ± ε_v) − R)²).
 * @param value [batch] or [1] @param oldValue as value @param returns [batch] @returns scalar
 */
export function valueLoss(
  value: tf.Tensor1D,
  oldValue: tf.Tensor1D,
  returns: tf.Tensor1D,
  valueClip: number,
): tf.Scalar {
  const clipped = oldValue.add(value.sub(oldValue).clipByValue(-valueClip, valueClip));
  return tf.maximum(value.sub(returns).square(), clipped.sub(returns).square()).mean().mul(0.5);
}

/**
 * The policy's part of the objective: PPO-clip + β KL(π ‖ π_ref) − c_ent · entropy, KL and entropy in closed form.
 * @param actions [batch, dims] @param logProbOld [batch] @param advantages [batch] @returns scalar
 */
export function gaussianLoss(
  policy: GaussianTensors,
  reference: GaussianTensors,
  actions: tf.Tensor2D,
  logProbOld: tf.Tensor1D,
  advantages: tf.Tensor1D,
  {
    clip,
    klCoefficient,
    entropyCoefficient,
    clipped = true,
  }: Pick<PpoHyper, 'clip' | 'klCoefficient' | 'entropyCoefficient'> & { clipped?: boolean },
): tf.Scalar {
  const ratio = logProbability(actions, policy.mean, policy.logStd).sub<tf.Tensor1D>(logProbOld).exp();
  // Where the ratio is 1, as it is when each sample is used once, −A ρ has the gradient −A ∇log π.
  const gain = clipped
    ? policyLoss(ratio, advantages, clip)
    : advantages.mul<tf.Tensor1D>(ratio).mean<tf.Scalar>().neg();
  return gain
    .add<tf.Scalar>(
      klDivergence(policy.mean, policy.logStd, reference.mean, reference.logStd).mul<tf.Scalar>(
        klCoefficient,
      ),
    )
    .sub(entropy(policy.logStd).mul(entropyCoefficient));
}
