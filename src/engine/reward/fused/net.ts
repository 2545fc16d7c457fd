import type { Head } from '../head';
import type { Heap, Pointer } from './heap';
import { LinearNet } from './linear-net';
import { MlpNet } from './mlp-net';
import type { Packing } from './packing';

/** One member of a head, forward and backward, on the heap. Rows of features are as long as the padded inputs. */
export interface Net {
  /** Takes what batches of up to so many rows need from the heap. */
  reserve(rows: number): void;
  /** What dropout leaves of each hidden layer, [rows · width], from now on; null: everything. */
  drop(masks: readonly Float32Array[] | null): void;
  /**
   * @param theta a packed member @param x features of the rows
   * @param outputs is written, [rows · outputs], without the last bias
   */
  forward(theta: Pointer, x: Pointer, rows: number, outputs: Float32Array): void;
  /**
   * Of the last `forward`.
   * @param slopes by each of its outputs @param gradient of the packed member is written, but for the last bias
   */
  backward(theta: Pointer, x: Pointer, rows: number, slopes: Float32Array, gradient: Pointer): void;
}

export const netOf = (head: Head, packing: Packing, heap: Heap): Net =>
  packing.layers.length === 1
    ? new LinearNet(packing, heap)
    : new MlpNet(packing, head.spec.activation, heap);
