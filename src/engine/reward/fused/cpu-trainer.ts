import * as tf from '../../tf';
import type { Observations } from '../../../domain/observations';
import type { Checkpoint } from '../../parameters';
import { Batches, type Batch } from '../batch';
import { Bootstrap } from '../bootstrap';
import type { FeatureTable } from '../feature-table';
import { dropoutMask, type Head } from '../head';
import { rowSlopes } from '../losses/row-slopes';
import { sharesOf } from '../shares';
import type { RewardHyper, RewardTrainer, TrainerState } from '../trainer';
import { Heap, type Pointer } from './heap';
import { netOf, type Net } from './net';
import { columnsPadded, Packing, rowsPadded } from './packing';
import { updateAt, type Update } from './update';

/** Rows that are scored at once: few enough to stay in the cache. */
const scoredAtOnce = 128;

/** Trains on the processor, all in one heap: no tensor is made, nothing is allocated from step to step. */
export class FusedCpuTrainer implements RewardTrainer {
  readonly head: Head;
  readonly #packing: Packing;
  readonly #heap = new Heap();
  readonly #net: Net;
  /** Packed, [members · floats] each. */
  readonly #theta: Pointer;
  readonly #gradient: Pointer;
  readonly #m: Pointer;
  readonly #v: Pointer;
  #step: number;
  #updates: number;
  #optimizer: RewardHyper['optimizer'] | null = null;
  #gradientNorm = 0;
  readonly #batches = new Batches();
  readonly #bootstrap = new Bootstrap();

  /** Everything from here on depends on the table and the size of the batches. */
  readonly #mark: number;
  #table: FeatureTable | null = null;
  #rows = 0;
  #features: Pointer = 0;
  #indices: Pointer = 0;
  #x: Pointer = 0;
  /** What `#x` holds: rows of the batch in this order, or differences of its pairs. */
  #gathered: { batch: Batch; differences: boolean; order: Int32Array } | null = null;

  /** @throws Error where there is no WebAssembly SIMD or no memory */
  constructor(checkpoint: Checkpoint, head: Head) {
    this.head = head;
    this.#packing = new Packing(head);
    this.#net = netOf(head, this.#packing, this.#heap);
    const count = this.#count;
    [this.#theta, this.#gradient, this.#m, this.#v] = [0, 0, 0, 0].map(() => this.#heap.take(count)) as [
      Pointer,
      Pointer,
      Pointer,
      Pointer,
    ];
    this.#packing.pack(checkpoint.theta, this.#heap.floats(this.#theta, count));
    this.#packing.pack(checkpoint.m, this.#heap.floats(this.#m, count));
    this.#packing.pack(checkpoint.v, this.#heap.floats(this.#v, count));
    this.#step = checkpoint.step;
    this.#updates = checkpoint.updates;
    this.#mark = this.#heap.mark;
  }

  get #count(): number {
    return this.head.spec.members * this.#packing.floats;
  }

  get step(): number {
    return this.#step;
  }

  train(
    features: FeatureTable,
    data: Observations,
    hyper: RewardHyper,
    steps: number,
    emphasis?: Float32Array,
  ): void {
    if (this.#optimizer !== null && this.#optimizer !== hyper.optimizer) this.#clearMoments();
    this.#optimizer = hyper.optimizer;
    for (let k = 0; k < steps; k++) this.#train(features, data, hyper, emphasis);
  }

  #clearMoments(): void {
    for (const moment of [this.#m, this.#v]) this.#heap.floats(moment, this.#count).fill(0);
    this.#updates = 0;
  }

  #train(features: FeatureTable, data: Observations, hyper: RewardHyper, emphasis?: Float32Array): void {
    const { members } = this.head.spec;
    const batch = this.#batches.at(data, hyper, this.#step);
    const rows = batch.rows.length;
    this.#reserve(features, rows);
    // Of a linear head, a margin is the reward of a difference.
    const pairsAlone = rows === 2 * batch.pairs.count && hyper.centring === 0;
    const differences = pairsAlone && this.head.layers.length === 1 && this.head.spec.outputs === 1;
    this.#gather(batch, differences);
    const weights = this.#bootstrap.of(data, batch, members, hyper.seed, emphasis);
    const shares = sharesOf(batch, this.head.spec.outputs, hyper);
    const masks = this.#masks(rows, hyper);
    this.#updates += 1;
    const update = updateAt(hyper, this.#step, this.#updates);
    let squares = 0;
    for (let member = 0; member < members; member++) {
      const { order } = this.#gathered!;
      this.#net.drop(masks && masks.map((mask) => arranged(part(mask, member, members), order)));
      const own = weights && part(weights, member, members);
      const gradient = this.#gradient + 4 * member * this.#packing.floats;
      this.#differentiate(member, batch, differences, own, shares, hyper);
      const length = this.#heap.kernels.squares(gradient, this.#packing.floats);
      squares += length;
      const most = hyper.maxGradNorm;
      this.#apply(member, update, most > 0 ? Math.min(1, most / (Math.sqrt(length) + 1e-12)) : 1);
    }
    this.#gradientNorm = Math.sqrt(squares);
    this.#step += 1;
  }

  /** Room for the table and for batches of so many rows. */
  #reserve(features: FeatureTable, rows: number): void {
    if (this.#table === features && rows <= this.#rows) return;
    this.#rows = Math.max(rows, this.#rows, scoredAtOnce);
    this.#table = features;
    this.#gathered = null;
    const stride = columnsPadded(features.dimension);
    this.#heap.release(this.#mark);
    this.#indices = this.#heap.take(this.#rows);
    this.#x = this.#heap.take(rowsPadded(this.#rows) * stride);
    this.#net.reserve(this.#rows);
    this.#features = this.#heap.take(rowsPadded(features.rows) * stride);
    this.#copyRows(features.values, features.dimension, this.#features);
  }

  /** Rows without padding to rows with it. */
  #copyRows(values: Float32Array, dimension: number, to: Pointer): void {
    const stride = columnsPadded(dimension);
    const rows = values.length / dimension;
    const target = this.#heap.floats(to, rows * stride);
    if (stride === dimension) target.set(values);
    else
      for (let row = 0; row < rows; row++)
        target.set(values.subarray(row * dimension, (row + 1) * dimension), row * stride);
  }

  #gather(batch: Batch, differences: boolean): void {
    // Where a batch holds everything, it is the same from step to step.
    if (this.#gathered?.batch === batch && this.#gathered.differences === differences) return;
    const order = pairsTogether(batch);
    this.#gathered = { batch, differences, order };
    const { kernels } = this.#heap;
    const stride = 4 * columnsPadded(this.head.spec.dimension);
    const indices = differences ? batch.rows : order.map((row) => batch.rows[row]!);
    this.#heap.integers(this.#indices, indices.length).set(indices);
    if (differences) kernels.differences(this.#x, this.#features, stride, this.#indices, batch.pairs.count);
    else kernels.gather(this.#x, this.#features, stride, this.#indices, batch.rows.length);
  }

  #masks(rows: number, { dropout, seed }: RewardHyper): Float32Array[] | null {
    const { hidden, members } = this.head.spec;
    if (dropout === 0 || hidden.length === 0) return null;
    return hidden.map((width, layer) =>
      dropoutMask(dropout, members * rows * width, seed, this.#step, layer),
    );
  }

  /** Writes the member's gradient. @param weights bootstrap counts of its observations */
  #differentiate(
    member: number,
    batch: Batch,
    differences: boolean,
    weights: Float32Array | null,
    shares: Float32Array | null,
    hyper: RewardHyper,
  ): void {
    const { outputs } = this.head.spec;
    const { floats, layers, tie } = this.#packing;
    const theta = this.#theta + 4 * member * floats;
    const gradient = this.#gradient + 4 * member * floats;
    const rows = differences ? batch.pairs.count : batch.rows.length;
    const unbiased = new Float32Array(batch.rows.length * outputs);
    const { order } = this.#gathered!;
    this.#net.forward(theta, this.#x, rows, unbiased);
    const lastBias = layers.at(-1)!.bias;
    const bias = this.#heap.floats(theta + 4 * lastBias, outputs);
    const rewards = differences ? unbiased : rewardsOf(asBefore(unbiased, order), bias, shares);
    const ties = [hyper.learnTies ? this.#heap.floats(theta + 4 * tie, 1)[0]! : Math.log(hyper.tieParameter)];
    const { slopes, biasSlopes, tieSlopes } = rowSlopes(batch, rewards, weights, ties, hyper);
    const byOutputs = outputs === 1 ? slopes : spread(slopes, shares!, outputs);
    this.#net.backward(theta, this.#x, rows, differences ? byOutputs : arranged(byOutputs, order), gradient);
    const biasGradient = this.#heap.floats(gradient + 4 * lastBias, outputs).fill(0);
    for (let i = 0; i < biasSlopes.length * outputs; i++)
      biasGradient[i % outputs]! += biasSlopes[Math.floor(i / outputs)]! * (shares ? shares[i]! : 1);
    this.#heap.floats(gradient + 4 * tie, 1)[0] = tieSlopes[0]!;
  }

  #apply(member: number, { kind, rate, keep, pull, correction }: Update, scale: number): void {
    const { floats } = this.#packing;
    const at = 4 * member * floats;
    const { kernels } = this.#heap;
    const [theta, gradient] = [this.#theta + at, this.#gradient + at];
    if (kind === 'sgd') kernels.sgd(theta, gradient, floats, scale, rate, keep);
    else
      kernels.adam(theta, gradient, this.#m + at, this.#v + at, floats, scale, pull, keep, rate, correction);
  }

  score(features: tf.Tensor2D, weightings: readonly (readonly number[])[]): tf.Tensor2D {
    const [rows, dimension] = features.shape;
    // On the CPU backend this only hands over the array it holds.
    const values = features.dataSync<'float32'>();
    if (this.#rows === 0) this.#reserveForScores();
    this.#gathered = null;
    const outputs = this.#outputsOf(rows, (from, count) => {
      this.#copyRows(values.subarray(from * dimension, (from + count) * dimension), dimension, this.#x);
      return this.#x;
    });
    const { members, outputs: count } = this.head.spec;
    const rewards = new Float32Array(weightings.length * members * rows);
    weightings.forEach((weights, k) => rewards.set(weigh(outputs, weights, count), k * members * rows));
    return tf.tensor2d(rewards, [weightings.length * members, rows]);
  }

  /** Room for scores before there is a table. */
  #reserveForScores(): void {
    this.#rows = scoredAtOnce;
    this.#x = this.#heap.take(rowsPadded(this.#rows) * columnsPadded(this.head.spec.dimension));
    this.#net.reserve(this.#rows);
  }

  /** @param place puts rows into the heap @returns [members · rows · outputs], last bias included */
  #outputsOf(rows: number, place: (from: number, count: number) => Pointer): Float32Array {
    const { members, outputs } = this.head.spec;
    const { floats, layers } = this.#packing;
    const all = new Float32Array(members * rows * outputs);
    this.#net.drop(null);
    for (let from = 0; from < rows; from += scoredAtOnce) {
      const count = Math.min(scoredAtOnce, rows - from);
      const x = place(from, count);
      for (let member = 0; member < members; member++) {
        const theta = this.#theta + 4 * member * floats;
        const at = (member * rows + from) * outputs;
        const own = all.subarray(at, at + count * outputs);
        this.#net.forward(theta, x, count, own);
        const bias = this.#heap.floats(theta + 4 * layers.at(-1)!.bias, outputs);
        for (let i = 0; i < own.length; i++) own[i]! += bias[i % outputs]!;
      }
    }
    return all;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as the interface has it
  async evaluate(
    features: FeatureTable,
    weightings: readonly (readonly number[])[],
    withParameters: boolean,
  ): Promise<TrainerState> {
    this.#reserve(features, 0);
    const stride = 4 * columnsPadded(features.dimension);
    const outputs = this.#outputsOf(features.rows, (from) => this.#features + from * stride);
    return {
      rewards: weightings.map((weights) => weigh(outputs, weights, this.head.spec.outputs)),
      gradNorm: this.#gradientNorm,
      checkpoint: withParameters ? this.#checkpoint() : null,
    };
  }

  #checkpoint(): Checkpoint {
    const part = (at: Pointer) => this.#packing.unpack(this.#heap.floats(at, this.#count));
    return {
      step: this.#step,
      updates: this.#updates,
      theta: part(this.#theta),
      m: part(this.#m),
      v: part(this.#v),
    };
  }

  dispose(): void {
    // The heap goes with the trainer.
  }
}

const part = (values: Float32Array, member: number, members: number): Float32Array =>
  values.subarray((member * values.length) / members, ((member + 1) * values.length) / members);

/**
 * Rows in the order they are worked on: the two of a pair next to each other. What a parameter does to both alike then
 * cancels exactly in its gradient; of a sum that is only nearly 0, Adam would make whole steps.
 */
function pairsTogether({ rows, pairs: { count } }: Batch): Int32Array {
  return Int32Array.from(rows, (_, i) => (i < 2 * count ? (i % 2) * count + (i >> 1) : i));
}

/** @param values [rows · width] of a batch @returns the same in the order given */
function arranged(values: Float32Array, order: Int32Array): Float32Array {
  const width = values.length / order.length;
  const to = new Float32Array(values.length);
  order.forEach((row, i) => to.set(values.subarray(row * width, (row + 1) * width), i * width));
  return to;
}

/** The way back. */
function asBefore(values: Float32Array, order: Int32Array): Float32Array {
  const width = values.length / order.length;
  const to = new Float32Array(values.length);
  order.forEach((row, i) => to.set(values.subarray(i * width, (i + 1) * width), row * width));
  return to;
}

/** @param unbiased [rows · outputs] @param shares [rows · outputs], null with one output @returns [rows] */
function rewardsOf(unbiased: Float32Array, bias: Float32Array, shares: Float32Array | null): Float32Array {
  if (!shares) return unbiased.map((value) => value + bias[0]!);
  const outputs = bias.length;
  const rewards = new Float32Array(unbiased.length / outputs);
  for (let i = 0; i < unbiased.length; i++)
    rewards[Math.floor(i / outputs)]! += shares[i]! * (unbiased[i]! + bias[i % outputs]!);
  return rewards;
}

/** Slopes by the rewards to slopes by the outputs. */
const spread = (slopes: Float32Array, shares: Float32Array, outputs: number): Float32Array =>
  shares.map((share, i) => share * slopes[Math.floor(i / outputs)]!);

/** @param outputs [… · count] @returns the outputs weighed to one reward, […] */
function weigh(outputs: Float32Array, weights: readonly number[], count: number): Float32Array {
  if (count === 1) return outputs.slice();
  const rewards = new Float32Array(outputs.length / count);
  for (let i = 0; i < outputs.length; i++)
    rewards[Math.floor(i / count)]! += weights[i % count]! * outputs[i]!;
  return rewards;
}
