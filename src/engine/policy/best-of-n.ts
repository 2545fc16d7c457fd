/**
 * log n − (n − 1)/n: the KL of best-of-n from its base policy for a continuous reward without ties, and an upper
 * bound on it otherwise (Stiennon et al. 2020; Beirami et al. 2024).
 */
export const bestOfNKl = (n: number): number => Math.log(n) - (n - 1) / n;
