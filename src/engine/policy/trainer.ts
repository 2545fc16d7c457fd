import * as tf from '../tf';
import { Parameters, type Checkpoint, type Read } from '../parameters';
import { normals, random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { PlaneGaussian } from '../../scenarios';
import { logDensities, logProbability } from './gaussian';
import { optimisers } from './optimisers';
import { gaussianLoss, policyLoss, valueLoss, type PpoHyper } from './ppo';

export type PolicyHyper = PpoHyper &
  Pick<
    Settings,
    | 'optimiser'
    | 'samples'
    | 'epochs'
    | 'minibatches'
    | 'policyLearningRate'
    | 'policyMaxGradNorm'
    | 'whitenAdvantages'
    | 'seed'
  >;

/** Turns actions, interleaved x and y, into the reward the policy is paid: [samples] on the device. */
export type RewardFunction = (actions: Float32Array) => tf.Tensor1D;

/** What one iteration leaves, read back. All of it describes the policy before the iteration's updates. */
export interface Iteration {
  readonly mean: readonly [number, number];
  readonly logStd: readonly [number, number];
  readonly value: number;
  /** [samples, 2] */
  readonly actions: Float32Array;
  /** [samples]: the reward the policy was paid */
  readonly rewards: Float32Array;
  /** log π/π_ref of each action */
  readonly logRatioToReference: Float32Array;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly ratio: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  /** After the updates. */
  readonly checkpoint: Checkpoint;
}

/** θ = [mean x, mean y, log std x, log std y, value]: the Gaussian over the plane and its value baseline. */
export const initialPolicy = ({ mean, logStd }: PlaneGaussian): Float32Array =>
  Float32Array.of(...mean, ...logStd, 0);

const split = (theta: tf.Tensor1D) => ({
  mean: theta.slice([0], [2]),
  logStd: theta.slice([2], [2]),
  value: theta.slice([4], [1]),
});

/** What an iteration has sampled: on the device for the updates. (A type, not an interface, for `tidy` to take it.) */
type Rollout = {
  /** [samples, 2] */
  readonly actions: tf.Tensor2D;
  readonly rewards: tf.Tensor1D;
  readonly logProbOld: tf.Tensor1D;
  readonly advantages: tf.Tensor1D;
};

/** PPO on a Gaussian over the plane. One iteration is one read-back. */
export class PolicyTrainer {
  readonly #parameters: Parameters;
  readonly #reference: PlaneGaussian;
  #iteration: number;
  /** θ as last read back: sampling and densities are a few hundred numbers, and need no device. */
  #theta: Float32Array;

  constructor(checkpoint: Checkpoint, reference: PlaneGaussian) {
    this.#parameters = new Parameters(checkpoint);
    this.#reference = reference;
    this.#iteration = checkpoint.step;
    this.#theta = checkpoint.theta;
  }

  get iteration(): number {
    return this.#iteration;
  }

  /**
   * Samples, scores, and updates by PPO-clip.
   * @param reward is called once, on all samples
   * @param read reads a tensor back
   */
  async iterate(reward: RewardFunction, hyper: PolicyHyper, read: Read): Promise<Iteration> {
    const [mx, my, sx, sy, value] = this.#theta as unknown as [number, number, number, number, number];
    const policy: PlaneGaussian = { mean: [mx, my], logStd: [sx, sy] };
    const actions = sample(policy, hyper, this.#iteration);
    const logProb = logDensities(actions, policy);
    const logProbReference = logDensities(actions, this.#reference);

    const rollout = tf.tidy(() => this.#score(actions, value, reward, hyper));
    const diagnostics = this.#update(rollout, value, hyper);
    this.#iteration += 1;
    const packed = tf.tidy(() => tf.concat1d([rollout.rewards, diagnostics, this.#parameters.packed()]));
    tf.dispose([rollout.actions, rollout.rewards, rollout.logProbOld, rollout.advantages, diagnostics]);
    const values = await read(packed);
    packed.dispose();

    const { samples } = hyper;
    const [approxKl, clipFraction, ratio, lossOfPolicy, lossOfValue] = values.subarray(samples, samples + 5);
    const checkpoint = Parameters.unpack(
      values.slice(samples + 5),
      this.#iteration,
      this.#parameters.updates,
    );
    this.#theta = checkpoint.theta;
    return {
      ...policy,
      value,
      actions,
      rewards: values.slice(0, samples),
      logRatioToReference: logProb.map((value, i) => value - logProbReference[i]!),
      approxKl: approxKl!,
      clipFraction: clipFraction!,
      ratio: ratio!,
      policyLoss: lossOfPolicy!,
      valueLoss: lossOfValue!,
      checkpoint,
    };
  }

  #score(
    actions: Float32Array,
    value: number,
    reward: RewardFunction,
    { samples, whitenAdvantages, optimiser }: PolicyHyper,
  ): Rollout {
    const rewards = reward(actions);
    const raw = optimisers[optimiser].advantages(rewards, value) as tf.Tensor1D;
    const centred = raw.sub<tf.Tensor1D>(raw.mean());
    const onDevice = tf.tensor2d(actions, [samples, 2]);
    const { mean, logStd } = split(this.#parameters.theta);
    return {
      actions: onDevice,
      rewards,
      // By the very operations of the updates, so that the first ratio is exactly 1.
      logProbOld: logProbability(onDevice, mean, logStd),
      advantages: whitenAdvantages ? centred.div(centred.square().mean().add(1e-8).sqrt()) : raw,
    };
  }

  /** All epochs over the samples. @returns [approxKl, clipFraction, ratio, policyLoss, valueLoss] before the last update */
  #update(rollout: Rollout, oldValue: number, hyper: PolicyHyper): tf.Tensor1D {
    let diagnostics: tf.Tensor1D | null = null;
    const epochs = optimisers[hyper.optimiser].clipped ? hyper.epochs : 1;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const parts = minibatches(hyper, this.#iteration, epoch);
      parts.forEach((rows, k) => {
        const last = epoch === epochs - 1 && k === parts.length - 1;
        const batch = rows ? tf.tidy(() => gatherRollout(rollout, rows)) : rollout;
        if (last) diagnostics = tf.tidy(() => this.#diagnose(batch, oldValue, hyper));
        const gradient = tf.tidy(() => this.#gradient(batch, oldValue, hyper));
        this.#parameters.apply(gradient, 'adam', { learningRate: hyper.policyLearningRate, weightDecay: 0 });
        gradient.dispose();
        if (batch !== rollout) tf.dispose([batch.actions, batch.rewards, batch.logProbOld, batch.advantages]);
      });
    }
    return diagnostics!;
  }

  #gradient(
    { actions, rewards, logProbOld, advantages }: Rollout,
    oldValue: number,
    hyper: PolicyHyper,
  ): tf.Tensor1D {
    const reference = {
      mean: tf.tensor1d([...this.#reference.mean]),
      logStd: tf.tensor1d([...this.#reference.logStd]),
    };
    const { clipped, usesValue } = optimisers[hyper.optimiser];
    const objective = (theta: tf.Tensor) => {
      const { mean, logStd, value } = split(theta as tf.Tensor1D);
      const policy = { mean, logStd };
      const gain = gaussianLoss(policy, reference, actions, logProbOld, advantages, { ...hyper, clipped });
      if (!usesValue) return gain;
      // Episodes are one step long: the return is the reward.
      const error = valueLoss(value, tf.tensor1d([oldValue]), rewards, hyper.valueClip);
      return gain.add(error.mul(hyper.valueCoefficient));
    };
    const gradient = tf.grad(objective)(this.#parameters.theta) as tf.Tensor1D;
    if (hyper.policyMaxGradNorm === 0) return gradient;
    const norm = gradient.square().sum().sqrt();
    return gradient.mul(tf.minimum(1, tf.div(hyper.policyMaxGradNorm, norm.add(1e-12))));
  }

  #diagnose(
    { actions, rewards, logProbOld, advantages }: Rollout,
    oldValue: number,
    hyper: PolicyHyper,
  ): tf.Tensor1D {
    const { mean, logStd, value } = split(this.#parameters.theta);
    const logRatio = logProbability(actions, mean, logStd).sub<tf.Tensor1D>(logProbOld);
    const ratio = logRatio.exp();
    return tf.stack([
      // k3 of KL(old ‖ new): the actions come from the old policy.
      ratio.sub(1).sub(logRatio).mean(),
      ratio.sub(1).abs().greater(hyper.clip).toFloat().mean(),
      ratio.mean(),
      policyLoss(ratio, advantages, hyper.clip),
      valueLoss(value, tf.tensor1d([oldValue]), rewards, hyper.valueClip),
    ]) as tf.Tensor1D;
  }

  dispose(): void {
    this.#parameters.dispose();
  }
}

/** Draws named by the seed and the iteration, interleaved x and y. */
function sample(
  { mean, logStd }: PlaneGaussian,
  { seed, samples }: PolicyHyper,
  iteration: number,
): Float32Array {
  const noise = normals(random(seed, 'policy-samples', iteration), 2 * samples);
  return noise.map((z, i) => mean[i % 2]! + Math.exp(logStd[i % 2]!) * z);
}

const gatherRollout = ({ actions, rewards, logProbOld, advantages }: Rollout, rows: Int32Array): Rollout => {
  const indices = tf.tensor1d(rows, 'int32');
  return {
    actions: tf.gather(actions, indices),
    rewards: tf.gather(rewards, indices),
    logProbOld: tf.gather(logProbOld, indices),
    advantages: tf.gather(advantages, indices),
  };
};

/** The rows of each minibatch of an epoch, shuffled by seed; null stands for all rows in order. */
function minibatches(
  { samples, minibatches: count, seed }: PolicyHyper,
  iteration: number,
  epoch: number,
): (Int32Array | null)[] {
  if (count === 1) return [null];
  const source = random(seed, 'minibatches', iteration, epoch);
  const order = Int32Array.from({ length: samples }, (_, i) => i);
  for (let i = samples - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const size = Math.ceil(samples / count);
  return Array.from({ length: count }, (_, k) => order.slice(k * size, (k + 1) * size)).filter(
    (rows) => rows.length > 0,
  );
}
