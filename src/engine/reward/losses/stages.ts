import * as tf from '../../tf';
import type { ListLoss, Lists } from './list-loss';

/**
 * Losses made of stages: at each, one item is preferred to all that are left, with the probability of a softmax.
 * Which stages there are is all that tells Plackett–Luce from best of k.
 */

/** Added to what must not take part in a softmax. */
const never = -1e30;

/** @param counts whether choosing the item at `i` is a stage, given the list's places (best first) */
export function stagewise(counts: (places: ArrayLike<number>, i: number) => boolean): ListLoss {
  return {
    tensor(rewards, lists) {
      const [members, count, length] = rewards.shape;
      const { outside, weights } = masks(lists, counts);
      // [members, lists, stages, items]: what is left at each stage.
      const left = rewards
        .reshape([members, count, 1, length])
        .add(tf.tensor(outside, [1, count, length, length]));
      const stage = tf.logSumExp(left, 3).sub(rewards);
      return stage.mul(tf.tensor(weights, [1, count, length])).sum<tf.Tensor2D>(2);
    },
    at(rewards, places, slopes) {
      slopes.fill(0);
      let loss = 0;
      for (let i = 0; i < places.length; i++) {
        if (!counts(places, i)) continue;
        let top = -Infinity;
        for (let j = 0; j < places.length; j++)
          if (places[j]! >= places[i]!) top = Math.max(top, rewards[j]!);
        let total = 0;
        for (let j = 0; j < places.length; j++)
          if (places[j]! >= places[i]!) total += Math.exp(rewards[j]! - top);
        loss += top + Math.log(total) - rewards[i]!;
        for (let j = 0; j < places.length; j++)
          if (places[j]! >= places[i]!) slopes[j]! += Math.exp(rewards[j]! - top) / total;
        slopes[i]! -= 1;
      }
      return loss;
    },
  };
}

/** @returns for each stage, `never` for the items that are gone, [count · length · length]; 1 for each stage that counts */
function masks(
  { count, length, places }: Lists,
  counts: (places: ArrayLike<number>, i: number) => boolean,
): { outside: Float32Array; weights: Float32Array } {
  const outside = new Float32Array(count * length * length);
  const weights = new Float32Array(count * length);
  for (let list = 0; list < count; list++) {
    const own = places.subarray(list * length, (list + 1) * length);
    const present = own.filter((place) => place >= 0);
    for (let i = 0; i < length; i++) {
      if (i < present.length && counts(present, i)) weights[list * length + i] = 1;
      // A stage that does not count still needs a finite sum.
      for (let j = 0; j < length; j++)
        if (i !== j && (own[j]! < 0 || own[j]! < own[i]!)) outside[(list * length + i) * length + j] = never;
    }
  }
  return { outside, weights };
}
