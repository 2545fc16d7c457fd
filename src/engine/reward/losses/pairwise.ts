import * as tf from '../../tf';
import type { Settings } from '../../../domain/settings';

/**
 * Pairwise losses: each is a function of the margin Δ = r(chosen) − r(rejected) alone. All are written with softplus,
 * since tfjs's `logSigmoid` cannot be differentiated on an intermediate tensor.
 */

interface LossHyper {
  /** ε: how often a label is taken to be wrong. */
  readonly labelNoise: number;
}

/** @param delta Δ, any shape @returns the loss of each pair, same shape */
export type PairwiseLoss = (delta: tf.Tensor, hyper: LossHyper) => tf.Tensor;

/** softplus(−Δ) = −log σ(Δ): Bradley and Terry 1952, as in TRL's `RewardTrainer`. */
export const bradleyTerry: PairwiseLoss = (delta) => tf.softplus(delta.neg());

/** (1 − ε) softplus(−Δ) + ε softplus(Δ): label smoothing, as in conservative DPO (Mitchell 2023). */
export const smoothed: PairwiseLoss = (delta, { labelNoise }) =>
  tf
    .softplus(delta.neg())
    .mul(1 - labelNoise)
    .add(tf.softplus(delta).mul(labelNoise));

/** [(1 − ε) softplus(−Δ) − ε softplus(Δ)] / (1 − 2ε): unbiased under flips (robust DPO, Chowdhury et al. 2024). */
const robust: PairwiseLoss = (delta, { labelNoise }) =>
  tf
    .softplus(delta.neg())
    .mul(1 - labelNoise)
    .sub(tf.softplus(delta).mul(labelNoise))
    .div(1 - 2 * labelNoise);

/** −log(ε/2 + (1 − ε) σ(Δ)): the annotator answers at random with probability ε (imitation). */
const noiseFloor: PairwiseLoss = (delta, { labelNoise }) =>
  delta
    .sigmoid()
    .mul(1 - labelNoise)
    // The tiny number keeps the logarithm finite where ε is 0 and the margin is hopeless.
    .add(labelNoise / 2 + 1e-12)
    .log()
    .neg();

/** max(0, 1 − Δ): the margin is asked to be at least 1, and more is not better. */
export const hinge: PairwiseLoss = (delta) => tf.relu(tf.sub(1, delta));

/** The registry: a new loss is one function and one line here. */
export const losses: Record<Settings['loss'], PairwiseLoss> = {
  'bradley-terry': bradleyTerry,
  smoothed,
  robust,
  'noise-floor': noiseFloor,
  hinge,
};

/**
 * Mean (r_c + r_r)²: keeps rewards around 0, times a coefficient (TRL's `center_rewards_coefficient`; Eisenstein et
 * al. 2023). @returns one number for each pair
 */
export const centring = (chosen: tf.Tensor, rejected: tf.Tensor): tf.Tensor => chosen.add(rejected).square();
