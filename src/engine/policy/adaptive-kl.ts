/**
 * The adaptive KL controller of lm-human-preferences (Ziegler et al. 2019, section 2.2):
 * β ← β (1 + clip(KL/target − 1, ±0.2) · samples/horizon).
 * @param kl nats @param samples drawn in the iteration @returns the next β
 */
export function adaptKl(beta: number, kl: number, target: number, samples: number, horizon: number): number {
  const error = Math.min(0.2, Math.max(-0.2, kl / target - 1));
  return beta * (1 + (error * samples) / horizon);
}
