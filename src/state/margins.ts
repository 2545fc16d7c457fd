import { pairMargins } from '../domain/margins';
import type { PackedData, RewardFrame } from '../engine/protocol';

/** Δ = r(chosen) − r(rejected) of every pair with a winner. */
export interface Margins {
  /** In the order of the data: rankings taken apart. */
  readonly values: Float32Array;
  /** By the comparison's id; of a ranking or best-of-k, the smallest of its pairs'. */
  readonly of: ReadonlyMap<number, number>;
}

export const noMargins: Margins = { values: new Float32Array(0), of: new Map() };

/** @param sources id of the comparison that each pair of the data comes from */
export function marginsOf(
  { rewards, criterionRewards }: Pick<RewardFrame, 'rewards' | 'criterionRewards'>,
  data: PackedData,
  sources: readonly number[],
): Margins {
  const values = pairMargins(rewards, criterionRewards, data);
  const of = new Map<number, number>();
  sources.forEach((id, k) => of.set(id, Math.min(values[k]!, of.get(id) ?? Infinity)));
  return { values, of };
}
