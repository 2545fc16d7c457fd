import * as tf from '../../tf';
import { overSteps } from '../ppo';
import type { PlainScored, SampleOptimiser, Scored } from './optimiser';

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

/** The same on plain numbers. @param compare takes the rewards of one group */
export function withinPlainGroups(
  { rewards, groups }: PlainScored,
  compare: (rewards: Float64Array) => Float64Array,
): ReturnType<SampleOptimiser['plain']> {
  const samples = rewards.length;
  const size = Number.isInteger(samples / groups) ? samples / groups : samples;
  const advantages = new Float64Array(samples);
  for (let from = 0; from < samples; from += size)
    advantages.set(compare(rewards.subarray(from, from + size)), from);
  return { advantages, returns: new Float64Array(samples) };
}
