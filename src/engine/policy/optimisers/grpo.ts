import type * as tf from '../../tf';
import { withinGroups, withinPlainGroups } from './groups';
import type { SampleOptimiser } from './optimiser';

/** A = (r − mean)/(std + 1e-4) with the sample standard deviation. @param rewards [..., samples] */
export function groupRelative(rewards: tf.Tensor): tf.Tensor {
  const samples = rewards.shape.at(-1)!;
  const centred = rewards.sub(rewards.mean(-1, true));
  const variance = centred
    .square()
    .sum(-1, true)
    .div(Math.max(1, samples - 1));
  return centred.div(variance.sqrt().add(1e-4));
}

/** The same on plain numbers. */
function groupRelativeNumbers(rewards: Float64Array): Float64Array {
  const samples = rewards.length;
  const mean = rewards.reduce((sum, value) => sum + value, 0) / samples;
  const squares = rewards.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const std = Math.sqrt(squares / Math.max(1, samples - 1));
  return rewards.map((value) => (value - mean) / (std + 1e-4));
}

/** Group relative policy optimisation (Shao et al. 2024). */
export const grpo: SampleOptimiser = {
  kind: 'samples',
  advantages: (scored) => withinGroups(scored, groupRelative),
  plain: (scored) => withinPlainGroups(scored, groupRelativeNumbers),
  clipped: true,
  usesValue: false,
};
