import * as tf from '../tf';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';

/** The one place that says what a head is: its layers, how many members share the work, and where θ holds what. */
export interface HeadSpec {
  /** Length of the features. */
  readonly dimension: number;
  /** Widths of the hidden layers; none makes the head linear. */
  readonly hidden: readonly number[];
  readonly activation: Settings['activation'];
  /** Heads with initial weights of their own, trained side by side. */
  readonly members: number;
}

export const headSpec = (settings: Settings): HeadSpec => ({
  dimension: settings.features,
  hidden: Array.from({ length: settings.hiddenLayers }, () => settings.hiddenWidth),
  activation: settings.activation,
  members: settings.members,
});

export const linearSpec = (dimension: number): HeadSpec => ({
  dimension,
  hidden: [],
  activation: 'relu',
  members: 1,
});

/** A new activation is one function and one line here. */
const activations: Record<HeadSpec['activation'], (x: tf.Tensor3D) => tf.Tensor3D> = {
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  // The tanh approximation (Hendrycks and Gimpel 2016), as `gelu(approximate="tanh")` in PyTorch.
  gelu: (x) => {
    const inner = x.add(x.mul(x).mul(x).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul<tf.Tensor3D>(inner.tanh().add(1));
  },
};

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Where its weights [inputs, outputs] begin in a member's part of θ; its bias [outputs] follows them. */
  readonly offset: number;
}

function layersOf({ dimension, hidden }: HeadSpec): Layer[] {
  const sizes = [dimension, ...hidden, 1];
  let offset = 0;
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const layer = { inputs, outputs, offset };
    offset += (inputs + 1) * outputs;
    return layer;
  });
}

/**
 * A reward head: linear, r(φ) = w · φ + b, or a multilayer perceptron, with one or many members.
 * θ is flat: member after member, layer after layer, weights [inputs, outputs], then bias [outputs].
 */
export class Head {
  readonly spec: HeadSpec;
  readonly #layers: readonly Layer[];
  /** Parameters of one member. */
  readonly memberSize: number;

  constructor(spec: HeadSpec) {
    this.spec = spec;
    this.#layers = layersOf(spec);
    const last = this.#layers.at(-1)!;
    this.memberSize = last.offset + last.inputs + 1;
  }

  /** Parameters of all members. */
  get size(): number {
    return this.memberSize * this.spec.members;
  }

  /**
   * Output layer: w ~ N(0, 1/(inputs + 1)), b = 0, as in lm-human-preferences (Ziegler et al. 2019). Hidden layers:
   * variance 2/inputs before relu (He et al. 2015), 1/inputs otherwise.
   * @returns θ, [size]
   */
  initial(seed: number): Float32Array {
    const theta = new Float32Array(this.size);
    for (let member = 0; member < this.spec.members; member++) {
      const source = member === 0 ? random(seed, 'head') : random(seed, 'head', member);
      for (const layer of this.#layers) {
        const std = this.#initialStd(layer);
        const from = member * this.memberSize + layer.offset;
        for (let i = 0; i < layer.inputs * layer.outputs; i++) theta[from + i] = std * source.normal();
      }
    }
    return theta;
  }

  #initialStd(layer: Layer): number {
    if (layer === this.#layers.at(-1)) return 1 / Math.sqrt(layer.inputs + 1);
    return Math.sqrt((this.spec.activation === 'relu' ? 2 : 1) / layer.inputs);
  }

  /** @param features [rows, dimension] @returns the reward of each row by each member, [members, rows] */
  forward(theta: tf.Tensor1D, features: tf.Tensor2D): tf.Tensor2D {
    const { outputs, bias } = this.#beforeBias(theta, features);
    return outputs.add(bias);
  }

  /**
   * The same for pairs. The last bias enters pair by pair, so that in its gradient the two sides of each pair cancel
   * exactly: of a sum that is only nearly 0, Adam would make whole steps.
   * @param features [2 · pairs, dimension], the chosen ones first
   * @returns rewards of the chosen and of the rejected ones, each [members, pairs]
   */
  forwardPairs(theta: tf.Tensor1D, features: tf.Tensor2D): [chosen: tf.Tensor2D, rejected: tf.Tensor2D] {
    const { members } = this.spec;
    const pairs = features.shape[0] / 2;
    const { outputs, bias } = this.#beforeBias(theta, features);
    const spread = bias.broadcastTo<tf.Rank.R2>([members, pairs]);
    return [
      outputs.slice([0, 0], [members, pairs]).add(spread),
      outputs.slice([0, pairs], [members, pairs]).add(spread),
    ];
  }

  /** Everything but the last bias. @returns outputs [members, rows], and that bias, [members, 1] */
  #beforeBias(theta: tf.Tensor1D, features: tf.Tensor2D): { outputs: tf.Tensor2D; bias: tf.Tensor2D } {
    const { members, activation } = this.spec;
    const rows = features.shape[0];
    const table = theta.reshape<tf.Tensor2D>([members, this.memberSize]);
    const part = ({ inputs, outputs, offset }: Layer) => ({
      weights: table
        .slice([0, offset], [members, inputs * outputs])
        .reshape<tf.Tensor3D>([members, inputs, outputs]),
      bias: table.slice([0, offset + inputs * outputs], [members, outputs]),
    });
    const layers = this.#layers.map(part);
    // The features are the same for all members: one product with the members' weights side by side.
    const { inputs, outputs } = this.#layers[0]!;
    let x: tf.Tensor3D = features
      .matMul(layers[0]!.weights.transpose([1, 0, 2]).reshape<tf.Tensor2D>([inputs, members * outputs]))
      .reshape<tf.Tensor3D>([rows, members, outputs])
      .transpose<tf.Tensor3D>([1, 0, 2]);
    for (let i = 1; i < layers.length; i++) {
      const bias = layers[i - 1]!.bias.reshape([members, 1, this.#layers[i]!.inputs]);
      x = tf.matMul(activations[activation](x.add(bias)), layers[i]!.weights);
    }
    return { outputs: x.reshape<tf.Tensor2D>([members, rows]), bias: layers.at(-1)!.bias };
  }
}
