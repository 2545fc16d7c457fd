import * as tf from '../../tf';
import { sigmoid, softplus } from '../../../domain/logistic';
import type { PairLoss } from './pair-loss';

/**
 * softplus(−Δ) = −log σ(Δ): Bradley and Terry 1952, as in TRL's `RewardTrainer`. With softplus, since tfjs's
 * `logSigmoid` cannot be differentiated on an intermediate tensor.
 */
export const bradleyTerry: PairLoss = {
  decided: (delta) => tf.softplus(delta.neg()),
  at: (delta) => ({ loss: softplus(-delta), slope: -sigmoid(-delta), tieSlope: 0 }),
  wgsl: 'return vec3f(softplus(-delta), -sigmoid(-delta), 0.0);',
};
