import { Heap, type Pointer } from './reward/fused/heap';

/** A matrix, row by row. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

const blocks = (count: number, of: number): number => Math.ceil(count / of) * of;

/** Products of matrices on the processor, by WebAssembly SIMD. */
export class Products {
  readonly #heap: Heap;

  /** @throws Error where there is no WebAssembly SIMD */
  constructor() {
    this.#heap = new Heap();
  }

  /** a · b @returns [a.rows · b.columns] */
  product(a: Matrix, b: Matrix): Float32Array {
    return this.#multiply(a, a.rows, 4 * a.columns, 4, b);
  }

  /** aᵀ · b @returns [a.columns · b.columns] */
  productOfTurned(a: Matrix, b: Matrix): Float32Array {
    return this.#multiply(a, a.columns, 4, 4 * a.columns, b);
  }

  /** @param aRow bytes from an element of the left factor to the next in its column @param aStep in its row */
  #multiply(a: Matrix, rows: number, aRow: number, aStep: number, b: Matrix): Float32Array {
    const heap = this.#heap;
    const mark = heap.mark;
    const columns = blocks(b.columns, 8);
    // Rows beyond the last are worked out, too, and left: what stands there must only be there.
    const left = this.#place(a.values, a.values.length + 4 * a.columns);
    const right = this.#placeRows(b, columns);
    const out = heap.take(blocks(rows, 4) * columns);
    heap.kernels.product(out, left, aRow, aStep, right, blocks(rows, 4), b.rows, columns);
    const values = this.#read(out, rows, columns, b.columns);
    heap.release(mark);
    return values;
  }

  #place(values: Float32Array, count: number): Pointer {
    const pointer = this.#heap.take(count);
    this.#heap.floats(pointer, values.length).set(values);
    return pointer;
  }

  #placeRows({ values, rows, columns }: Matrix, width: number): Pointer {
    if (width === columns) return this.#place(values, values.length);
    const pointer = this.#heap.take(rows * width);
    const to = this.#heap.floats(pointer, rows * width);
    for (let row = 0; row < rows; row++)
      to.set(values.subarray(row * columns, (row + 1) * columns), row * width);
    return pointer;
  }

  #read(pointer: Pointer, rows: number, width: number, columns: number): Float32Array {
    const from = this.#heap.floats(pointer, rows * width);
    if (width === columns) return from.slice();
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      values.set(from.subarray(row * width, row * width + columns), row * columns);
    return values;
  }
}

/** [columns · rows] of a matrix [rows · columns]. */
export function turned({ values, rows, columns }: Matrix): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column]!;
  return out;
}
