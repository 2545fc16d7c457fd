import * as tf from '../tf';
import { Parameters, type Checkpoint } from '../parameters';
import { normals, random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { PlaneGaussian } from '../../scenarios';
import { logProbability } from './gaussian';
import { gaussianLoss, policyLoss, valueLoss, type PpoHyper } from './ppo';

export type PolicyHyper = PpoHyper &
  Pick<Settings, 'samples' | 'epochs' | 'minibatches' | 'policyLearningRate' | 'whitenAdvantages' | 'seed'>;

/** Turns actions [samples, 2] into the reward the policy is paid, [samples]. */
export type RewardFunction = (actions: tf.Tensor2D) => tf.Tensor1D;

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
export const policyParameters = 5;

export const initialPolicy = ({ mean, logStd }: PlaneGaussian): Float32Array =>
  Float32Array.of(...mean, ...logStd, 0);

const split = (theta: tf.Tensor1D) => ({
  mean: theta.slice([0], [2]),
  logStd: theta.slice([2], [2]),
  value: theta.slice([4], [1]),
});

/** PPO on a Gaussian over the plane. One iteration is one read-back. */
export class PolicyTrainer {
  readonly #parameters: Parameters;
  readonly #reference: PlaneGaussian;
  #iteration: number;

  constructor(checkpoint: Checkpoint, reference: PlaneGaussian) {
    this.#parameters = new Parameters(checkpoint);
    this.#reference = reference;
    this.#iteration = checkpoint.step;
  }

  get iteration(): number {
    return this.#iteration;
  }

  /**
   * Samples, scores, and updates by PPO-clip. Enqueues the work and returns the tensor to read back.
   * @param reward is called once, on all samples
   * @returns for `unpack`; the caller reads and disposes it
   */
  iterate(reward: RewardFunction, hyper: PolicyHyper): tf.Tensor1D {
    const before = tf.tidy(() => this.#collect(reward, hyper));
    const [actions, rewards, logProbOld, logRatio, advantages, oldValue, oldTheta] = before as [
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    let diagnostics = tf.zeros<tf.Rank.R1>([5]);
    for (let epoch = 0; epoch < hyper.epochs; epoch++)
      for (const rows of minibatches(hyper, this.#iteration, epoch)) {
        const part = <T extends tf.Tensor>(t: T): T => (rows ? tf.gather(t, rows) : t.clone());
        const batch = { x: part(actions), r: part(rewards), lp: part(logProbOld), a: part(advantages) };
        const measured = this.#update(batch, oldValue, hyper);
        tf.dispose([batch.x, batch.r, batch.lp, batch.a, diagnostics, ...(rows ? [rows] : [])]);
        diagnostics = measured;
      }
    this.#iteration += 1;
    const packed = tf.tidy(() =>
      tf.concat1d([oldTheta, actions.flatten(), rewards, logRatio, diagnostics, this.#parameters.packed()]),
    );
    tf.dispose([...before, diagnostics]);
    return packed;
  }

  #collect(reward: RewardFunction, hyper: PolicyHyper): tf.Tensor[] {
    const theta = this.#parameters.theta;
    const { mean, logStd, value } = split(theta);
    const noise = tf.tensor2d(
      normals(random(hyper.seed, 'policy-samples', this.#iteration), 2 * hyper.samples),
      [hyper.samples, 2],
    );
    const actions = noise.mul(logStd.exp()).add<tf.Tensor2D>(mean);
    const rewards = reward(actions);
    const logProbOld = logProbability(actions, mean, logStd);
    const reference = this.#referenceTensors();
    const logRatio = logProbOld.sub(logProbability(actions, reference.mean, reference.logStd));
    // One-step episodes without a state: A = r − V, and the return is r.
    const raw = rewards.sub(value);
    const centred = raw.sub(raw.mean());
    const advantages = hyper.whitenAdvantages ? centred.div(centred.square().mean().add(1e-8).sqrt()) : raw;
    return [actions, rewards, logProbOld, logRatio, advantages, value, theta.clone()];
  }

  #referenceTensors() {
    return { mean: tf.tensor1d([...this.#reference.mean]), logStd: tf.tensor1d([...this.#reference.logStd]) };
  }

  /** One minibatch update. @returns [approxKl, clipFraction, ratio, policyLoss, valueLoss] before the update */
  #update(
    batch: { x: tf.Tensor2D; r: tf.Tensor1D; lp: tf.Tensor1D; a: tf.Tensor1D },
    oldValue: tf.Tensor1D,
    hyper: PolicyHyper,
  ): tf.Tensor1D {
    const [gradient, measured] = tf.tidy(() => {
      const reference = this.#referenceTensors();
      const objective = (theta: tf.Tensor) => {
        const { mean, logStd, value } = split(theta as tf.Tensor1D);
        return gaussianLoss({ mean, logStd }, reference, batch.x, batch.lp, batch.a, hyper).add(
          valueLoss(value, oldValue, batch.r, hyper.valueClip).mul(hyper.valueCoefficient),
        );
      };
      const { mean, logStd, value } = split(this.#parameters.theta);
      const logRatio = logProbability(batch.x, mean, logStd).sub<tf.Tensor1D>(batch.lp);
      const ratio = logRatio.exp();
      const one = (t: tf.Tensor) => t.reshape<tf.Tensor1D>([1]);
      return [
        tf.grad(objective)(this.#parameters.theta),
        tf.concat1d([
          // k3 of KL(old ‖ new): the actions come from the old policy.
          one(ratio.sub(1).sub(logRatio).mean()),
          one(ratio.sub(1).abs().greater(hyper.clip).toFloat().mean()),
          one(ratio.mean()),
          one(policyLoss(ratio, batch.a, hyper.clip)),
          one(valueLoss(value, oldValue, batch.r, hyper.valueClip)),
        ]),
      ];
    }) as [tf.Tensor1D, tf.Tensor1D];
    this.#parameters.apply(gradient, 'adam', { learningRate: hyper.policyLearningRate, weightDecay: 0 });
    gradient.dispose();
    return measured;
  }

  /** Takes apart what `iterate` gave, read back. */
  unpack(values: Float32Array, samples: number): Iteration {
    let at = 0;
    const take = (count: number) => values.slice(at, (at += count));
    const theta = take(policyParameters);
    const actions = take(2 * samples);
    const rewards = take(samples);
    const logRatioToReference = take(samples);
    const [approxKl, clipFraction, ratio, lossOfPolicy, lossOfValue] = take(5);
    return {
      mean: [theta[0]!, theta[1]!],
      logStd: [theta[2]!, theta[3]!],
      value: theta[4]!,
      actions,
      rewards,
      logRatioToReference,
      approxKl: approxKl!,
      clipFraction: clipFraction!,
      ratio: ratio!,
      policyLoss: lossOfPolicy!,
      valueLoss: lossOfValue!,
      checkpoint: Parameters.unpack(values.slice(at), this.#iteration, this.#parameters.updates),
    };
  }

  dispose(): void {
    this.#parameters.dispose();
  }
}

/** The rows of each minibatch of an epoch, shuffled by seed; null stands for all rows in order. */
function minibatches(
  { samples, minibatches: count, seed }: PolicyHyper,
  iteration: number,
  epoch: number,
): (tf.Tensor1D | null)[] {
  if (count === 1) return [null];
  const source = random(seed, 'minibatches', iteration, epoch);
  const order = Int32Array.from({ length: samples }, (_, i) => i);
  for (let i = samples - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const size = Math.ceil(samples / count);
  return Array.from({ length: count }, (_, k) => order.slice(k * size, (k + 1) * size))
    .filter((rows) => rows.length > 0)
    .map((rows) => tf.tensor1d(rows, 'int32'));
}
