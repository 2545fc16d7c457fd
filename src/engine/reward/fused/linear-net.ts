import type { Heap, Pointer } from './heap';
import type { Net } from './net';
import { rowsPadded, type PackedLayer, type Packing } from './packing';

/** A linear head: each output is one product of a matrix and a vector, there and back. */
export class LinearNet implements Net {
  readonly #heap: Heap;
  readonly #layer: PackedLayer;
  /** One number for each row. */
  #column: Pointer = 0;

  constructor({ layers }: Packing, heap: Heap) {
    this.#heap = heap;
    this.#layer = layers[0]!;
  }

  reserve(rows: number): void {
    this.#column = this.#heap.take(rowsPadded(rows));
  }

  drop(): void {
    // There is no hidden layer.
  }

  forward(theta: Pointer, x: Pointer, rows: number, outputs: Float32Array): void {
    const { outputs: count, paddedInputs: width } = this.#layer;
    const column = this.#heap.floats(this.#column, rows);
    for (let output = 0; output < count; output++) {
      this.#heap.kernels.dots(this.#column, x, 4 * width, rows, theta + 4 * output * width, width);
      for (let row = 0; row < rows; row++) outputs[row * count + output] = column[row]!;
    }
  }

  backward(_theta: Pointer, x: Pointer, rows: number, slopes: Float32Array, gradient: Pointer): void {
    const { outputs: count, paddedInputs: width } = this.#layer;
    const column = this.#heap.floats(this.#column, rowsPadded(rows));
    column.fill(0, rows);
    for (let output = 0; output < count; output++) {
      for (let row = 0; row < rows; row++) column[row] = slopes[row * count + output]!;
      const to = gradient + 4 * output * width;
      this.#heap.kernels.combine(to, x, 4 * width, column.length, this.#column, width);
    }
  }
}
