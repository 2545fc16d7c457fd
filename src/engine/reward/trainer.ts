import * as tf from '../tf';
import { Parameters, type Checkpoint } from '../parameters';
import { countOf, type Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import { Batches, type Batch } from './batch';
import { bootstrapWeights } from './ensemble';
import type { FeatureTable } from './feature-table';
import { dropoutMask, Head, weighed, type HeadOutputs } from './head';
import { centring, listLosses, pairLosses } from './losses';
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
  | 'rankingLoss'
  | 'ratingWeight'
  | 'marginScale'
  | 'learnTies'
  | 'tieParameter'
  | 'labelNoise'
  | 'centring'
  | 'criterionWeight1'
  | 'criterionWeight2'
  | 'criterionWeight3'
  | 'dropout'
  | 'schedule'
  | 'scheduleSteps'
  | 'maxGradNorm'
>;

/** Weights of the criteria, in the scenario's order. */
export const criterionWeights = ({
  criterionWeight1,
  criterionWeight2,
  criterionWeight3,
}: Pick<Settings, 'criterionWeight1' | 'criterionWeight2' | 'criterionWeight3'>): number[] => [
  criterionWeight1,
  criterionWeight2,
  criterionWeight3,
];

/** Trains a reward head by TensorFlow.js operations: any backend, any head, any differentiable loss. */
export class RewardTrainer {
  readonly head: Head;
  readonly #parameters: Parameters;
  #optimizer: Settings['optimizer'] | null = null;
  #step: number;
  #gradientNorm: tf.Scalar = tf.scalar(0);
  readonly #batches = new Batches();
  #bootstrap: { data: Observations; seed: number; weights: Float32Array } | null = null;

  constructor(checkpoint: Checkpoint, head: Head) {
    this.head = head;
    this.#parameters = new Parameters(checkpoint);
    this.#step = checkpoint.step;
  }

  get step(): number {
    return this.#step;
  }

  /**
   * One optimiser step on one batch. Only enqueues work: nothing is read back.
   * @param data at least one observation
   * @param emphasis how much each observation counts; by default all the same
   */
  train(features: FeatureTable, data: Observations, hyper: RewardHyper, emphasis?: Float32Array): void {
    if (this.#optimizer !== null && this.#optimizer !== hyper.optimizer) this.#parameters.clearMoments();
    this.#optimizer = hyper.optimizer;
    const batch = this.#batches.at(data, hyper, this.#step);
    const [gradient, norm] = tf.tidy(() => {
      const weights = this.#weights(data, batch, hyper.seed, emphasis);
      const rows = features.gather(batch.rows);
      const loss = (theta: tf.Tensor) => this.#loss(theta as tf.Tensor1D, rows, batch, weights, hyper);
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
    weights: tf.Tensor2D | null,
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
    return (weights ? each.mul(weights) : each).sum().div(batch.size);
  }

  #masks(batch: Batch, { dropout, seed }: RewardHyper): tf.Tensor3D[] {
    const { hidden, members } = this.head.spec;
    if (dropout === 0) return [];
    return hidden.map((width, layer) => {
      const shape: [number, number, number] = [members, batch.rows.length, width];
      return tf.tensor3d(dropoutMask(dropout, tf.util.sizeFromShape(shape), seed, this.#step, layer), shape);
    });
  }

  /** What each drawn observation counts for each member, [members, drawn]; null where all count the same. */
  #weights(
    data: Observations,
    { drawn }: Batch,
    seed: number,
    emphasis: Float32Array | undefined,
  ): tf.Tensor2D | null {
    const { members } = this.head.spec;
    if (members === 1 && !emphasis) return null;
    const count = countOf(data);
    if (members > 1 && (this.#bootstrap?.data !== data || this.#bootstrap.seed !== seed))
      this.#bootstrap = { data, seed, weights: bootstrapWeights(seed, members, count) };
    const bootstrap = members > 1 ? this.#bootstrap!.weights : null;
    const picked = Float32Array.from({ length: members * drawn.length }, (_, i) => {
      const observation = drawn[i % drawn.length]!;
      const times = bootstrap ? bootstrap[Math.floor(i / drawn.length) * count + observation]! : 1;
      return times * (emphasis ? emphasis[observation]! : 1);
    });
    return tf.tensor2d(picked, [members, drawn.length]);
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

  /** Length of the last gradient. Once it is read, all steps so far are done. The caller disposes it. */
  gradientNorm(): tf.Scalar {
    return this.#gradientNorm.clone();
  }

  /**
   * @param features [rows, dimension] @param weightings of the criteria
   * @returns each member's rewards under each weighting, [weightings · members, rows]; the caller disposes it
   */
  score(features: tf.Tensor2D, weightings: readonly (readonly number[])[]): tf.Tensor2D {
    return tf.tidy(() => this.head.forward(this.#parameters.theta, features, weightings));
  }

  /**
   * Rewards of `features` by each of several weights of the criteria, the gradient norm, and the packed parameters
   * if wanted: one tensor for one read-back.
   */
  evaluation(
    features: tf.Tensor2D,
    weightings: readonly (readonly number[])[],
    withParameters = true,
  ): tf.Tensor1D {
    return tf.tidy(() =>
      tf.concat1d([
        this.score(features, weightings).flatten(),
        this.#gradientNorm.reshape([1]),
        ...(withParameters ? [this.#parameters.packed()] : []),
      ]),
    );
  }

  /**
   * Takes apart what `evaluation` gave, read back.
   * @param rows how many rows were scored @param weightings how many times
   * @returns rewards [members · rows] by each weighting; a checkpoint if the parameters are among the values
   */
  unpack(
    values: Float32Array,
    rows: number,
    weightings: number,
  ): { rewards: Float32Array[]; gradNorm: number; checkpoint: Checkpoint | null } {
    const size = rows * this.head.spec.members;
    const scored = weightings * size;
    const packed = values.slice(scored + 1);
    return {
      rewards: Array.from({ length: weightings }, (_, k) => values.slice(k * size, (k + 1) * size)),
      gradNorm: values[scored]!,
      checkpoint: packed.length > 0 ? Parameters.unpack(packed, this.#step, this.#parameters.updates) : null,
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

function judge({ unbiased, bias }: HeadOutputs, { criterion }: Batch, hyper: RewardHyper): Judged {
  const count = unbiased.shape[2];
  let weights: tf.Tensor2D | null = null;
  if (count > 1) {
    const together = criterionWeights(hyper);
    const shares = Array.from(criterion, (own) =>
      Array.from({ length: count }, (_, c) => (own < 0 ? together[c]! : own === c ? 1 : 0)),
    );
    weights = tf.tensor2d(shares.flat(), [criterion.length, count]);
  }
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
