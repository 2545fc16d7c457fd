import * as tf from '../tf';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { Member } from '../../domain/trained-head';
import { scenarioOf } from '../../scenarios';

/** The one place that says what a head is: its layers, how many members share the work, and where θ holds what. */
export interface HeadSpec {
  /** Length of the features. */
  readonly dimension: number;
  /** Widths of the hidden layers; none makes the head linear. */
  readonly hidden: readonly number[];
  readonly activation: Settings['activation'];
  /** Heads with initial weights of their own, trained side by side. */
  readonly members: number;
  /** One for the whole reward, or one for each criterion. */
  readonly outputs: number;
}

/** @param dimension of the features, as the scenario makes them */
export const headSpec = (settings: Settings, dimension: number): HeadSpec => ({
  dimension,
  hidden: Array.from({ length: settings.hiddenLayers }, () => settings.hiddenWidth),
  activation: settings.activation,
  members: settings.members,
  outputs: settings.criteria ? scenarioOf(settings).criteria.length : 1,
});

export const linearSpec = (dimension: number): HeadSpec => ({
  dimension,
  hidden: [],
  activation: 'relu',
  members: 1,
  outputs: 1,
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

function layersOf({ dimension, hidden, outputs: last }: HeadSpec): Layer[] {
  const sizes = [dimension, ...hidden, last];
  let offset = 0;
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const layer = { inputs, outputs, offset };
    offset += (inputs + 1) * outputs;
    return layer;
  });
}

/** What a head gives for some rows. */
export interface HeadOutputs {
  /** All but the last bias: [members, rows, outputs]. */
  readonly unbiased: tf.Tensor3D;
  /** The last bias: [members, 1, outputs]. */
  readonly bias: tf.Tensor3D;
}

/**
 * A reward head: linear, r(φ) = w · φ + b, or a multilayer perceptron, with one or many members.
 * θ is flat: member after member; of each, layer after layer, weights [inputs, outputs], then bias [outputs]; at the
 * end one number for the losses that model ties (log ν of Davidson, log(θ − 1) of Rao–Kupper).
 */
export class Head {
  readonly spec: HeadSpec;
  readonly layers: readonly Layer[];
  /** Parameters of one member. */
  readonly memberSize: number;

  constructor(spec: HeadSpec) {
    this.spec = spec;
    this.layers = layersOf(spec);
    const last = this.layers.at(-1)!;
    this.memberSize = last.offset + (last.inputs + 1) * last.outputs + 1;
  }

  /** Parameters of all members. */
  get size(): number {
    return this.memberSize * this.spec.members;
  }

  /**
   * Output layer: w ~ N(0, 1/(inputs + 1)), b = 0, as in lm-human-preferences (Ziegler et al. 2019). Hidden layers:
   * variance 2/inputs before relu (He et al. 2015), 1/inputs otherwise. The tie parameter: 0, that is ν = 1, θ = 2.
   * @returns θ, [size]
   */
  initial(seed: number): Float32Array {
    const theta = new Float32Array(this.size);
    for (let member = 0; member < this.spec.members; member++) {
      const source = member === 0 ? random(seed, 'head') : random(seed, 'head', member);
      for (const layer of this.layers) {
        const std = this.#initialStd(layer);
        const from = member * this.memberSize + layer.offset;
        for (let i = 0; i < layer.inputs * layer.outputs; i++) theta[from + i] = std * source.normal();
      }
    }
    return theta;
  }

  #initialStd(layer: Layer): number {
    if (layer === this.layers.at(-1)) return 1 / Math.sqrt(layer.inputs + 1);
    return Math.sqrt((this.spec.activation === 'relu' ? 2 : 1) / layer.inputs);
  }

  /**
   * @param features [rows, dimension]
   * @param weightings of the criteria, each [outputs]; with one output there is nothing to weigh
   * @returns the reward of each row by each member under each weighting, [weightings · members, rows]
   */
  forward(
    theta: tf.Tensor1D,
    features: tf.Tensor2D,
    weightings: readonly (readonly number[])[],
  ): tf.Tensor2D {
    const { unbiased, bias } = this.outputs(theta, features);
    const { outputs } = this.spec;
    const all = unbiased.add<tf.Tensor3D>(bias);
    return tf.concat2d(
      weightings.map((weights) =>
        weighed(all, outputs === 1 ? null : tf.tensor2d(weights.slice(0, outputs), [1, outputs])),
      ),
      0,
    );
  }

  /**
   * @param features [rows, dimension]
   * @param masks of each hidden layer, [members, rows, width]: what dropout leaves, scaled up; none outside training
   */
  outputs(theta: tf.Tensor1D, features: tf.Tensor2D, masks: readonly tf.Tensor3D[] = []): HeadOutputs {
    const { members, activation } = this.spec;
    const rows = features.shape[0];
    const table = theta.reshape<tf.Tensor2D>([members, this.memberSize]);
    const part = ({ inputs, outputs, offset }: Layer) => ({
      weights: table
        .slice([0, offset], [members, inputs * outputs])
        .reshape<tf.Tensor3D>([members, inputs, outputs]),
      bias: table
        .slice([0, offset + inputs * outputs], [members, outputs])
        .reshape<tf.Tensor3D>([members, 1, outputs]),
    });
    const layers = this.layers.map(part);
    // The features are the same for all members: one product with the members' weights side by side.
    const { inputs, outputs } = this.layers[0]!;
    let x: tf.Tensor3D = features
      .matMul(layers[0]!.weights.transpose([1, 0, 2]).reshape<tf.Tensor2D>([inputs, members * outputs]))
      .reshape<tf.Tensor3D>([rows, members, outputs])
      .transpose<tf.Tensor3D>([1, 0, 2]);
    for (let i = 1; i < layers.length; i++) {
      let active = activations[activation](x.add(layers[i - 1]!.bias));
      const mask = masks[i - 1];
      if (mask) active = active.mul(mask);
      x = tf.matMul(active, layers[i]!.weights);
    }
    return { unbiased: x, bias: layers.at(-1)!.bias };
  }

  /** θ taken apart: the layers of each member. */
  membersOf(theta: Float32Array): Member[] {
    return Array.from({ length: this.spec.members }, (_, m) =>
      this.layers.map(({ inputs, outputs, offset }) => {
        const from = m * this.memberSize + offset;
        const bias = from + inputs * outputs;
        return {
          inputs,
          outputs,
          weights: theta.slice(from, bias),
          bias: theta.slice(bias, bias + outputs),
        };
      }),
    );
  }

  /** The tie parameter of each member, [members, 1]. */
  tie(theta: tf.Tensor1D): tf.Tensor2D {
    const { members } = this.spec;
    return theta
      .reshape<tf.Tensor2D>([members, this.memberSize])
      .slice([0, this.memberSize - 1], [members, 1]);
  }
}

/**
 * Several outputs as one reward.
 * @param outputs [members, rows, outputs] @param weights [rows or 1, outputs]; null where there is one output
 * @returns [members, rows]
 */
export const weighed = (outputs: tf.Tensor3D, weights: tf.Tensor2D | null): tf.Tensor2D =>
  weights
    ? outputs.mul(weights.expandDims(0)).sum<tf.Tensor2D>(2)
    : outputs.reshape<tf.Tensor2D>([outputs.shape[0], outputs.shape[1]]);

/**
 * What dropout (Srivastava et al. 2014) leaves of `count` hidden units in one step: 0, or 1/(1 − share) so that sums
 * keep their mean. It follows from the seed, the step and the layer.
 */
export function dropoutMask(
  share: number,
  count: number,
  seed: number,
  step: number,
  layer: number,
): Float32Array {
  const source = random(seed, 'dropout', step, layer);
  return Float32Array.from({ length: count }, () => (source.uniform() < share ? 0 : 1 / (1 - share)));
}
