import * as tf from '../tf';
import { mapPoints, type Climb } from './climb';
import type { Runner } from './runner';

/** The reward as one writes it with TensorFlow.js. */
class StockReward {
  readonly #frequencies: tf.Tensor2D;
  readonly #phases: tf.Tensor1D;
  readonly #weights: tf.Tensor2D;
  readonly #scale: number;

  constructor({ embedding, theta }: Climb) {
    const { dimension, frequencies, phases, scale } = embedding;
    this.#frequencies = tf.tensor2d(frequencies, [2, dimension]);
    this.#phases = tf.tensor1d(phases);
    this.#weights = tf.tensor2d(theta.slice(0, dimension), [dimension, 1]);
    this.#scale = scale;
  }

  /** @param points [rows, 2] @returns [rows] */
  of(points: tf.Tensor2D): tf.Tensor1D {
    return tf
      .matMul(points.matMul(this.#frequencies).add<tf.Tensor2D>(this.#phases).cos(), this.#weights)
      .mul(this.#scale)
      .flatten();
  }

  dispose(): void {
    tf.dispose([this.#frequencies, this.#phases, this.#weights]);
  }
}

const logTwoPi = Math.log(2 * Math.PI);

/** PPO as one writes it with TensorFlow.js: variables, one loss, `tf.train.adam().minimize` in each epoch. */
export class StockPolicy implements Runner {
  readonly #climb: Climb;
  readonly #reward: StockReward;
  readonly #mean: tf.Variable;
  readonly #logStd: tf.Variable;
  readonly #value: tf.Variable;
  readonly #reference: readonly [tf.Tensor1D, tf.Tensor1D];
  readonly #optimizer: tf.Optimizer;
  #theta: Float32Array;
  #iteration = 0;

  constructor(climb: Climb) {
    const { start, settings } = climb;
    this.#climb = climb;
    this.#reward = new StockReward(climb);
    this.#mean = tf.variable(tf.tensor1d(start.slice(0, 2)));
    this.#logStd = tf.variable(tf.tensor1d(start.slice(2, 4)));
    this.#value = tf.variable(tf.tensor1d(start.slice(4)));
    this.#reference = [tf.tensor1d(start.slice(0, 2)), tf.tensor1d(start.slice(2, 4))];
    this.#optimizer = tf.train.adam(settings.policyLearningRate, 0.9, 0.999, 1e-8);
    this.#theta = start;
  }

  #logProb(actions: tf.Tensor2D): tf.Tensor1D {
    const z = actions.sub(this.#mean).div(tf.exp(this.#logStd));
    return z
      .square()
      .mul(-0.5)
      .sub(this.#logStd)
      .sub(0.5 * logTwoPi)
      .sum(1);
  }

  async run(iterations: number): Promise<void> {
    for (let k = 0; k < iterations; k++) {
      await this.#iterate(this.#climb.sample(this.#theta, this.#iteration).actions);
      this.#iteration += 1;
    }
  }

  async #iterate(points: Float32Array): Promise<void> {
    const { settings } = this.#climb;
    const [actions, before, value, advantages, returns] = tf.tidy(() => {
      const actions = tf.tensor2d(points, [points.length / 2, 2]);
      const rewards = this.#reward.of(actions);
      return [actions, this.#logProb(actions), tf.clone(this.#value), rewards.sub(this.#value), rewards];
    }) as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    for (let epoch = 0; epoch < settings.epochs; epoch++)
      this.#optimizer.minimize(() => this.#loss(actions, before, value, advantages, returns), false, [
        this.#mean,
        this.#logStd,
        this.#value,
      ]);
    const theta = tf.tidy(() => tf.concat([this.#mean, this.#logStd, this.#value]));
    this.#theta = (await theta.data()) as Float32Array;
    tf.dispose([actions, before, value, advantages, returns, theta]);
  }

  #loss(
    actions: tf.Tensor2D,
    before: tf.Tensor1D,
    oldValue: tf.Tensor1D,
    advantages: tf.Tensor1D,
    returns: tf.Tensor1D,
  ): tf.Scalar {
    const { clip, klCoefficient, entropyCoefficient, valueCoefficient, valueClip } = this.#climb.settings;
    const ratio = this.#logProb(actions).sub(before).exp();
    const policy = tf
      .maximum(advantages.mul(ratio).neg(), advantages.mul(ratio.clipByValue(1 - clip, 1 + clip)).neg())
      .mean();
    const [mean, logStd] = this.#reference;
    const kl = logStd
      .sub(this.#logStd)
      .add(tf.exp(this.#logStd.mul(2)).add(this.#mean.sub(mean).square()).div(logStd.mul(2).exp().mul(2)))
      .sub(0.5)
      .sum();
    const entropy = this.#logStd.add(0.5 * (logTwoPi + 1)).sum();
    const value = tf.zerosLike(returns).add(this.#value);
    const near = oldValue.add(value.sub(oldValue).clipByValue(-valueClip, valueClip));
    const errors = tf.maximum(value.sub(returns).square(), near.sub(returns).square());
    return policy
      .add(kl.mul(klCoefficient))
      .sub(entropy.mul(entropyCoefficient))
      .add(errors.mean().mul(0.5 * valueCoefficient));
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#theta);
  }

  dispose(): void {
    this.#reward.dispose();
    this.#optimizer.dispose();
    tf.dispose([this.#mean, this.#logStd, this.#value, ...this.#reference]);
  }
}

/** Rows of a map that are embedded at once: all of them would be 200 MB of features. */
const atOnce = 4096;

export class StockMap implements Runner {
  readonly #reward: StockReward;
  readonly #points: Float32Array;
  readonly #rewards: Float32Array;

  constructor(climb: Climb, size: number) {
    this.#reward = new StockReward(climb);
    this.#points = mapPoints(climb, size);
    this.#rewards = new Float32Array(size * size);
  }

  async run(times: number): Promise<void> {
    for (let k = 0; k < times; k++)
      for (let from = 0; from < this.#rewards.length; from += atOnce) {
        const part = this.#points.subarray(2 * from, 2 * (from + atOnce));
        const tensor = tf.tidy(() => this.#reward.of(tf.tensor2d(part, [part.length / 2, 2])));
        this.#rewards.set(await tensor.data(), from);
        tensor.dispose();
      }
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#rewards);
  }

  dispose(): void {
    this.#reward.dispose();
  }
}
