import * as tf from '../tf';

/** Diagonal Gaussian policy: densities as tensors for the loss, closed forms as numbers for the curves. */

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
 * KL(N(mean, std²) ‖ N(refMean, refStd²)) in closed form: sum over dimensions, mean over the batch if there is one.
 * @param mean [batch, dims] or [dims] @param logStd [dims] @returns scalar
 */
export function klDivergence(
  mean: tf.Tensor,
  logStd: tf.Tensor1D,
  refMean: tf.Tensor,
  refLogStd: tf.Tensor1D,
): tf.Scalar {
  const perDimension = refLogStd
    .sub(logStd)
    .add(logStd.mul(2).exp().add(mean.sub(refMean).square()).div(refLogStd.mul(2).exp().mul(2)))
    .sub(0.5);
  return perDimension.sum(-1).mean();
}

/** Entropy ½ log(2πe) + log std, summed over dimensions. @param logStd [dims] @returns scalar */
export const entropy = (logStd: tf.Tensor1D): tf.Scalar => logStd.add(0.5 * (logTwoPi + 1)).sum();

/** The same as `logProbability`, on numbers. @param actions interleaved, [batch · dims] @returns [batch] */
export function logDensities(
  actions: Float32Array,
  { mean, logStd }: { mean: ArrayLike<number>; logStd: ArrayLike<number> },
): Float32Array {
  const dims = mean.length;
  const out = new Float32Array(actions.length / dims);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let d = 0; d < dims; d++) {
      const z = (actions[i * dims + d]! - mean[d]!) / Math.exp(logStd[d]!);
      sum -= 0.5 * z * z + logStd[d]! + 0.5 * logTwoPi;
    }
    out[i] = sum;
  }
  return out;
}

/** The same closed form as `klDivergence`, on numbers. */
export function exactKl(
  mean: ArrayLike<number>,
  logStd: ArrayLike<number>,
  refMean: ArrayLike<number>,
  refLogStd: ArrayLike<number>,
): number {
  let kl = 0;
  for (let d = 0; d < mean.length; d++) {
    const refVariance = Math.exp(2 * refLogStd[d]!);
    kl += refLogStd[d]! - logStd[d]! - 0.5;
    kl += (Math.exp(2 * logStd[d]!) + (mean[d]! - refMean[d]!) ** 2) / (2 * refVariance);
  }
  return kl;
}

/** The same closed form as `entropy`, on numbers. */
export const exactEntropy = (logStd: ArrayLike<number>): number =>
  Array.from(logStd).reduce((sum, value) => sum + value + 0.5 * (logTwoPi + 1), 0);
