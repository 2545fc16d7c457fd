import * as tf from '../../tf';

/** Densities and closed forms of diagonal Gaussians. */

const logTwoPi = Math.log(2 * Math.PI);

/**
 * log N(x; mean, exp(logStd)²), summed over dimensions.
 * @param x [batch, dims] @param mean [batch, dims] or [dims] @param logStd [dims] @returns [batch]
 */
export function logProbability(x: tf.Tensor2D, mean: tf.Tensor, logStd: tf.Tensor1D): tf.Tensor1D {
  const z = x.sub(mean).div(logStd.exp());
  return z
    .square()
    .mul(-0.5)
    .sub(logStd)
    .sub(0.5 * logTwoPi)
    .sum(1);
}

/**
 * KL(N(mean, std²) ‖ N(refMean, refStd²)) in closed form, dimension by dimension.
 * @param mean [batch, dims] or [dims], as all the others @returns [batch, dims] or [dims]
 */
export const klPerDimension = (
  mean: tf.Tensor,
  logStd: tf.Tensor,
  refMean: tf.Tensor,
  refLogStd: tf.Tensor,
): tf.Tensor =>
  refLogStd
    .sub(logStd)
    .add(logStd.mul(2).exp().add(mean.sub(refMean).square()).div(refLogStd.mul(2).exp().mul(2)))
    .sub(0.5);

/** Entropy ½ log(2πe) + log std, summed over dimensions. @param logStd [dims] @returns scalar */
export const entropy = (logStd: tf.Tensor1D): tf.Scalar => logStd.add(0.5 * (logTwoPi + 1)).sum();
