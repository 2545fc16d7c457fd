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
