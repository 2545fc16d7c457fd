import * as tf from '../../tf';
import { sigmoid, softplus } from '../../../domain/logistic';
import type { PairLoss } from './pair-loss';

/** [(1 − ε) softplus(−Δ) − ε softplus(Δ)] / (1 − 2ε): unbiased under flips (robust DPO, Chowdhury et al. 2024). */
export const robust: PairLoss = {
  decided: (delta, { labelNoise }) =>
    tf
      .softplus(delta.neg())
      .mul(1 - labelNoise)
      .sub(tf.softplus(delta).mul(labelNoise))
      .div(1 - 2 * labelNoise),
  at: (delta, { labelNoise }) => ({
    loss: ((1 - labelNoise) * softplus(-delta) - labelNoise * softplus(delta)) / (1 - 2 * labelNoise),
    slope: -((1 - labelNoise) * sigmoid(-delta) + labelNoise * sigmoid(delta)) / (1 - 2 * labelNoise),
    tieSlope: 0,
  }),
  wgsl: /* wgsl */ `
    let loss = (1.0 - epsilon) * softplus(-delta) - epsilon * softplus(delta);
    let slope = -((1.0 - epsilon) * sigmoid(-delta) + epsilon * sigmoid(delta));
    return vec3f(vec2f(loss, slope) / (1.0 - 2.0 * epsilon), 0.0);`,
};
