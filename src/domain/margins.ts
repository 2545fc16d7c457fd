import type { Observations } from './observations';

/** Pairs with a winner, as columns. */
interface DecidedPairs {
  readonly chosen: ArrayLike<number>;
  readonly rejected: ArrayLike<number>;
  /** The criterion each was judged by; −1 for everything together. */
  readonly criterion: ArrayLike<number>;
}

/**
 * Δ = r(chosen) − r(rejected) of each pair, by the criterion it was judged by where that has rewards of its own.
 * @param rewards of each candidate @param alone the same by each criterion; empty or null where all are pooled
 */
export function pairMargins(
  rewards: Float32Array,
  alone: readonly Float32Array[] | null,
  { chosen, rejected, criterion }: DecidedPairs,
): Float32Array {
  return Float32Array.from({ length: chosen.length }, (_, k) => {
    const by = alone?.[criterion[k]!] ?? rewards;
    return by[chosen[k]!]! - by[rejected[k]!]!;
  });
}

/**
 * The smallest margin of all pairs with a winner that an observation says or implies.
 * @param rewards of each row, by the criterion it was judged by @returns NaN where nothing is preferred to anything
 */
export function leastMargin({ start, rows, places }: Observations, i: number, rewards: Float32Array): number {
  let least = NaN;
  for (let a = start[i]!; a < start[i + 1]!; a++)
    for (let b = a + 1; b < start[i + 1]!; b++) {
      const margin = rewards[rows[a]!]! - rewards[rows[b]!]!;
      if (places[a]! < places[b]! && !(margin >= least)) least = margin;
    }
  return least;
}
