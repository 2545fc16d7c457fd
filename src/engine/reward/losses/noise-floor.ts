import type * as tf from '../../tf';
import { sigmoid } from '../../../domain/logistic';
import type { PairLoss, LossHyper } from './pair-loss';

/** Keeps the logarithm finite where ε is 0 and the margin is hopeless. */
const tiny = 1e-12;

/** log(ε/2 + (1 − ε) σ(Δ)) */
const logProbability = (delta: tf.Tensor, { labelNoise }: LossHyper): tf.Tensor =>
  delta
    .sigmoid()
    .mul(1 - labelNoise)
    .add(labelNoise / 2 + tiny)
    .log();

function logProbabilityAt(delta: number, { labelNoise }: LossHyper): { value: number; slope: number } {
  const s = sigmoid(delta);
  const p = (1 - labelNoise) * s + labelNoise / 2 + tiny;
  return { value: Math.log(p), slope: ((1 - labelNoise) * s * sigmoid(-delta)) / p };
}

/**
 * −log(ε/2 + (1 − ε) σ(Δ)): the annotator answers at random with probability ε (imitation). A tie is the soft label
 * ½: half of the loss of each order.
 */
export const noiseFloor: PairLoss = {
  decided: (delta, hyper) => logProbability(delta, hyper).neg(),
  tied: (delta, hyper) => logProbability(delta, hyper).add(logProbability(delta.neg(), hyper)).mul(-0.5),
  at: (delta, hyper, tied) => {
    const won = logProbabilityAt(delta, hyper);
    if (!tied) return { loss: -won.value, slope: -won.slope, tieSlope: 0 };
    const lost = logProbabilityAt(-delta, hyper);
    return { loss: -(won.value + lost.value) / 2, slope: (lost.slope - won.slope) / 2, tieSlope: 0 };
  },
  wgsl: /* wgsl */ `
    let s = vec2f(sigmoid(delta), sigmoid(-delta));
    let p = (1.0 - epsilon) * s + vec2f(0.5 * epsilon + ${tiny});
    let value = log(p);
    let slope = (1.0 - epsilon) * s.x * s.y / p;
    if (tied) { return vec3f(-0.5 * (value.x + value.y), 0.5 * (slope.y - slope.x), 0.0); }
    return vec3f(-value.x, -slope.x, 0.0);`,
};
