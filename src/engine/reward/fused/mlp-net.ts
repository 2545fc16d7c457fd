import type { HeadSpec } from '../head';
import type { Heap, Kernels, Pointer } from './heap';
import type { Net } from './net';
import { rowsPadded, type PackedLayer, type Packing } from './packing';

/** What a layer leaves, [rows, padded outputs]. */
interface Activations {
  readonly before: Pointer;
  /** After the activation; the same place for the last layer, which has none. */
  readonly after: Pointer;
  /** What dropout leaves. */
  readonly mask: Pointer;
}

/** Its kernels. A new activation is one line here. */
const activations = {
  relu: { forward: 'relu', backward: 'reluBack' },
  tanh: { forward: 'tanh', backward: 'tanhBack' },
  gelu: { forward: 'gelu', backward: 'geluBack' },
} as const satisfies Record<HeadSpec['activation'], { forward: keyof Kernels; backward: keyof Kernels }>;

/** Heads of layers: products of whole batches, in blocks that stay in the processor's registers. */
export class MlpNet implements Net {
  readonly #heap: Heap;
  readonly #layers: readonly PackedLayer[];
  readonly #activation: (typeof activations)[HeadSpec['activation']];
  #activations: readonly Activations[] = [];
  #dropping = false;
  /** dL/d(before the activation) of two layers in turn, and a layer's weights turned. */
  #slopes: readonly [Pointer, Pointer] = [0, 0];
  #turned: Pointer = 0;

  constructor({ layers }: Packing, activation: HeadSpec['activation'], heap: Heap) {
    this.#heap = heap;
    this.#layers = layers;
    this.#activation = activations[activation];
  }

  reserve(rows: number): void {
    const padded = rowsPadded(rows);
    const take = (count: number) => this.#heap.take(count);
    this.#activations = this.#layers.map(({ paddedOutputs }, i) => {
      const before = take(padded * paddedOutputs);
      if (i === this.#layers.length - 1) return { before, after: before, mask: 0 };
      return { before, after: take(padded * paddedOutputs), mask: take(padded * paddedOutputs) };
    });
    const widest = Math.max(...this.#layers.map(({ paddedOutputs }) => paddedOutputs));
    this.#slopes = [take(padded * widest), take(padded * widest)];
    const sizes = this.#layers
      .slice(1)
      .map(({ paddedInputs, paddedOutputs }) => paddedInputs * paddedOutputs);
    this.#turned = take(Math.max(...sizes));
  }

  drop(masks: readonly Float32Array[] | null): void {
    this.#dropping = masks !== null;
    masks?.forEach((mask, i) => this.#spread(this.#activations[i]!.mask, this.#layers[i]!, mask));
  }

  forward(theta: Pointer, x: Pointer, rows: number, outputs: Float32Array): void {
    const { kernels } = this.#heap;
    const padded = rowsPadded(rows);
    let from = x;
    this.#layers.forEach(({ inputs, paddedInputs, paddedOutputs, weights, bias }, i) => {
      const { before, after, mask } = this.#activations[i]!;
      const count = padded * paddedOutputs;
      kernels.product(before, from, 4 * paddedInputs, 4, theta + 4 * weights, padded, inputs, paddedOutputs);
      from = after;
      if (after === before) return;
      kernels.addBias(before, theta + 4 * bias, padded, paddedOutputs);
      kernels[this.#activation.forward](after, before, count);
      if (this.#dropping) kernels.multiply(after, mask, count);
    });
    const last = this.#layers.at(-1)!;
    const values = this.#heap.floats(from, rows * last.paddedOutputs);
    for (let row = 0; row < rows; row++)
      for (let output = 0; output < last.outputs; output++)
        outputs[row * last.outputs + output] = values[row * last.paddedOutputs + output]!;
  }

  backward(theta: Pointer, x: Pointer, rows: number, slopes: Float32Array, gradient: Pointer): void {
    const { kernels } = this.#heap;
    const padded = rowsPadded(rows);
    const last = this.#layers.at(-1)!;
    let [now, next] = this.#slopes;
    this.#heap.floats(now, padded * last.paddedOutputs).fill(0);
    this.#spread(now, last, slopes);
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const { outputs, paddedInputs, paddedOutputs, weights, bias } = this.#layers[i]!;
      const from = i === 0 ? x : this.#activations[i - 1]!.after;
      const turned = [4, 4 * paddedInputs] as const;
      kernels.product(gradient + 4 * weights, from, ...turned, now, paddedInputs, rows, paddedOutputs);
      if (i < this.#layers.length - 1) kernels.columnSums(gradient + 4 * bias, now, rows, paddedOutputs);
      if (i === 0) return;
      const { before, mask } = this.#activations[i - 1]!;
      kernels.transpose(this.#turned, theta + 4 * weights, paddedInputs, paddedOutputs);
      kernels.product(next, now, 4 * paddedOutputs, 4, this.#turned, padded, outputs, paddedInputs);
      if (this.#dropping) kernels.multiply(next, mask, padded * paddedInputs);
      kernels[this.#activation.backward](next, before, padded * paddedInputs);
      [now, next] = [next, now];
    }
  }

  /** Writes [rows, outputs] to where rows are as long as the padded outputs. */
  #spread(to: Pointer, { outputs, paddedOutputs }: PackedLayer, values: Float32Array): void {
    const rows = values.length / outputs;
    const target = this.#heap.floats(to, rows * paddedOutputs);
    for (let row = 0; row < rows; row++)
      target.set(values.subarray(row * outputs, (row + 1) * outputs), row * paddedOutputs);
  }
}
