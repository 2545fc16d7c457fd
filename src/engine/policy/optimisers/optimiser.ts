import type * as tf from '../../tf';
import type { Mask } from '../ppo';

/** What the samples of an iteration were paid. */
export interface Scored {
  /** [samples, steps] */
  readonly rewards: tf.Tensor2D;
  /** The value baseline, [samples, steps]. */
  readonly values: tf.Tensor2D;
  readonly mask: Mask;
  /** Groups of samples that answer the same prompt, one after the other and equally large. */
  readonly groups: number;
  readonly gamma: number;
  readonly lambda: number;
}

/** The same of episodes of one step, on plain numbers. */
export interface PlainScored {
  /** [samples] */
  readonly rewards: Float64Array;
  readonly values: Float64Array;
  readonly groups: number;
}

/** Climbs a reward by samples: what tells the methods apart is their advantages, and whether ratios are clipped. */
export interface SampleOptimiser {
  readonly kind: 'samples';
  /** Each [samples, steps]; `returns` are what the value baseline learns. */
  advantages(scored: Scored): { advantages: tf.Tensor2D; returns: tf.Tensor2D };
  /** The same on plain numbers, each [samples]. */
  plain(scored: PlainScored): { advantages: Float64Array; returns: Float64Array };
  /** Uses each sample for several epochs, with the ratio clipped; else once, by the plain gradient −A ∇log π. */
  readonly clipped: boolean;
  /** Learns and uses the value baseline. */
  readonly usesValue: boolean;
}

/** Learns from the comparisons themselves, without a reward model. */
export interface ComparisonOptimiser {
  readonly kind: 'comparisons';
  /** @param chosen log π − log π_ref of the chosen, [pairs] @param rejected of the rejected @returns scalar */
  loss(chosen: tf.Tensor1D, rejected: tf.Tensor1D, beta: number): tf.Scalar;
  /** The same of one pair on plain numbers. @param margin the chosen's log ratio less the rejected's @returns loss, and its slope by the margin */
  plain(margin: number, beta: number): { loss: number; slope: number };
}

/** Learns nothing: it draws several times from the reference and keeps what the reward likes best. */
export interface SelectionOptimiser {
  readonly kind: 'selection';
  /** How many are drawn for each that is kept. @param most that make sense */
  drawsAt(iteration: number, most: number): number;
}

export type PolicyOptimiser = SampleOptimiser | ComparisonOptimiser | SelectionOptimiser;
