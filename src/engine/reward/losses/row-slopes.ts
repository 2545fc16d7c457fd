import type { Batch } from '../batch';
import type { RewardHyper } from '../trainer';
import { listLosses, pairLosses } from '.';

/**
 * The loss of one batch and its derivative by each row's reward, as numbers: what a trainer without automatic
 * differentiation puts between its forward and its backward pass.
 */
export interface RowSlopes {
  /** The members' mean losses, added up. */
  readonly loss: number;
  /** dL/dr of each row by each member: [members · rows]. */
  readonly slopes: Float32Array;
  /**
   * dL/db of a bias added to a row's reward: [members · rows]. Only of what has a scale of its own (centring,
   * ratings); comparisons do not change when the same is added to all they compare.
   */
  readonly biasSlopes: Float32Array;
  /** dL/dt of each member's tie parameter: [members]. */
  readonly tieSlopes: Float32Array;
}

/**
 * @param rewards [members · rows], each row by the criterion it was judged by, last bias included
 * @param weights bootstrap counts, [members · drawn]; null where each counts once
 * @param ties the tie parameter of each member, [members]
 */
export function rowSlopes(
  batch: Batch,
  rewards: Float32Array,
  weights: Float32Array | null,
  ties: ArrayLike<number>,
  hyper: RewardHyper,
): RowSlopes {
  const members = ties.length;
  const count = batch.rows.length;
  const { pairs, lists, ratings } = batch;
  const [pairLoss, listLoss] = [pairLosses[hyper.loss], listLosses[hyper.rankingLoss]];
  const slopes = new Float32Array(members * count);
  const biasSlopes = new Float32Array(members * count);
  const tieSlopes = new Float32Array(members);
  const listSlopes = new Float64Array(lists.length);
  let total = 0;
  for (let member = 0; member < members; member++) {
    const at = member * count;
    const weightOf = (k: number) => (weights ? weights[member * batch.size + k]! : 1) / batch.size;

    for (let k = 0; k < pairs.count; k++) {
      const weight = weightOf(k);
      if (weight === 0) continue;
      const [c, r] = [at + k, at + pairs.count + k];
      const delta = rewards[c]! - rewards[r]! - hyper.marginScale * pairs.margin[k]!;
      const { loss, slope, tieSlope } = pairLoss.at(delta, hyper, pairs.tied[k] === 1, ties[member]!);
      total += weight * loss;
      slopes[c]! += weight * slope;
      slopes[r]! -= weight * slope;
      if (hyper.learnTies) tieSlopes[member]! += weight * tieSlope;
      if (hyper.centring === 0) continue;
      const sum = rewards[c]! + rewards[r]!;
      const pull = 2 * weight * hyper.centring * sum;
      total += weight * hyper.centring * sum * sum;
      for (const row of [c, r]) {
        slopes[row]! += pull;
        biasSlopes[row]! += pull;
      }
    }

    for (let k = 0; k < lists.count; k++) {
      const weight = weightOf(pairs.count + k);
      const from = 2 * pairs.count + k * lists.length;
      const places = lists.places.subarray(k * lists.length, (k + 1) * lists.length);
      const present = places.indexOf(-1) < 0 ? lists.length : places.indexOf(-1);
      const own = rewards.subarray(at + from, at + from + present);
      total += weight * listLoss.at(own, places.subarray(0, present), listSlopes);
      for (let i = 0; i < present; i++) slopes[at + from + i]! += weight * listSlopes[i]!;
    }

    for (let k = 0; k < ratings.count; k++) {
      const weight = weightOf(pairs.count + lists.count + k) * hyper.ratingWeight;
      const row = at + count - ratings.count + k;
      const error = rewards[row]! - ratings.target[k]!;
      total += weight * error * error;
      slopes[row]! += 2 * weight * error;
      biasSlopes[row]! += 2 * weight * error;
    }
  }
  return { loss: total, slopes, biasSlopes, tieSlopes };
}
