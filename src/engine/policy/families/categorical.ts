import * as tf from '../../tf';
import type { Random } from '../../../domain/random';
import { CategoricalPlain } from './categorical-plain';
import type { Batch, Evaluation, PlainFamily, ReferenceBatch } from './family';
import type { PlainBatch } from './plain';

export interface CategoricalSpec {
  /** How many candidates each prompt has. */
  readonly candidates: readonly number[];
  /**
   * Embeddings of all candidates, prompt after prompt, [candidates · dimension]: logits are φ · w then, so that what is
   * learned about one candidate carries over to those like it. Without them every candidate has a logit of its own.
   */
  readonly features?: { readonly values: Float32Array; readonly dimension: number };
  /** Samples that answer the same prompt. */
  readonly groupSize: number;
}

/** For each sample its prompt, and which of the prompt's candidates was taken. */
export interface CategoricalActions {
  readonly prompts: Int32Array;
  readonly choices: Int32Array;
}

/** Logits of places where a prompt has no candidate: e to this is 0. */
const nowhere = -1e9;

/**
 * A choice among each prompt's candidates. Episodes are one step long. θ = logits (free, or their weights on the
 * embedding), then one value for each prompt. All 0 chooses evenly.
 */
export class CategoricalFamily implements PlainFamily<CategoricalActions> {
  readonly steps = 1;
  readonly size: number;
  readonly prompts: number;
  readonly #spec: CategoricalSpec;
  /** Most candidates of any prompt: the width of the table of logits. */
  readonly width: number;
  readonly #logits: number;

  constructor(spec: CategoricalSpec) {
    this.#spec = spec;
    this.prompts = spec.candidates.length;
    this.width = Math.max(...spec.candidates);
    this.#logits = spec.features ? spec.features.dimension : this.prompts * this.width;
    this.size = this.#logits + this.prompts;
  }

  initial(): Float32Array {
    return new Float32Array(this.size);
  }

  groups(count: number): number {
    return count / this.#spec.groupSize;
  }

  /** log π of every candidate of every prompt, [prompts][candidates], on numbers. */
  logProbabilities(theta: Float32Array): number[][] {
    let row = 0;
    return this.#spec.candidates.map((count, prompt) => {
      const logits = Array.from({ length: count }, (_, k) => this.#logit(theta, prompt, k, row + k));
      row += count;
      const most = Math.max(...logits);
      const total = most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
      return logits.map((logit) => logit - total);
    });
  }

  #logit(theta: Float32Array, prompt: number, k: number, row: number): number {
    const { features } = this.#spec;
    if (!features) return theta[prompt * this.width + k]!;
    let sum = 0;
    for (let i = 0; i < features.dimension; i++)
      sum += features.values[row * features.dimension + i]! * theta[i]!;
    return sum;
  }

  /** Prompts in turn, from a random one on, `groupSize` samples each. */
  sample(theta: Float32Array, count: number, source: Random): CategoricalActions {
    const all = this.logProbabilities(theta);
    const first = source.integer(this.prompts);
    const prompts = Int32Array.from(
      { length: count },
      (_, i) => (first + Math.floor(i / this.#spec.groupSize)) % this.prompts,
    );
    const choices = prompts.map((prompt) => {
      const row = all[prompt]!;
      let left = source.uniform();
      let choice = 0;
      while (choice < row.length - 1 && (left -= Math.exp(row[choice]!)) > 0) choice += 1;
      return choice;
    });
    return { prompts, choices };
  }

  plain(actions: CategoricalActions, reference: Float32Array): PlainBatch {
    const parts = {
      spec: this.#spec,
      width: this.width,
      logits: this.#logits,
      size: this.size,
      logProbabilities: (theta: Float32Array) => this.logProbabilities(theta),
    };
    return new CategoricalPlain(parts, actions, reference);
  }

  pick({ prompts, choices }: CategoricalActions, rows: Int32Array): CategoricalActions {
    return { prompts: rows.map((row) => prompts[row]!), choices: rows.map((row) => choices[row]!) };
  }

  /** One-hot rows: products with them have gradients on every backend, which gathering has not. */
  batch({ prompts, choices }: CategoricalActions): Batch {
    const oneHot = (rows: Int32Array, width: number) => {
      const values = new Float32Array(rows.length * width);
      rows.forEach((column, row) => (values[row * width + column] = 1));
      return tf.tensor2d(values, [rows.length, width]);
    };
    return { prompts: oneHot(prompts, this.prompts), choices: oneHot(choices, this.width) };
  }

  /** log π over the candidates of each sample's prompt, [samples, width]. */
  #logDistribution(theta: tf.Tensor1D, prompts: tf.Tensor2D): tf.Tensor2D {
    return tf.logSoftmax(tf.matMul(prompts, this.#table(theta)));
  }

  /** Logits [prompts, width]. */
  #table(theta: tf.Tensor1D): tf.Tensor2D {
    const { candidates, features } = this.#spec;
    const shape: [number, number] = [this.prompts, this.width];
    const absent = new Float32Array(this.prompts * this.width);
    candidates.forEach((count, prompt) =>
      absent.fill(nowhere, prompt * this.width + count, (prompt + 1) * this.width),
    );
    const logits = theta.slice([0], [this.#logits]);
    if (!features) return logits.reshape<tf.Tensor2D>(shape).add(tf.tensor2d(absent, shape));
    const rows = tf.tensor2d(this.#padded(), [this.prompts * this.width, features.dimension]);
    return tf
      .matMul(rows, logits.expandDims<tf.Tensor2D>(1))
      .reshape<tf.Tensor2D>(shape)
      .add(tf.tensor2d(absent, shape));
  }

  /** Embeddings with rows of zeros where a prompt has no candidate. */
  #padded(): Float32Array {
    const { values, dimension } = this.#spec.features!;
    const out = new Float32Array(this.prompts * this.width * dimension);
    let row = 0;
    this.#spec.candidates.forEach((count, prompt) => {
      out.set(values.subarray(row * dimension, (row + count) * dimension), prompt * this.width * dimension);
      row += count;
    });
    return out;
  }

  reference(theta: tf.Tensor1D, batch: Batch): ReferenceBatch {
    const all = this.#logDistribution(theta, batch['prompts'] as tf.Tensor2D);
    return { logProb: all.mul(batch['choices']!).sum<tf.Tensor2D>(1, true), all };
  }

  evaluate(theta: tf.Tensor1D, batch: Batch, reference: ReferenceBatch): Evaluation {
    const prompts = batch['prompts'] as tf.Tensor2D;
    const all = this.#logDistribution(theta, prompts);
    const probability = all.exp();
    const values = theta.slice([this.#logits], [this.prompts]).expandDims<tf.Tensor2D>(1);
    return {
      logProb: all.mul(batch['choices']!).sum<tf.Tensor2D>(1, true),
      entropy: probability.mul(all).sum<tf.Tensor2D>(1, true).neg(),
      value: tf.matMul(prompts, values),
      kl: probability.mul(all.sub(reference['all']!)).sum<tf.Tensor2D>(1, true),
    };
  }
}
