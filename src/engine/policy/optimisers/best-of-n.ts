import type { SelectionOptimiser } from './optimiser';

/**
 * log n − (n − 1)/n: the KL of best-of-n from its base policy for a continuous reward without ties, and an upper
 * bound on it otherwise (Stiennon et al. 2020; Beirami et al. 2024).
 */
export const bestOfNKl = (n: number): number => Math.log(n) - (n - 1) / n;

/**
 * Best-of-n on a finite set, exactly: q(y) = F(y)ⁿ − F⁻(y)ⁿ, F(y) the probability of a reward at most y's and F⁻ of one
 * below it. Those that tie share q by their probability.
 * @param base π_ref of each @returns q, which sums to 1
 */
export function bestOfN(base: ArrayLike<number>, rewards: ArrayLike<number>, n: number): Float64Array {
  const order = Array.from(rewards, (_, i) => i).sort((a, b) => rewards[a]! - rewards[b]!);
  const q = new Float64Array(order.length);
  const total = order.reduce((sum, i) => sum + base[i]!, 0);
  let below = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let tied = 0;
    while (to < order.length && rewards[order[to]!] === rewards[order[from]!]) tied += base[order[to++]!]!;
    const share = ((below + tied) / total) ** n - (below / total) ** n;
    for (; from < to; from++) q[order[from]!] = tied > 0 ? (share * base[order[from]!]!) / tied : 0;
    below += tied;
  }
  return q;
}

/** Draws n times from the reference and keeps the best; n doubles every eight iterations. */
export const bestOfNOptimiser: SelectionOptimiser = {
  kind: 'selection',
  drawsAt: (iteration, most) => Math.min(most, Math.round(2 ** (iteration / 8))),
};
