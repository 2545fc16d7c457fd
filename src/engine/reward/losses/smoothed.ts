import * as tf from '../../tf';
import { sigmoid, softplus } from '../../../domain/logistic';
import type { PairLoss } from './pair-loss';

/** (1 − ε) softplus(−Δ) + ε softplus(Δ): label smoothing, as in conservative DPO (Mitchell 2023). */
export const smoothed: PairLoss = {
  decided: (delta, { labelNoise }) =>
    tf
      .softplus(delta.neg())
      .mul(1 - labelNoise)
      .add(tf.softplus(delta).mul(labelNoise)),
  at: (delta, { labelNoise }) => ({
    loss: (1 - labelNoise) * softplus(-delta) + labelNoise * softplus(delta),
    slope: sigmoid(delta) - (1 - labelNoise),
    tieSlope: 0,
  }),
  wgsl: /* wgsl */ `
    let loss = (1.0 - epsilon) * softplus(-delta) + epsilon * softplus(delta);
    return vec3f(loss, sigmoid(delta) - (1.0 - epsilon), 0.0);`,
};
