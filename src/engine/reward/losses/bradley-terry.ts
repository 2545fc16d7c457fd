import * as tf from '../../tf';

/**
 * Bradley–Terry: mean softplus(−Δ) = −mean log σ(r_chosen − r_rejected), as in TRL's `RewardTrainer`.
 * Written with softplus, since tfjs's `logSigmoid` cannot be differentiated on an intermediate tensor.
 * @param chosen [pairs] @param rejected [pairs] @returns scalar
 */
export const bradleyTerry = (chosen: tf.Tensor1D, rejected: tf.Tensor1D): tf.Scalar =>
  tf.softplus(rejected.sub(chosen)).mean();
