import * as tf from './tf';
import type { Settings } from '../domain/settings';

/**
 * Optimisers over one flat parameter vector: a head is one vector however many layers it has, so a step costs the
 * same few kernels for any of them.
 */

export interface OptimizerHyper {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Number of this update, from 1: for the bias correction. */
  readonly update: number;
}

/** θ and the two moment estimates, each of shape [parameters]. */
export interface OptimizerState {
  readonly theta: tf.Tensor1D;
  readonly m: tf.Tensor1D;
  readonly v: tf.Tensor1D;
}

type Optimizer = (state: OptimizerState, gradient: tf.Tensor1D, hyper: OptimizerHyper) => OptimizerState;

export const beta1 = 0.9;
export const beta2 = 0.999;
const epsilon = 1e-8;

/** θ ← θ (1 − lr · decay): decay decoupled from the gradient (Loshchilov and Hutter 2019). */
const decayed = (theta: tf.Tensor1D, { learningRate, weightDecay }: OptimizerHyper): tf.Tensor1D =>
  weightDecay > 0 ? theta.mul(1 - learningRate * weightDecay) : theta;

/** Adam (Kingma and Ba 2015), as PyTorch writes it: ε is added outside the square root. */
const adamStep: Optimizer = ({ theta, m, v }, gradient, { learningRate, update }) => {
  const newM = m.mul<tf.Tensor1D>(beta1).add<tf.Tensor1D>(gradient.mul(1 - beta1));
  const newV = v.mul<tf.Tensor1D>(beta2).add<tf.Tensor1D>(gradient.square().mul(1 - beta2));
  const denominator = newV
    .div(1 - beta2 ** update)
    .sqrt()
    .add(epsilon);
  const step = newM.mul(learningRate / (1 - beta1 ** update)).div(denominator);
  return { theta: theta.sub<tf.Tensor1D>(step), m: newM, v: newV };
};

/** The registry: a new optimiser is one function and one line here. */
export const optimizers: Record<Settings['optimizer'], Optimizer> = {
  sgd: (state, gradient, hyper) => ({
    ...state,
    theta: decayed(state.theta, hyper).sub<tf.Tensor1D>(gradient.mul(hyper.learningRate)),
  }),
  // Plain Adam has its decay inside the gradient (L2), where the moments rescale it; AdamW has it outside.
  adam: (state, gradient, hyper) =>
    adamStep(
      state,
      hyper.weightDecay > 0 ? gradient.add(state.theta.mul(hyper.weightDecay)) : gradient,
      hyper,
    ),
  adamw: (state, gradient, hyper) =>
    adamStep({ ...state, theta: decayed(state.theta, hyper) }, gradient, hyper),
};
