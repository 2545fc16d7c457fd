import * as tf from '../tf';
import { Parameters, type Checkpoint } from '../parameters';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { FeatureTable } from './feature-table';
import { bootstrapWeights } from './ensemble';
import { Head, linearSpec } from './head';
import { centring, losses } from './losses/pairwise';
import { schedules } from './schedules';

/** What a training step depends on besides the head and the data. */
export type RewardHyper = Pick<
  Settings,
  | 'optimizer'
  | 'learningRate'
  | 'weightDecay'
  | 'batchSize'
  | 'seed'
  | 'loss'
  | 'labelNoise'
  | 'centring'
  | 'schedule'
  | 'scheduleSteps'
  | 'maxGradNorm'
>;

/** Rows of the feature table of the comparisons that are trained on. */
export interface TrainingPairs {
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
}

/**
 * Which pairs make up one batch: drawn with replacement by the seed and the step's number alone, so that a run can be
 * repeated or taken up anywhere. With no more pairs than the batch holds, each is used once.
 */
export function drawPairs(count: number, batchSize: number, seed: number, step: number): Int32Array {
  if (count <= batchSize) return Int32Array.from({ length: count }, (_, i) => i);
  const source = random(seed, 'batch', step);
  return Int32Array.from({ length: batchSize }, () => source.integer(count));
}

/** The rows of the drawn pairs: the chosen ones, then the rejected ones. */
export function rowsOf({ chosen, rejected }: TrainingPairs, drawn: Int32Array): Int32Array {
  const rows = new Int32Array(2 * drawn.length);
  drawn.forEach((pair, i) => {
    rows[i] = chosen[pair]!;
    rows[drawn.length + i] = rejected[pair]!;
  });
  return rows;
}

/** Trains a reward head by TensorFlow.js operations: any backend, any head, any differentiable loss. */
export class RewardTrainer {
  readonly head: Head;
  readonly #parameters: Parameters;
  #optimizer: Settings['optimizer'] | null = null;
  #step: number;
  #gradientNorm: tf.Scalar = tf.scalar(0);
  #bootstrap: { pairs: TrainingPairs; seed: number; weights: Float32Array } | null = null;

  /** @param head the linear one that fits the checkpoint, unless given */
  constructor(checkpoint: Checkpoint, head = new Head(linearSpec(checkpoint.theta.length - 1))) {
    this.head = head;
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
    const drawn = drawPairs(pairs.chosen.length, hyper.batchSize, hyper.seed, this.#step);
    const weights = this.#weights(pairs, drawn, hyper.seed);
    const [gradient, norm] = tf.tidy(() => {
      const batch = features.gather(rowsOf(pairs, drawn));
      const loss = (theta: tf.Tensor) => this.#loss(theta as tf.Tensor1D, batch, weights, hyper);
      return this.#clipped(tf.grad(loss)(this.#parameters.theta) as tf.Tensor1D, hyper.maxGradNorm);
    });
    const learningRate = hyper.learningRate * schedules[hyper.schedule](this.#step, hyper.scheduleSteps);
    this.#parameters.apply(gradient, hyper.optimizer, { ...hyper, learningRate });
    gradient.dispose();
    this.#gradientNorm.dispose();
    this.#gradientNorm = norm;
    this.#step += 1;
  }

  /** The members' losses added up, so that each has the gradient it would have alone. */
  #loss(theta: tf.Tensor1D, batch: tf.Tensor2D, weights: Float32Array | null, hyper: RewardHyper): tf.Scalar {
    const [chosen, rejected] = this.head.forwardPairs(theta, batch);
    let each = losses[hyper.loss](chosen.sub(rejected), hyper);
    if (hyper.centring > 0) each = each.add(centring(chosen, rejected).mul(hyper.centring));
    if (weights) each = each.mul(tf.tensor2d(weights, chosen.shape));
    return each.sum().div(chosen.shape[1]);
  }

  /** Bootstrap counts of the drawn pairs for each member, [members · drawn]; null for a single head. */
  #weights(pairs: TrainingPairs, drawn: Int32Array, seed: number): Float32Array | null {
    const { members } = this.head.spec;
    if (members === 1) return null;
    const count = pairs.chosen.length;
    if (this.#bootstrap?.pairs !== pairs || this.#bootstrap.seed !== seed)
      this.#bootstrap = { pairs, seed, weights: bootstrapWeights(seed, members, count) };
    const { weights } = this.#bootstrap;
    return Float32Array.from(
      { length: members * drawn.length },
      (_, i) => weights[Math.floor(i / drawn.length) * count + drawn[i % drawn.length]!]!,
    );
  }

  /** Clips each member's gradient to a norm (0: not at all). @returns the gradient, and its norm before */
  #clipped(gradient: tf.Tensor1D, most: number): [tf.Tensor1D, tf.Scalar] {
    const norm: tf.Scalar = gradient.square().sum<tf.Scalar>().sqrt();
    if (most === 0) return [gradient, norm];
    const table = gradient.reshape<tf.Tensor2D>([this.head.spec.members, this.head.memberSize]);
    const norms = table.square().sum(1, true).sqrt();
    const factor = tf.minimum(1, tf.div(most, norms.add(1e-12)));
    return [table.mul(factor).reshape<tf.Tensor1D>([gradient.size]), norm];
  }

  /** @param features [rows, dimension] @returns each member's rewards, [members, rows]; the caller disposes it */
  score(features: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => this.head.forward(this.#parameters.theta, features));
  }

  /** Rewards of `features`, the gradient norm, and the packed parameters if wanted: one tensor for one read-back. */
  evaluation(features: tf.Tensor2D, withParameters = true): tf.Tensor1D {
    return tf.tidy(() =>
      tf.concat1d([
        this.score(features).flatten(),
        this.#gradientNorm.reshape([1]),
        ...(withParameters ? [this.#parameters.packed()] : []),
      ]),
    );
  }

  /**
   * Takes apart what `evaluation` gave, read back.
   * @param rows how many rows were scored
   * @returns rewards [members · rows]; a checkpoint if the parameters are among the values
   */
  unpack(
    values: Float32Array,
    rows: number,
  ): { rewards: Float32Array; gradNorm: number; checkpoint: Checkpoint | null } {
    const scored = rows * this.head.spec.members;
    const packed = values.slice(scored + 1);
    return {
      rewards: values.slice(0, scored),
      gradNorm: values[scored]!,
      checkpoint: packed.length > 0 ? Parameters.unpack(packed, this.#step, this.#parameters.updates) : null,
    };
  }

  dispose(): void {
    this.#parameters.dispose();
    this.#gradientNorm.dispose();
  }
}
