import * as tf from '../../tf';
import { overSteps } from '../ppo';
import type { SampleOptimiser, Scored } from './optimiser';

/**
 * Advantages of whole answers, compared within groups that answer the same prompt.
 * @param compare takes totals [groups, samples of a group]
 */
export function withinGroups(
  { rewards, mask, groups }: Scored,
  compare: (totals: tf.Tensor) => tf.Tensor,
): ReturnType<SampleOptimiser['advantages']> {
  const totals = overSteps(rewards, mask);
  const samples = totals.shape[0];
  const even = Number.isInteger(samples / groups) ? groups : 1;
  const each = compare(totals.reshape([even, samples / even])).reshape<tf.Tensor2D>([samples, 1]);
  return {
    advantages: mask ? each.mul(mask) : each.broadcastTo<tf.Rank.R2>(rewards.shape),
    returns: tf.zerosLike(rewards),
  };
}
