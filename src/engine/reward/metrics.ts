/** Metrics of a reward model, from the rewards it gives. Pure arithmetic in float64. */

/** log(1 + eᵗ) without overflow. */
const softplus = (t: number): number => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

export interface PairMetrics {
  /** mean softplus(−Δ) */
  readonly loss: number;
  /** share with Δ > 0; Δ = 0 counts ½ */
  readonly accuracy: number;
  /** mean Δ */
  readonly margin: number;
}

/** @param margins Δ = r_chosen − r_rejected of each comparison; with none, every metric is NaN */
export function pairMetrics(margins: ArrayLike<number>): PairMetrics {
  let [loss, correct, total] = [0, 0, 0];
  for (let i = 0; i < margins.length; i++) {
    const margin = margins[i]!;
    loss += softplus(-margin);
    correct += margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
    total += margin;
  }
  return { loss: loss / margins.length, accuracy: correct / margins.length, margin: total / margins.length };
}

/** Mean and population standard deviation. */
export function meanAndStd(values: ArrayLike<number>): { mean: number; std: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, std: Math.sqrt(squares / values.length) };
}

/** Share of pairs of neighbours and near neighbours in the list that both rewards rank the same way. */
export function rankAgreement(learned: ArrayLike<number>, gold: ArrayLike<number>): number {
  const count = learned.length;
  let agree = 0;
  let pairs = 0;
  for (const stride of [1, 7, 31])
    for (let i = 0; i < count; i++) {
      const j = (i + stride) % count;
      const product = (learned[i]! - learned[j]!) * (gold[i]! - gold[j]!);
      agree += product > 0 ? 1 : product === 0 ? 0.5 : 0;
      pairs += 1;
    }
  return agree / pairs;
}
