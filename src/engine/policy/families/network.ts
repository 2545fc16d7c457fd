import * as tf from '../../tf';
import type { Random } from '../../../domain/random';

export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its weights [inputs, outputs] begin in the network's part of θ; its bias [outputs] follows. */
  readonly offset: number;
}

/** A network at work on some rows. */
export interface NetworkTape {
  /** [rows · outputs] */
  readonly outputs: Float64Array;
  /** Adds the gradient of a loss by all of θ. @param slopes of the loss by the outputs */
  back(slopes: Float64Array, gradient: Float64Array): void;
}

/**
 * The same row in each of `rows` rows. (By addition: the gradient of TensorFlow.js's `broadcastTo` is a slice and an addition
 * for every row.)
 */
export const spread = (row: tf.Tensor, rows: number, columns: number): tf.Tensor2D =>
  tf.zeros<tf.Rank.R2>([rows, columns]).add(row);

/** A linear map (no hidden layer) or a tanh network, its parameters a part of a flat θ. With no input it is its bias. */
export class Network {
  readonly size: number;
  readonly #from: number;
  readonly #layers: readonly Layer[];

  /** @param from where its part of θ begins */
  constructor(inputs: number, hidden: readonly number[], outputs: number, from = 0) {
    const sizes = [inputs, ...hidden, outputs];
    let offset = 0;
    this.#from = from;
    this.#layers = sizes.slice(1).map((out, i) => {
      const layer = { inputs: sizes[i]!, outputs: out, offset };
      offset += (sizes[i]! + 1) * out;
      return layer;
    });
    this.size = offset;
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /**
   * Writes initial weights: variance 1/inputs in hidden layers, `last` as standard deviation times 1/√inputs in the
   * last one, biases 0.
   */
  initialise(theta: Float32Array, source: Random, last = 0.01): void {
    for (const layer of this.#layers) {
      const scale = layer === this.#layers.at(-1) ? last : 1;
      const from = this.#from + layer.offset;
      for (let i = 0; i < layer.inputs * layer.outputs; i++)
        theta[from + i] = (scale / Math.sqrt(layer.inputs)) * source.normal();
    }
  }

  /** @param theta all of θ @param x [rows, inputs] @returns [rows, outputs] */
  forward(theta: tf.Tensor1D, x: tf.Tensor2D | number): tf.Tensor2D {
    let values = x;
    for (const { inputs, outputs, offset } of this.#layers) {
      if (offset > 0) values = (values as tf.Tensor2D).tanh();
      const from = this.#from + offset;
      const bias = theta.slice([from + inputs * outputs], [outputs]);
      if (typeof values === 'number') values = spread(bias, values, outputs);
      else {
        const weights = theta.slice([from], [inputs * outputs]).reshape<tf.Tensor2D>([inputs, outputs]);
        values = tf.matMul(values, weights).add<tf.Tensor2D>(bias);
      }
    }
    return values as tf.Tensor2D;
  }

  /** The same on numbers, for sampling. Inputs are often mostly zeros, which cost nothing. @returns [rows · outputs] */
  forwardNumbers(theta: Float32Array, x: Float32Array, rows: number): Float32Array {
    let values = x;
    for (const { inputs, outputs, offset } of this.#layers) {
      if (offset > 0) values = values.map(Math.tanh);
      const from = this.#from + offset;
      const next = new Float32Array(rows * outputs);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < outputs; k++) next[row * outputs + k] = theta[from + inputs * outputs + k]!;
        for (let i = 0; i < inputs; i++) {
          const value = values[row * inputs + i]!;
          if (value === 0) continue;
          const weights = from + i * outputs;
          for (let k = 0; k < outputs; k++) next[row * outputs + k]! += value * theta[weights + k]!;
        }
      }
      values = next;
    }
    return values;
  }

  /** The same in float64, with the way back. @param x [rows · inputs] */
  tape(theta: Float32Array, x: ArrayLike<number>, rows: number): NetworkTape {
    /** What goes into each layer, [rows · inputs]. */
    const into: ArrayLike<number>[] = [];
    let values: ArrayLike<number> = x;
    let outputs = new Float64Array(0);
    for (const { inputs, outputs: width, offset } of this.#layers) {
      if (offset > 0) values = outputs.map(Math.tanh);
      into.push(values);
      const from = this.#from + offset;
      outputs = new Float64Array(rows * width);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < width; k++) outputs[row * width + k] = theta[from + inputs * width + k]!;
        for (let i = 0; i < inputs; i++) {
          const value = values[row * inputs + i]!;
          for (let k = 0; k < width; k++) outputs[row * width + k]! += value * theta[from + i * width + k]!;
        }
      }
    }
    return { outputs, back: (slopes, gradient) => this.#back(theta, into, rows, slopes, gradient) };
  }

  #back(
    theta: Float32Array,
    into: readonly ArrayLike<number>[],
    rows: number,
    slopes: Float64Array,
    gradient: Float64Array,
  ): void {
    let after = slopes;
    for (let layer = this.#layers.length - 1; layer >= 0; layer--) {
      const { inputs, outputs: width, offset } = this.#layers[layer]!;
      const from = this.#from + offset;
      const x = into[layer]!;
      const before = new Float64Array(rows * inputs);
      for (let row = 0; row < rows; row++)
        for (let k = 0; k < width; k++) {
          const slope = after[row * width + k]!;
          gradient[from + inputs * width + k]! += slope;
          for (let i = 0; i < inputs; i++) {
            const at = from + i * width + k;
            gradient[at]! += slope * x[row * inputs + i]!;
            // x is the tanh of what the layer before gave.
            before[row * inputs + i]! += slope * theta[at]!;
          }
        }
      if (layer > 0) for (let i = 0; i < before.length; i++) before[i]! *= 1 - x[i]! ** 2;
      after = before;
    }
  }
}
