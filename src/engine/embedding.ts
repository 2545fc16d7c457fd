import * as tf from './tf';
import { contentAt, type Content, type Contents } from '../domain/content';
import type { Features } from '../scenarios';
import { FourierKernel } from './fourier-kernel';

/** A scenario's embedding: on the device where it has a formula for that, else in JavaScript. */
export class Embedding {
  readonly #features: Features;
  readonly #device: { readonly frequencies: tf.Tensor2D; readonly phases: tf.Tensor1D } | null;
  #kernel: FourierKernel | null = null;

  constructor(features: Features) {
    this.#features = features;
    const { fourier } = features;
    this.#device = fourier
      ? {
          frequencies: tf.tensor2d(fourier.frequencies, [2, fourier.dimension]),
          phases: tf.tensor1d(fourier.phases),
        }
      : null;
  }

  get dimension(): number {
    return this.#features.dimension;
  }

  /**
   * @returns [contents, dimension], on the device. On the CPU backend a kernel of its own is many times faster than
   * TensorFlow.js's four passes.
   */
  embed(contents: Contents): tf.Tensor2D {
    const rows = contents.prompts.length;
    const { fourier } = this.#features;
    if (!fourier || !this.#device) return tf.tensor2d(this.#packedRows(contents), [rows, this.dimension]);
    if (tf.getBackend() === 'cpu') {
      this.#kernel ??= new FourierKernel(fourier);
      return tf.tensor2d(this.#kernel.embed(contents.values), [rows, this.dimension]);
    }
    const { frequencies, phases } = this.#device;
    return tf.tidy(() =>
      tf.tensor2d(contents.values, [rows, 2]).matMul(frequencies).add(phases).cos().mul(fourier.scale),
    );
  }

  #packedRows(contents: Contents): Float32Array {
    const rows = contents.prompts.length;
    const out = new Float32Array(rows * this.dimension);
    for (let i = 0; i < rows; i++) this.#features.embed(contentAt(contents, i), out, i * this.dimension);
    return out;
  }

  /** In JavaScript, for rows that are kept. @returns [contents · dimension] */
  embedRows(contents: readonly Content[]): Float32Array {
    const out = new Float32Array(contents.length * this.dimension);
    contents.forEach((content, i) => this.#features.embed(content, out, i * this.dimension));
    return out;
  }

  dispose(): void {
    if (this.#device) tf.dispose([this.#device.frequencies, this.#device.phases]);
  }
}
