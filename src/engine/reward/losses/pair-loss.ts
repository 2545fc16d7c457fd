import type * as tf from '../../tf';
import type { Settings } from '../../../domain/settings';

/**
 * A loss of a pair is a function of its margin Δ = r(chosen) − r(rejected), less what its strength asks for. It is
 * written three times: with tensors, for TensorFlow.js to differentiate, and as numbers and in WGSL with the derivative
 * by hand, for the trainers that do without. The tests hold one against the other.
 */
export interface PairLoss {
  /** Of pairs with a winner. @param delta [members, pairs] @param tie [members, 1] @returns the loss of each */
  readonly decided: (delta: tf.Tensor, hyper: LossHyper, tie: tf.Tensor) => tf.Tensor;
  /** Of pairs without one; a loss that lacks this learns nothing from ties. */
  readonly tied?: (delta: tf.Tensor, hyper: LossHyper, tie: tf.Tensor) => tf.Tensor;
  /** The same for one pair. @param tied whether the pair has no winner; only where `tied` is there */
  readonly at: (delta: number, hyper: LossHyper, tied: boolean, tie: number) => LossAt;
  /** `at` in WGSL: a function's body from delta, tied, tie and epsilon to vec3f(loss, slope, tieSlope). */
  readonly wgsl: string;
}

/** ε: how often a label is taken to be wrong. */
export type LossHyper = Pick<Settings, 'labelNoise'>;

interface LossAt {
  readonly loss: number;
  /** dL/dΔ */
  readonly slope: number;
  /** dL/dt, where t is the tie parameter: log ν for Davidson, log(θ − 1) for Rao–Kupper. */
  readonly tieSlope: number;
}
