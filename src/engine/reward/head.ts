import * as tf from '../tf';
import { random } from '../../domain/random';

/** Linear reward head r(φ) = w · φ + b. θ = [w (dimension), b]. */
export const linearHead = {
  parameterCount: (dimension: number): number => dimension + 1,

  /** w ~ N(0, 1/(d + 1)), b = 0, as in lm-human-preferences (Ziegler et al. 2019). */
  initial(seed: number, dimension: number): Float32Array {
    const source = random(seed, 'head');
    const theta = new Float32Array(dimension + 1);
    for (let i = 0; i < dimension; i++) theta[i] = source.normal() / Math.sqrt(dimension + 1);
    return theta;
  },

  /** @param features [rows, dimension] @returns the reward of each row, [rows] */
  forward(theta: tf.Tensor1D, features: tf.Tensor2D): tf.Tensor1D {
    const dimension = features.shape[1];
    const weights = theta.slice([0], [dimension]).reshape<tf.Tensor2D>([dimension, 1]);
    const bias = theta.slice([dimension], [1]);
    return features.matMul(weights).reshape<tf.Tensor1D>([features.shape[0]]).add(bias);
  },

  /**
   * The same for pairs. The bias enters pair by pair, so that in its gradient the two sides of each pair cancel
   * exactly: of a sum that is only nearly 0, Adam would make whole steps.
   * @param features [2 · pairs, dimension], the chosen ones first @returns rewards of the chosen and the rejected ones
   */
  forwardPairs(theta: tf.Tensor1D, features: tf.Tensor2D): [chosen: tf.Tensor1D, rejected: tf.Tensor1D] {
    const [rows, dimension] = features.shape;
    const pairs = rows / 2;
    const weights = theta.slice([0], [dimension]).reshape<tf.Tensor2D>([dimension, 1]);
    const bias = theta.slice([dimension], [1]).broadcastTo<tf.Rank.R1>([pairs]);
    const scores = features.matMul(weights).reshape<tf.Tensor1D>([rows]);
    return [scores.slice([0], [pairs]).add(bias), scores.slice([pairs], [pairs]).add(bias)];
  },
};
