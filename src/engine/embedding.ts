import * as tf from './tf';
import { embedPoint, type FourierEmbedding } from '../scenarios';
import { FourierKernel } from './fourier-kernel';

/** A scenario's embedding on the device. */
export class Embedding {
  readonly #spec: FourierEmbedding;
  readonly #frequencies: tf.Tensor2D;
  readonly #phases: tf.Tensor1D;
  #kernel: FourierKernel | null = null;

  constructor(spec: FourierEmbedding) {
    this.#spec = spec;
    this.#frequencies = tf.tensor2d(spec.frequencies, [2, spec.dimension]);
    this.#phases = tf.tensor1d(spec.phases);
  }

  get dimension(): number {
    return this.#spec.dimension;
  }

  /**
   * @param points interleaved x, y @returns [rows, dimension], on the device. On the CPU backend a kernel of its own is many
   * times faster than TensorFlow.js's four passes.
   */
  embed(points: Float32Array): tf.Tensor2D {
    const rows = points.length / 2;
    if (tf.getBackend() === 'cpu') {
      this.#kernel ??= new FourierKernel(this.#spec);
      return tf.tensor2d(this.#kernel.embed(points), [rows, this.dimension]);
    }
    return tf.tidy(() =>
      tf.tensor2d(points, [rows, 2]).matMul(this.#frequencies).add(this.#phases).cos().mul(this.#spec.scale),
    );
  }

  /** The same in JavaScript, for rows that are kept. @param points interleaved x, y @returns [rows · dimension] */
  embedRows(points: Float32Array): Float32Array {
    const rows = points.length / 2;
    const out = new Float32Array(rows * this.dimension);
    for (let i = 0; i < rows; i++)
      embedPoint(this.#spec, points[2 * i]!, points[2 * i + 1]!, out, i * this.dimension);
    return out;
  }

  dispose(): void {
    tf.dispose([this.#frequencies, this.#phases]);
  }
}
