import * as tf from '../../tf';
import { random, type Random } from '../../../domain/random';
import type { Batch, Evaluation, PlainFamily, ReferenceBatch } from './family';
import { entropy, klPerDimension, logProbability } from './gaussian-density';
import { GaussianPlain } from './gaussian-plain';
import { Network, spread } from './network';
import type { PlainBatch } from './plain';

export interface GaussianSpec {
  /** Numbers in an action. */
  readonly actions: number;
  /** Numbers in a state; 0 for a policy that always stands before the same choice. */
  readonly states: number;
  /** Hidden layers of mean and value; none makes both linear in the state. */
  readonly hidden: readonly number[];
  /** log standard deviation to begin with. */
  readonly logStd: number;
  /** The standard deviation stays as it began, and only the mean is learned. */
  readonly fixedStd?: boolean;
  /** Draws the states of `count` episodes, [count · states]. */
  readonly drawStates: (count: number, source: Random) => Float32Array;
  /** Episodes of the same state that stand together; default: all in one group without states, else none together. */
  readonly groupSize?: number;
}

/** [count · states] and [count · actions]. */
export interface GaussianActions {
  readonly states: Float32Array;
  readonly actions: Float32Array;
}

/** Over the plane, with nothing to see: θ = [mean x, mean y, log std x, log std y, value]. */
export const planeSpec: GaussianSpec = {
  actions: 2,
  states: 0,
  hidden: [],
  logStd: 0,
  drawStates: () => new Float32Array(0),
};

/**
 * Diagonal Gaussian whose mean is a linear map or a network of the state, with learned standard deviations that are the
 * same in every state. Episodes are one step long. θ = mean network, log std, value network.
 */
export class GaussianFamily implements PlainFamily<GaussianActions> {
  readonly steps = 1;
  readonly size: number;
  readonly #spec: GaussianSpec;
  readonly #mean: Network;
  readonly #value: Network;

  constructor(spec: GaussianSpec) {
    this.#spec = spec;
    this.#mean = new Network(spec.states, spec.hidden, spec.actions);
    this.#value = new Network(spec.states, spec.hidden, 1, this.#mean.size + spec.actions);
    this.size = this.#mean.size + spec.actions + this.#value.size;
  }

  initial(seed: number): Float32Array {
    const theta = new Float32Array(this.size);
    const source = random(seed, 'gaussian-policy');
    this.#mean.initialise(theta, source);
    theta.fill(this.#spec.logStd, this.#mean.size, this.#mean.size + this.#spec.actions);
    this.#value.initialise(theta, source);
    return theta;
  }

  groups(count: number): number {
    const { states, groupSize = states === 0 ? count : 1 } = this.#spec;
    return count / groupSize;
  }

  sample(theta: Float32Array, count: number, source: Random): GaussianActions {
    const { actions: dims } = this.#spec;
    const states = this.#spec.drawStates(count, source);
    const means = this.#mean.forwardNumbers(theta, states, count);
    const std = theta.subarray(this.#mean.size, this.#mean.size + dims).map(Math.exp);
    const actions = new Float32Array(count * dims);
    for (let i = 0; i < actions.length; i++)
      actions[i] = means[i]! + std[i % dims]! * Math.fround(source.normal());
    return { states, actions };
  }

  plain(actions: GaussianActions, reference: Float32Array): PlainBatch {
    const parts = { spec: this.#spec, mean: this.#mean, value: this.#value, size: this.size };
    return new GaussianPlain(parts, actions, reference);
  }

  pick({ states, actions }: GaussianActions, rows: Int32Array): GaussianActions {
    const part = (values: Float32Array, width: number) =>
      Float32Array.from(
        { length: rows.length * width },
        (_, i) => values[rows[Math.floor(i / width)]! * width + (i % width)]!,
      );
    return { states: part(states, this.#spec.states), actions: part(actions, this.#spec.actions) };
  }

  batch({ states, actions }: GaussianActions): Batch {
    const count = actions.length / this.#spec.actions;
    const onDevice = { actions: tf.tensor2d(actions, [count, this.#spec.actions]) };
    return this.#spec.states === 0
      ? onDevice
      : { ...onDevice, states: tf.tensor2d(states, [count, this.#spec.states]) };
  }

  /** @returns mean [samples, dims], or [1, dims] where there is no state; log std [dims] */
  #distribution(theta: tf.Tensor1D, { states }: Batch): { mean: tf.Tensor2D; logStd: tf.Tensor1D } {
    return {
      mean: this.#mean.forward(theta, (states as tf.Tensor2D | undefined) ?? 1),
      logStd: this.#spec.fixedStd
        ? tf.fill<tf.Rank.R1>([this.#spec.actions], this.#spec.logStd)
        : theta.slice([this.#mean.size], [this.#spec.actions]),
    };
  }

  reference(theta: tf.Tensor1D, batch: Batch): ReferenceBatch {
    const { mean, logStd } = this.#distribution(theta, batch);
    const logProb = logProbability(batch['actions'] as tf.Tensor2D, mean, logStd).expandDims<tf.Tensor2D>(1);
    const samples = logProb.shape[0];
    // One row for each sample, so that minibatches can be cut from it.
    const dims = this.#spec.actions;
    return { logProb, mean: spread(mean, samples, dims), logStd: spread(logStd, samples, dims) };
  }

  evaluate(theta: tf.Tensor1D, batch: Batch, reference: ReferenceBatch): Evaluation {
    const { mean, logStd } = this.#distribution(theta, batch);
    const logProb = logProbability(batch['actions'] as tf.Tensor2D, mean, logStd).expandDims<tf.Tensor2D>(1);
    const rows = logProb.shape[0];
    return {
      logProb,
      entropy: spread(entropy(logStd), rows, 1),
      value: this.#value.forward(theta, (batch['states'] as tf.Tensor2D | undefined) ?? rows),
      kl: klPerDimension(mean, logStd, reference['mean']!, reference['logStd']!).sum<tf.Tensor2D>(-1, true),
    };
  }
}
