/** The logistic function and its companions, safe for any argument. */

/** σ(t) = 1 / (1 + e⁻ᵗ) */
export const sigmoid = (t: number): number =>
  t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));

/** log(1 + eᵗ) */
export const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
