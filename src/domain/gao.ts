/**
 * The form that Gao, Schulman and Hilton (2022) found for the gold reward under reinforcement learning:
 * R(d) = d (α − β log d), d = √KL. It is linear in α and β, so least squares has a closed form.
 */
export interface GaoFit {
  readonly alpha: number;
  readonly beta: number;
  /** Root mean square of the residuals, in units of the reward. */
  readonly error: number;
}

export const gaoForm = ({ alpha, beta }: Pick<GaoFit, 'alpha' | 'beta'>, d: number): number =>
  d > 0 ? d * (alpha - beta * Math.log(d)) : 0;

/** Where the form is highest: e^{α/β − 1}; null where it has no peak. */
export const gaoPeak = ({ alpha, beta }: GaoFit): number | null =>
  beta > 0 ? Math.exp(alpha / beta - 1) : null;

/** @param d √KL of each point; points at 0 say nothing @param reward @returns null with fewer than 3 points */
export function fitGao(d: readonly number[], reward: readonly number[]): GaoFit | null {
  let [count, aa, ab, bb, ar, br] = [0, 0, 0, 0, 0, 0];
  d.forEach((x, i) => {
    const r = reward[i]!;
    if (!(x > 1e-3) || !Number.isFinite(r)) return;
    const [a, b] = [x, -x * Math.log(x)];
    count += 1;
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ar += a * r;
    br += b * r;
  });
  const determinant = aa * bb - ab * ab;
  if (count < 3 || !(determinant > 1e-12 * aa * bb)) return null;
  const alpha = (ar * bb - br * ab) / determinant;
  const beta = (br * aa - ar * ab) / determinant;
  const squares = d.reduce((sum, x, i) => {
    const residual = reward[i]! - gaoForm({ alpha, beta }, x);
    return x > 1e-3 && Number.isFinite(residual) ? sum + residual * residual : sum;
  }, 0);
  return { alpha, beta, error: Math.sqrt(squares / count) };
}
