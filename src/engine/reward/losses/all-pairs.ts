import * as tf from '../../tf';
import { sigmoid, softplus } from '../../../domain/logistic';
import type { ListLoss, Lists } from './list-loss';

/**
 * The mean Bradley–Terry loss of all pairs of one list with different places: K(K − 1)/2 of them without ties
 * (InstructGPT, Ouyang et al. 2022).
 */
export const allPairs: ListLoss = {
  tensor(rewards, lists) {
    const [members, count, length] = rewards.shape;
    const worse = rewards.reshape([members, count, 1, length]);
    const better = rewards.reshape([members, count, length, 1]);
    return tf
      .softplus(worse.sub(better))
      .mul(tf.tensor(weightsOf(lists), [1, count, length, length]))
      .sum<tf.Tensor2D>([2, 3]);
  },
  at(rewards, places, slopes) {
    slopes.fill(0);
    let [loss, pairs] = [0, 0];
    for (let i = 0; i < places.length; i++)
      for (let j = i + 1; j < places.length; j++) {
        if (places[i]! === places[j]!) continue;
        const delta = rewards[i]! - rewards[j]!;
        loss += softplus(-delta);
        slopes[i]! -= sigmoid(-delta);
        slopes[j]! += sigmoid(-delta);
        pairs += 1;
      }
    for (let i = 0; i < places.length; i++) slopes[i]! /= Math.max(1, pairs);
    return loss / Math.max(1, pairs);
  },
};

/** @returns for each pair of items that has an order, one over how many there are: [count · length · length] */
function weightsOf({ count, length, places }: Lists): Float32Array {
  const weights = new Float32Array(count * length * length);
  for (let list = 0; list < count; list++) {
    const pairs: number[] = [];
    for (let i = 0; i < length; i++)
      for (let j = i + 1; j < length; j++) {
        const [a, b] = [places[list * length + i]!, places[list * length + j]!];
        if (b >= 0 && a < b) pairs.push((list * length + i) * length + j);
      }
    for (const at of pairs) weights[at] = 1 / pairs.length;
  }
  return weights;
}
