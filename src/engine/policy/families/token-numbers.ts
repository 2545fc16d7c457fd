import { Products, turned, type Matrix } from '../../products';
import * as tf from '../../tf';
import type { Batch, Evaluation, ReferenceBatch } from './family';
import type { Layer } from './network';

/** The numbers of a row that are not 0: their places and values. */
export interface Sparse {
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

interface Shape {
  /** Of the network that gives the logits of the words and the value. */
  readonly layers: readonly Layer[];
  readonly vocabulary: number;
  /** What the network sees before word `t` of an answer. */
  readonly input: (prompt: number, tokens: Int32Array, t: number) => Sparse;
}

/** A forward pass over the real steps of a batch. */
interface Forward {
  readonly theta: Float32Array;
  readonly samples: number;
  readonly steps: number;
  /** Where each row stands in [samples · steps]. */
  readonly places: Int32Array;
  readonly inputs: readonly Sparse[];
  /** Word taken in each row. */
  readonly taken: Int32Array;
  /** What comes out of each hidden layer, [rows · width]. */
  readonly hidden: readonly Float32Array[];
  /** log π and π over the words, [rows · vocabulary], and the value, [rows]. */
  readonly all: Float32Array;
  readonly probabilities: Float32Array;
  readonly value: Float32Array;
}

/**
 * The token policy on plain numbers, with gradients by hand. What the network sees is nearly all zeros, and TensorFlow.js's
 * products of matrices on the processor know nothing of that: this is many times faster there. To TensorFlow.js it is one
 * operation of θ with a gradient of its own, so that the optimisers need not know.
 */
export class TokenNumbers {
  readonly #shape: Shape;
  readonly #products = new Products();
  #last: { readonly theta: number; readonly tokens: number; readonly forward: Forward } | null = null;

  /** @throws Error where there is no WebAssembly SIMD */
  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** The batch of the evaluation below: prompts [samples], words [samples, steps], mask. */
  batch(prompts: Int32Array, tokens: Int32Array, lengths: Int32Array): Batch {
    const count = prompts.length;
    const length = tokens.length / count;
    const mask = new Float32Array(tokens.length);
    lengths.forEach((words, i) => mask.fill(1, i * length, i * length + words));
    return {
      prompts: tf.tensor1d(prompts, 'int32'),
      tokens: tf.tensor2d(tokens, [count, length], 'int32'),
      mask: tf.tensor2d(mask, [count, length]),
    };
  }

  reference(theta: tf.Tensor1D, batch: Batch): ReferenceBatch {
    const forward = this.#forward(theta, batch);
    const { samples, steps, places, all, taken } = forward;
    const { vocabulary } = this.#shape;
    const logProb = new Float32Array(samples * steps);
    const table = new Float32Array(samples * steps * vocabulary);
    places.forEach((place, row) => {
      const own = all.subarray(row * vocabulary, (row + 1) * vocabulary);
      logProb[place] = own[taken[row]!]!;
      table.set(own, place * vocabulary);
    });
    return {
      logProb: tf.tensor2d(logProb, [samples, steps]),
      all: tf.tensor3d(table, [samples, steps, vocabulary]),
    };
  }

  evaluate(theta: tf.Tensor1D, batch: Batch, reference: ReferenceBatch): Evaluation {
    const operation = tf.customGrad((at) => {
      const forward = this.#forward(at as tf.Tensor1D, batch);
      const known = reference['all']!.dataSync<'float32'>();
      const { samples, steps } = forward;
      return {
        value: tf.tensor3d(this.#measure(forward, known), [4, samples, steps]),
        gradFunc: (slopes: tf.Tensor) =>
          tf.tensor1d(this.#backward(forward, known, slopes.dataSync<'float32'>())),
      };
    });
    const [logProb, entropy, kl, value] = tf.unstack(operation(theta)) as tf.Tensor2D[];
    return { logProb: logProb!, entropy: entropy!, kl: kl!, value: value! };
  }

  /** The same θ is evaluated several times on the same batch, to look at and to differentiate. */
  #forward(theta: tf.Tensor1D, batch: Batch): Forward {
    const words = batch['tokens'] as tf.Tensor2D;
    if (this.#last?.theta === theta.id && this.#last.tokens === words.id) return this.#last.forward;
    const forward = this.#pass(
      theta.dataSync<'float32'>(),
      batch['prompts']!.dataSync<'int32'>(),
      words.dataSync<'int32'>(),
      batch.mask!.dataSync<'float32'>(),
      words.shape,
    );
    this.#last = { theta: theta.id, tokens: words.id, forward };
    return forward;
  }

  #pass(
    theta: Float32Array,
    prompts: Int32Array,
    tokens: Int32Array,
    mask: Float32Array,
    [samples, steps]: [number, number],
  ): Forward {
    const { vocabulary, input } = this.#shape;
    const places = Int32Array.from(mask.keys()).filter((place) => mask[place] === 1);
    const rows = places.length;
    const taken = places.map((place) => tokens[place]!);
    const inputs = Array.from(places, (place) => {
      const i = Math.floor(place / steps);
      return input(prompts[i]!, tokens.subarray(i * steps, (i + 1) * steps), place % steps);
    });
    const { out, hidden } = this.#outputs(theta, inputs);
    const all = new Float32Array(rows * vocabulary);
    const probabilities = new Float32Array(rows * vocabulary);
    const value = new Float32Array(rows);
    for (let row = 0; row < rows; row++) {
      const from = row * (vocabulary + 1);
      let most = -Infinity;
      for (let k = 0; k < vocabulary; k++) most = Math.max(most, out[from + k]!);
      let total = 0;
      const to = row * vocabulary;
      for (let k = 0; k < vocabulary; k++) total += probabilities[to + k] = Math.exp(out[from + k]! - most);
      const shift = most + Math.log(total);
      for (let k = 0; k < vocabulary; k++) {
        all[to + k] = out[from + k]! - shift;
        probabilities[to + k]! /= total;
      }
      value[row] = out[from + vocabulary]!;
    }
    return { theta, samples, steps, places, inputs, taken, hidden, all, probabilities, value };
  }

  /** What the network gives for each row: logits of the words, and the value. @returns [rows · (vocabulary + 1)] */
  outputs(theta: Float32Array, inputs: readonly Sparse[]): Float32Array {
    return this.#outputs(theta, inputs).out;
  }

  #outputs(theta: Float32Array, inputs: readonly Sparse[]): { out: Float32Array; hidden: Float32Array[] } {
    const [first, ...others] = this.#shape.layers as [Layer, ...Layer[]];
    const rows = inputs.length;
    let out = sparseForward(theta, first, inputs);
    const hidden: Float32Array[] = [];
    for (const layer of others) {
      const values = out.map(Math.tanh);
      hidden.push(values);
      out = this.#denseForward(theta, layer, { values, rows, columns: layer.inputs });
    }
    return { out, hidden };
  }

  /** log π of the words taken, entropy, KL from the reference, value: [4 · samples · steps], 0 at padding. */
  #measure(forward: Forward, reference: Float32Array): Float32Array {
    const { samples, steps, places, all, probabilities, taken, value } = forward;
    const { vocabulary } = this.#shape;
    const size = samples * steps;
    const out = new Float32Array(4 * size);
    places.forEach((place, row) => {
      const from = row * vocabulary;
      let [entropy, kl] = [0, 0];
      for (let k = 0; k < vocabulary; k++) {
        const logP = all[from + k]!;
        const p = probabilities[from + k]!;
        entropy -= p * logP;
        kl += p * (logP - reference[place * vocabulary + k]!);
      }
      out[place] = all[from + taken[row]!]!;
      out[size + place] = entropy;
      out[2 * size + place] = kl;
      out[3 * size + place] = value[row]!;
    });
    return out;
  }

  /**
   * Σ slopes · ∂(what `#measure` gives)/∂θ. By the logits z, with p = softmax z: ∂ log p_a = 1_a − p, ∂ entropy H =
   * −p (log p + H), ∂ KL = p (log p/p_ref − KL).
   * @param slopes [4 · samples · steps]
   */
  #backward(forward: Forward, reference: Float32Array, slopes: Float32Array): Float32Array {
    const { theta, samples, steps, places, inputs, taken, hidden, all, probabilities } = forward;
    const { layers, vocabulary } = this.#shape;
    const size = samples * steps;
    const rows = places.length;
    let out = new Float32Array(rows * (vocabulary + 1));
    places.forEach((place, row) => {
      const from = row * vocabulary;
      const to = row * (vocabulary + 1);
      const [ofLog, ofEntropy, ofKl] = [slopes[place]!, slopes[size + place]!, slopes[2 * size + place]!];
      // Of both, their mean under p is taken off: the slope of a softmax.
      let middle = 0;
      if (ofEntropy !== 0 || ofKl !== 0)
        for (let k = 0; k < vocabulary; k++) {
          const logP = all[from + k]!;
          middle +=
            probabilities[from + k]! *
            (ofKl * (logP - reference[place * vocabulary + k]!) - ofEntropy * logP);
        }
      for (let k = 0; k < vocabulary; k++) {
        const logP = all[from + k]!;
        const own = ofKl * (logP - reference[place * vocabulary + k]!) - ofEntropy * logP;
        out[to + k] = probabilities[from + k]! * (own - middle - ofLog);
      }
      out[to + taken[row]!]! += ofLog;
      out[to + vocabulary] = slopes[3 * size + place]!;
    });
    const gradient = new Float32Array(theta.length);
    for (let l = layers.length - 1; l > 0; l--) {
      const values = hidden[l - 1]!;
      const before = this.#denseBackward(theta, layers[l]!, values, out, rows, gradient);
      out = before.map((slope, i) => slope * (1 - values[i]! * values[i]!));
    }
    sparseBackward(layers[0]!, inputs, out, gradient);
    return gradient;
  }

  /** @param x [rows, inputs] @returns [rows · outputs] */
  #denseForward(theta: Float32Array, layer: Layer, x: Matrix): Float32Array {
    const { outputs } = layer;
    const { weights, bias } = partsOf(theta, layer);
    const out = this.#products.product(x, weights);
    for (let from = 0; from < out.length; from += outputs)
      for (let k = 0; k < outputs; k++) out[from + k]! += bias[k]!;
    return out;
  }

  /** Writes the layer's gradient. @param x [rows · inputs] @returns slopes by x */
  #denseBackward(
    theta: Float32Array,
    layer: Layer,
    x: Float32Array,
    slopes: Float32Array,
    rows: number,
    gradient: Float32Array,
  ): Float32Array {
    const { inputs, outputs } = layer;
    const own = partsOf(gradient, layer);
    const after = { values: slopes, rows, columns: outputs };
    own.weights.values.set(this.#products.productOfTurned({ values: x, rows, columns: inputs }, after));
    for (let from = 0; from < slopes.length; from += outputs)
      for (let k = 0; k < outputs; k++) own.bias[k]! += slopes[from + k]!;
    const { weights } = partsOf(theta, layer);
    return this.#products.product(after, { values: turned(weights), rows: outputs, columns: inputs });
  }
}

function partsOf(theta: Float32Array, { inputs, outputs, offset }: Layer) {
  const to = offset + inputs * outputs;
  return {
    weights: { values: theta.subarray(offset, to), rows: inputs, columns: outputs },
    bias: theta.subarray(to, to + outputs),
  };
}

function sparseForward(theta: Float32Array, layer: Layer, inputs: readonly Sparse[]): Float32Array {
  const { outputs, offset } = layer;
  const out = new Float32Array(inputs.length * outputs);
  const bias = offset + layer.inputs * outputs;
  inputs.forEach(({ columns, values }, row) => {
    const to = row * outputs;
    for (let k = 0; k < outputs; k++) out[to + k] = theta[bias + k]!;
    for (let i = 0; i < columns.length; i++) {
      const weights = offset + columns[i]! * outputs;
      const value = values[i]!;
      for (let k = 0; k < outputs; k++) out[to + k]! += value * theta[weights + k]!;
    }
  });
  return out;
}

function sparseBackward(
  layer: Layer,
  inputs: readonly Sparse[],
  slopes: Float32Array,
  gradient: Float32Array,
): void {
  const { outputs, offset } = layer;
  const bias = offset + layer.inputs * outputs;
  inputs.forEach(({ columns, values }, row) => {
    const from = row * outputs;
    for (let k = 0; k < outputs; k++) gradient[bias + k]! += slopes[from + k]!;
    for (let i = 0; i < columns.length; i++) {
      const weights = offset + columns[i]! * outputs;
      const value = values[i]!;
      for (let k = 0; k < outputs; k++) gradient[weights + k]! += value * slopes[from + k]!;
    }
  });
}
