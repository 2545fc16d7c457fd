import * as tf from '../../tf';
import { withinGroups, withinPlainGroups } from './groups';
import type { SampleOptimiser } from './optimiser';

/** A_i = r_i − mean of the others (leave one out). @param rewards [..., samples] */
export function leaveOneOut(rewards: tf.Tensor): tf.Tensor {
  const samples = rewards.shape.at(-1)!;
  if (samples === 1) return tf.zerosLike(rewards);
  return rewards.sub(rewards.mean(-1, true)).mul(samples / (samples - 1));
}

/** The same on plain numbers. */
function leaveOneOutNumbers(rewards: Float64Array): Float64Array {
  const samples = rewards.length;
  const mean = rewards.reduce((sum, value) => sum + value, 0) / samples;
  return rewards.map((value) => (samples === 1 ? 0 : ((value - mean) * samples) / (samples - 1)));
}

/** REINFORCE leave-one-out (Kool et al. 2019, Ahmadian et al. 2024). */
export const rloo: SampleOptimiser = {
  kind: 'samples',
  advantages: (scored) => withinGroups(scored, leaveOneOut),
  plain: (scored) => withinPlainGroups(scored, leaveOneOutNumbers),
  clipped: false,
  usesValue: false,
};
