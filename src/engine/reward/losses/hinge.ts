import * as tf from '../../tf';
import type { PairLoss } from './pair-loss';

/** max(0, 1 − Δ): the margin is asked to be at least 1, and more is not better. */
export const hinge: PairLoss = {
  decided: (delta) => tf.relu(tf.sub(1, delta)),
  at: (delta) => ({ loss: Math.max(0, 1 - delta), slope: delta < 1 ? -1 : 0, tieSlope: 0 }),
  wgsl: 'return vec3f(max(0.0, 1.0 - delta), select(0.0, -1.0, delta < 1.0), 0.0);',
};
