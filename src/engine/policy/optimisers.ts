import * as tf from '../tf';
import type { Settings } from '../../domain/settings';

/** What tells policy-gradient methods apart once the samples are scored: their advantages, and whether ratios are clipped. */
export interface PolicyOptimiser {
  /** @param rewards [..., samples] @param value the baseline V @returns advantages, same shape */
  advantages(rewards: tf.Tensor, value: number): tf.Tensor;
  /** Uses each sample for several epochs, with the ratio clipped; else once, by the plain gradient −A ∇log π. */
  readonly clipped: boolean;
  /** Learns and uses the value baseline. */
  readonly usesValue: boolean;
}

/** A = r − V. Episodes are one step long, so there is nothing to discount. */
const againstBaseline = (rewards: tf.Tensor, value: number): tf.Tensor => rewards.sub(value);

/** A_i = r_i − mean of the others (leave one out): RLOO, Kool et al. 2019, Ahmadian et al. 2024. */
export function leaveOneOut(rewards: tf.Tensor): tf.Tensor {
  const samples = rewards.shape.at(-1)!;
  if (samples === 1) return tf.zerosLike(rewards);
  return rewards.sub(rewards.mean(-1, true)).mul(samples / (samples - 1));
}

/** A = (r − mean)/(std + 1e-4) with the sample standard deviation: GRPO, Shao et al. 2024. */
export function groupRelative(rewards: tf.Tensor): tf.Tensor {
  const samples = rewards.shape.at(-1)!;
  const centred = rewards.sub(rewards.mean(-1, true));
  const variance = centred
    .square()
    .sum(-1, true)
    .div(Math.max(1, samples - 1));
  return centred.div(variance.sqrt().add(1e-4));
}

/** The registry: a new optimiser is one entry here. */
export const optimisers: Record<Settings['optimiser'], PolicyOptimiser> = {
  ppo: { advantages: againstBaseline, clipped: true, usesValue: true },
  reinforce: { advantages: againstBaseline, clipped: false, usesValue: true },
  rloo: { advantages: leaveOneOut, clipped: false, usesValue: false },
  grpo: { advantages: groupRelative, clipped: true, usesValue: false },
};
