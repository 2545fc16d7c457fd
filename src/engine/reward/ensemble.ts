import * as tf from '../tf';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import { meanAndStd } from './metrics';

/** Several heads as one reward (Coste et al. 2023), on the device for the policy and as numbers for the page. */

export type CombineHyper = Pick<Settings, 'combine' | 'uncertaintyWeight'>;

/** A new way to combine is one line in each of these two. Variances are over the members (population). */
const onDevice: Record<Settings['combine'], (rewards: tf.Tensor2D, lambda: number) => tf.Tensor1D> = {
  mean: (rewards) => rewards.mean(0),
  min: (rewards) => rewards.min(0),
  uncertainty: (rewards, lambda) => {
    const { mean, variance } = tf.moments(rewards, 0);
    return mean.sub(variance.mul(lambda));
  },
};

const onNumbers: Record<Settings['combine'], (rewards: readonly number[], lambda: number) => number> = {
  mean: (rewards) => meanOf(rewards),
  min: (rewards) => Math.min(...rewards),
  uncertainty: (rewards, lambda) => meanOf(rewards) - lambda * varianceOf(rewards),
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
};

/**
 * Each member's mean under the starting policy: members are compared centred.
 * @param rewards of the candidates and then the reference samples, [members · rows], member after member
 * @param candidates how many of the rows are candidates
 */
export function memberShifts(rewards: Float32Array, members: number, candidates: number): number[] {
  const rows = rewards.length / members;
  return Array.from(
    { length: members },
    (_, m) => meanAndStd(rewards.subarray(m * rows + candidates, (m + 1) * rows)).mean,
  );
}

/** @param rewards [members, rows] @param shifts subtracted from each member, [members] @returns [rows] */
export function combineTensors(
  rewards: tf.Tensor2D,
  shifts: readonly number[],
  hyper: CombineHyper,
): tf.Tensor1D {
  // One head is taken as it is.
  if (shifts.length === 1) return rewards.reshape([rewards.shape[1]]);
  const centred = rewards.sub<tf.Tensor2D>(tf.tensor2d([...shifts], [shifts.length, 1]));
  return onDevice[hyper.combine](centred, hyper.uncertaintyWeight);
}

/**
 * The same on numbers, with how much the members disagree.
 * @param rewards [members · rows], member after member
 * @returns the combined reward and the standard deviation over the members, each [rows]
 */
export function combineNumbers(
  rewards: Float32Array,
  shifts: readonly number[],
  hyper: CombineHyper,
): { rewards: Float32Array; disagreement: Float32Array } {
  const members = shifts.length;
  const rows = rewards.length / members;
  if (members === 1) return { rewards: rewards.slice(), disagreement: new Float32Array(rows) };
  const combined = new Float32Array(rows);
  const disagreement = new Float32Array(rows);
  const column = new Array<number>(members).fill(0);
  for (let row = 0; row < rows; row++) {
    for (let member = 0; member < members; member++)
      column[member] = rewards[member * rows + row]! - shifts[member]!;
    combined[row] = onNumbers[hyper.combine](column, hyper.uncertaintyWeight);
    disagreement[row] = Math.sqrt(varianceOf(column));
  }
  return { rewards: combined, disagreement };
}

/**
 * Bootstrap: how often each comparison counts for each member, Poisson(1), the limit of drawing with replacement
 * (Oza and Russell 2001). @returns [members · pairs], member after member
 */
export function bootstrapWeights(seed: number, members: number, pairs: number): Float32Array {
  const weights = new Float32Array(members * pairs);
  for (let member = 0; member < members; member++)
    for (let pair = 0; pair < pairs; pair++) {
      let left = random(seed, 'bootstrap', member, pair).uniform();
      let count = 0;
      for (let p = Math.exp(-1); left >= p && count < 12; p /= count) {
        left -= p;
        count += 1;
      }
      weights[member * pairs + pair] = count;
    }
  return weights;
}
