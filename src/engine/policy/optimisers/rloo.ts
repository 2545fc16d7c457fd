import * as tf from '../../tf';
import { withinGroups } from './groups';
import type { SampleOptimiser } from './optimiser';

/** A_i = r_i − mean of the others (leave one out). @param rewards [..., samples] */
export function leaveOneOut(rewards: tf.Tensor): tf.Tensor {
  const samples = rewards.shape.at(-1)!;
  if (samples === 1) return tf.zerosLike(rewards);
  return rewards.sub(rewards.mean(-1, true)).mul(samples / (samples - 1));
}

/** REINFORCE leave-one-out (Kool et al. 2019, Ahmadian et al. 2024). */
export const rloo: SampleOptimiser = {
  kind: 'samples',
  advantages: (scored) => withinGroups(scored, leaveOneOut),
  clipped: false,
  usesValue: false,
};
