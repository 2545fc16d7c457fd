import type { FourierEmbedding } from '../scenarios';
import { embedPoint } from '../scenarios';
import { Heap, type Pointer } from './reward/fused/heap';
import { columnsPadded } from './reward/fused/packing';

/** Rows at once: few enough to stay in the cache until they are copied. */
const rowsAtOnce = 64;

/** Random Fourier features on the processor, by WebAssembly; by JavaScript where there is none. */
export class FourierKernel {
  readonly #spec: FourierEmbedding;
  readonly #width: number;
  #places: { heap: Heap; frequencies: Pointer; phases: Pointer; points: Pointer; out: Pointer } | null;

  constructor(spec: FourierEmbedding) {
    this.#spec = spec;
    this.#width = columnsPadded(spec.dimension);
    try {
      this.#places = this.#place(new Heap());
    } catch {
      this.#places = null;
    }
  }

  #place(heap: Heap) {
    const { dimension, frequencies, phases } = this.#spec;
    const width = this.#width;
    const places = {
      heap,
      frequencies: heap.take(2 * width),
      phases: heap.take(width),
      points: heap.take(2 * rowsAtOnce),
      out: heap.take(rowsAtOnce * width),
    };
    const both = heap.floats(places.frequencies, 2 * width);
    both.set(frequencies.subarray(0, dimension));
    both.set(frequencies.subarray(dimension), width);
    heap.floats(places.phases, width).set(phases);
    return places;
  }

  /** @param points interleaved x, y @returns [rows · dimension] */
  embed(points: Float32Array): Float32Array {
    const { dimension, scale } = this.#spec;
    const rows = points.length / 2;
    const all = new Float32Array(rows * dimension);
    if (!this.#places) {
      for (let row = 0; row < rows; row++)
        embedPoint(this.#spec, points[2 * row]!, points[2 * row + 1]!, all, row * dimension);
      return all;
    }
    const { heap, frequencies, phases, points: at, out } = this.#places;
    const width = this.#width;
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - from);
      heap.floats(at, 2 * count).set(points.subarray(2 * from, 2 * (from + count)));
      heap.kernels.fourier(out, at, frequencies, phases, count, width, scale);
      const values = heap.floats(out, count * width);
      if (width === dimension) all.set(values, from * dimension);
      else
        for (let row = 0; row < count; row++)
          all.set(values.subarray(row * width, row * width + dimension), (from + row) * dimension);
    }
    return all;
  }
}
