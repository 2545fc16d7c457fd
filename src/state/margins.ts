import type { PackedData } from '../engine/protocol';

/** Δ = r(chosen) − r(rejected) of each decided comparison. */
export interface Margins {
  /** In the order the comparisons were made. */
  readonly values: Float32Array;
  /** By the comparison's id. */
  readonly of: ReadonlyMap<number, number>;
}

export const noMargins: Margins = { values: new Float32Array(0), of: new Map() };

/** @param rewards of each candidate, in the order of the data @param decided ids of the decided comparisons */
export function marginsOf(rewards: Float32Array, data: PackedData, decided: readonly number[]): Margins {
  const values = Float32Array.from(
    decided,
    (_, k) => rewards[data.chosen[k]!]! - rewards[data.rejected[k]!]!,
  );
  return { values, of: new Map(decided.map((id, k) => [id, values[k]!])) };
}
