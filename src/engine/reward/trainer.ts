import * as tf from '../tf';
import { Parameters, type Checkpoint } from '../parameters';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { FeatureTable } from './feature-table';
import { linearHead } from './head';
import { bradleyTerry } from './losses/bradley-terry';

export type RewardHyper = Pick<Settings, 'optimizer' | 'learningRate' | 'weightDecay' | 'batchSize' | 'seed'>;

/** Rows of the feature table of the comparisons that are trained on. */
export interface TrainingPairs {
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
}

/**
 * The rows of one batch, chosen first, then rejected: drawn with replacement by the seed and the step's number alone,
 * so that a run can be repeated or taken up anywhere. With no more pairs than the batch holds, each is used once.
 */
export function drawBatch(pairs: TrainingPairs, batchSize: number, seed: number, step: number): Int32Array {
  const count = pairs.chosen.length;
  const size = Math.min(batchSize, count);
  const rows = new Int32Array(2 * size);
  const source = random(seed, 'batch', step);
  for (let i = 0; i < size; i++) {
    const pair = count <= batchSize ? i : source.integer(count);
    rows[i] = pairs.chosen[pair]!;
    rows[size + i] = pairs.rejected[pair]!;
  }
  return rows;
}

/** Trains a reward head by TensorFlow.js operations: any backend, any differentiable loss. */
export class RewardTrainer {
  readonly #parameters: Parameters;
  #optimizer: Settings['optimizer'] | null = null;
  #step: number;
  #gradientNorm: tf.Scalar = tf.scalar(0);

  constructor(checkpoint: Checkpoint) {
    this.#parameters = new Parameters(checkpoint);
    this.#step = checkpoint.step;
  }

  get step(): number {
    return this.#step;
  }

  /** One optimiser step on one batch. Only enqueues work: nothing is read back. @param pairs at least one */
  train(features: FeatureTable, pairs: TrainingPairs, hyper: RewardHyper): void {
    if (this.#optimizer !== null && this.#optimizer !== hyper.optimizer) this.#parameters.clearMoments();
    this.#optimizer = hyper.optimizer;
    const rows = drawBatch(pairs, hyper.batchSize, hyper.seed, this.#step);
    const [gradient, norm] = tf.tidy(() => {
      const batch = features.gather(rows);
      const loss = (theta: tf.Tensor) =>
        bradleyTerry(...linearHead.forwardPairs(theta as tf.Tensor1D, batch));
      const dTheta = tf.grad(loss)(this.#parameters.theta) as tf.Tensor1D;
      return [dTheta, dTheta.square().sum().sqrt()];
    }) as [tf.Tensor1D, tf.Scalar];
    this.#parameters.apply(gradient, hyper.optimizer, hyper);
    gradient.dispose();
    this.#gradientNorm.dispose();
    this.#gradientNorm = norm;
    this.#step += 1;
  }

  /** @param features [rows, dimension] @returns the reward of each row, [rows]; the caller disposes it */
  score(features: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() => linearHead.forward(this.#parameters.theta, features));
  }

  /** Rewards of `features`, then the gradient norm, then the packed parameters: one tensor for one read-back. */
  evaluation(features: tf.Tensor2D): tf.Tensor1D {
    return tf.tidy(() =>
      tf.concat1d([this.score(features), this.#gradientNorm.reshape([1]), this.#parameters.packed()]),
    );
  }

  /** Takes apart what `evaluation` gave, read back. @param rows how many rows were scored */
  unpack(
    values: Float32Array,
    rows: number,
  ): { rewards: Float32Array; gradNorm: number; checkpoint: Checkpoint } {
    return {
      rewards: values.slice(0, rows),
      gradNorm: values[rows]!,
      checkpoint: Parameters.unpack(values.slice(rows + 1), this.#step, this.#parameters.updates),
    };
  }

  dispose(): void {
    this.#parameters.dispose();
    this.#gradientNorm.dispose();
  }
}
