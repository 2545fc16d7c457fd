/**
 * The forms that Gao, Schulman and Hilton (2022) found for the gold reward, d = √KL: R(d) = d (α − β log d) under
 * reinforcement learning, R(d) = d (α − β d) under best-of-n. They are linear in α and β, so least squares has a closed form.
 */
export type GaoForm = 'rl' | 'bon';

export interface GaoFit {
  readonly alpha: number;
  readonly beta: number;
  /** Root mean square of the residuals, in units of the reward. */
  readonly error: number;
}

/** What β is multiplied by: log d or d. */
const bend: Readonly<Record<GaoForm, (d: number) => number>> = { rl: Math.log, bon: (d) => d };

export const gaoForm = (
  { alpha, beta }: Pick<GaoFit, 'alpha' | 'beta'>,
  d: number,
  form: GaoForm = 'rl',
): number => (d > 0 ? d * (alpha - beta * bend[form](d)) : 0);

/** Where the form is highest: e^{α/β − 1}, or α/2β under best-of-n; null where it has no peak. */
export function gaoPeak({ alpha, beta }: GaoFit, form: GaoForm = 'rl'): number | null {
  if (!(beta > 0)) return null;
  return form === 'rl' ? Math.exp(alpha / beta - 1) : alpha / (2 * beta);
}

/** @param d √KL of each point; points at 0 say nothing @param reward @returns null with fewer than 3 points */
export function fitGao(d: readonly number[], reward: readonly number[], form: GaoForm = 'rl'): GaoFit | null {
  let [count, aa, ab, bb, ar, br] = [0, 0, 0, 0, 0, 0];
  d.forEach((x, i) => {
    const r = reward[i]!;
    if (!(x > 1e-3) || !Number.isFinite(r)) return;
    const [a, b] = [x, -x * bend[form](x)];
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
    const residual = reward[i]! - gaoForm({ alpha, beta }, x, form);
    return x > 1e-3 && Number.isFinite(residual) ? sum + residual * residual : sum;
  }, 0);
  return { alpha, beta, error: Math.sqrt(squares / count) };
}
