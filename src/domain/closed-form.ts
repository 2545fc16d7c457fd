/**
 * The policy that is best under a KL penalty, on a finite set: π* ∝ π_ref e^{r/β} maximises E[r] − β KL(π ‖ π_ref), and
 * the maximum is β log Z, Z = Σ π_ref e^{r/β}. It is the ceiling of every optimiser.
 */
export interface ClosedForm {
  /** π* */
  readonly weights: number[];
  /** β log Z, in units of the reward. */
  readonly value: number;
  /** Mean reward under π*. */
  readonly reward: number;
  /** KL(π* ‖ π_ref) in nats. */
  readonly kl: number;
}

/** @param reference π_ref of each, adding up to 1 @param beta > 0 */
export function closedForm(
  reference: ArrayLike<number>,
  rewards: ArrayLike<number>,
  beta: number,
): ClosedForm {
  let highest = -Infinity;
  for (let i = 0; i < rewards.length; i++) if (reference[i]! > 0) highest = Math.max(highest, rewards[i]!);
  // Against overflow the highest reward is taken out of the exponent, and put back at the end.
  const weights = Array.from(reference, (p, i) => (p > 0 ? p * Math.exp((rewards[i]! - highest) / beta) : 0));
  const z = weights.reduce((sum, weight) => sum + weight, 0);
  let reward = 0;
  weights.forEach((weight, i) => {
    weights[i] = weight / z;
    reward += weights[i] * rewards[i]!;
  });
  const value = highest + beta * Math.log(z);
  return { weights, value, reward, kl: Math.max(0, (reward - value) / beta) };
}
