import * as tf from '../tf';
import { Parameters, type Checkpoint, type Read } from '../parameters';
import type { Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import { Batches, type Batch } from './batch';
import { Bootstrap } from './bootstrap';
import type { FeatureTable } from './feature-table';
import { dropoutMask, Head, weighed, type HeadOutputs } from './head';
import { centring, listLosses, pairLosses } from './losses';
import { schedules } from './schedules';
import { sharesOf } from './shares';
import type { RewardHyper, RewardTrainer, TrainerState } from './trainer';

/** Trains a reward head by TensorFlow.js operations: any backend, any head, any differentiable loss. */
export class OpsTrainer implements RewardTrainer {
  readonly head: Head;
  readonly #parameters: Parameters;
  #optimizer: Settings['optimizer'] | null = null;
  #step: number;
  #gradientNorm: tf.Scalar = tf.scalar(0);
  readonly #batches = new Batches();
  readonly #bootstrap = new Bootstrap();

  constructor(checkpoint: Checkpoint, head: Head) {
    this.head = head;
    this.#parameters = new Parameters(checkpoint);
    this.#step = checkpoint.step;
  }

  get step(): number {
    return this.#step;
  }

  train(
    features: FeatureTable,
    data: Observations,
    hyper: RewardHyper,
    steps = 1,
    emphasis?: Float32Array,
  ): void {
    if (this.#optimizer !== null && this.#optimizer !== hyper.optimizer) this.#parameters.clearMoments();
    this.#optimizer = hyper.optimizer;
    for (let k = 0; k < steps; k++) this.#train(features, data, hyper, emphasis);
  }

  #train(features: FeatureTable, data: Observations, hyper: RewardHyper, emphasis?: Float32Array): void {
    const batch = this.#batches.at(data, hyper, this.#step);
    const counts = this.#bootstrap.of(data, batch, this.head.spec.members, hyper.seed, emphasis);
    const [gradient, norm] = tf.tidy(() => {
      const rows = features.gather(batch.rows);
      const loss = (theta: tf.Tensor) => this.#loss(theta as tf.Tensor1D, rows, batch, counts, hyper);
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
  #loss(
    theta: tf.Tensor1D,
    features: tf.Tensor2D,
    batch: Batch,
    counts: Float32Array | null,
    hyper: RewardHyper,
  ): tf.Scalar {
    const outputs = this.head.outputs(theta, features, this.#masks(batch, hyper));
    const judged = judge(outputs, batch, hyper);
    const tie = hyper.learnTies ? this.head.tie(theta) : tf.scalar(Math.log(hyper.tieParameter));
    const each = tf.concat2d(
      [
        ...(batch.pairs.count > 0 ? [pairPart(judged, tie, batch, hyper)] : []),
        ...(batch.lists.count > 0 ? [listPart(judged, batch, hyper)] : []),
        ...(batch.ratings.count > 0 ? [ratingPart(judged, batch, hyper)] : []),
      ],
      1,
    );
    return (counts ? each.mul(tf.tensor2d(counts, each.shape)) : each).sum().div(batch.size);
  }

  #masks(batch: Batch, { dropout, seed }: RewardHyper): tf.Tensor3D[] {
    const { hidden, members } = this.head.spec;
    if (dropout === 0) return [];
    return hidden.map((width, layer) => {
      const shape: [number, number, number] = [members, batch.rows.length, width];
      return tf.tensor3d(dropoutMask(dropout, tf.util.sizeFromShape(shape), seed, this.#step, layer), shape);
    });
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

  score(features: tf.Tensor2D, weightings: readonly (readonly number[])[]): tf.Tensor2D {
    return tf.tidy(() => this.head.forward(this.#parameters.theta, features, weightings));
  }

  async evaluate(
    features: FeatureTable,
    weightings: readonly (readonly number[])[],
    withParameters: boolean,
    read: Read,
  ): Promise<TrainerState> {
    // One tensor for one read-back.
    const tensor = tf.tidy(() =>
      tf.concat1d([
        ...(weightings.length > 0 ? [this.score(features.all, weightings).flatten()] : []),
        this.#gradientNorm.reshape([1]),
        ...(withParameters ? [this.#parameters.packed()] : []),
      ]),
    );
    const step = this.#step;
    const values = await read(tensor);
    tensor.dispose();
    const size = features.rows * this.head.spec.members;
    const scored = weightings.length * size;
    return {
      rewards: weightings.map((_, k) => values.slice(k * size, (k + 1) * size)),
      gradNorm: values[scored]!,
      checkpoint: withParameters
        ? Parameters.unpack(values.slice(scored + 1), step, this.#parameters.updates)
        : null,
    };
  }

  dispose(): void {
    this.#parameters.dispose();
    this.#gradientNorm.dispose();
  }
}

/** Rewards of the rows of a batch, [members, rows], each by the criterion it was judged by. */
interface Judged {
  /**
   * Without the last bias, for what only compares: in its gradient the sides would cancel only nearly, and of a sum
   * that is nearly 0 Adam would make whole steps.
   */
  readonly compared: tf.Tensor2D;
  /** With it, for what has a scale of its own. */
  absolute(): tf.Tensor2D;
}

function judge({ unbiased, bias }: HeadOutputs, batch: Batch, hyper: RewardHyper): Judged {
  const { criterion } = batch;
  const outputs = unbiased.shape[2];
  const shares = sharesOf(batch, outputs, hyper);
  const weights = shares && tf.tensor2d(shares, [criterion.length, outputs]);
  return {
    compared: weighed(unbiased, weights),
    absolute: () => weighed(unbiased.add(bias), weights),
  };
}

/** @returns the loss of each pair by each member, [members, pairs] */
function pairPart(judged: Judged, tie: tf.Tensor, { pairs }: Batch, hyper: RewardHyper): tf.Tensor2D {
  const { count } = pairs;
  const members = judged.compared.shape[0];
  const sides = (rewards: tf.Tensor2D) =>
    [0, count].map((from) => rewards.slice([0, from], [members, count])) as [tf.Tensor2D, tf.Tensor2D];
  const [chosen, rejected] = sides(judged.compared);
  const loss = pairLosses[hyper.loss];
  let delta: tf.Tensor2D = chosen.sub(rejected);
  if (hyper.marginScale > 0 && pairs.margin.some((share) => share > 0))
    delta = delta.sub(tf.tensor2d(pairs.margin, [1, count]).mul(hyper.marginScale));
  let each = loss.decided(delta, hyper, tie) as tf.Tensor2D;
  if (loss.tied && pairs.tied.some((tied) => tied === 1)) {
    const tied = tf.tensor2d(pairs.tied, [1, count]);
    each = each.mul(tf.sub(1, tied)).add<tf.Tensor2D>(loss.tied(delta, hyper, tie).mul(tied));
  }
  if (hyper.centring > 0) {
    const [c, r] = sides(judged.absolute());
    each = each.add(centring(c, r).mul(hyper.centring));
  }
  return each;
}

/** @returns the loss of each list by each member, [members, lists] */
function listPart({ compared }: Judged, { pairs, lists }: Batch, hyper: RewardHyper): tf.Tensor2D {
  const members = compared.shape[0];
  const rewards = compared
    .slice([0, 2 * pairs.count], [members, lists.count * lists.length])
    .reshape<tf.Tensor3D>([members, lists.count, lists.length]);
  return listLosses[hyper.rankingLoss].tensor(rewards, lists);
}

/** Squared errors times the weight of ratings, [members, ratings]: regression, as HelpSteer's. */
function ratingPart(judged: Judged, { rows, ratings }: Batch, hyper: RewardHyper): tf.Tensor2D {
  const rewards = judged.absolute();
  const members = rewards.shape[0];
  return rewards
    .slice([0, rows.length - ratings.count], [members, ratings.count])
    .sub(tf.tensor2d(ratings.target, [1, ratings.count]))
    .square()
    .mul(hyper.ratingWeight);
}
