import base64 from './assembly/index.ts?kernels';

/** A place in the heap: bytes from its start, a multiple of 16. */
export type Pointer = number;

/** The functions of assembly/index.ts, which says what they do. */
export interface Kernels {
  product(
    c: Pointer,
    a: Pointer,
    aRow: number,
    aStep: number,
    b: Pointer,
    rows: number,
    depth: number,
    columns: number,
  ): void;
  dots(out: Pointer, x: Pointer, stride: number, rows: number, w: Pointer, width: number): void;
  combine(out: Pointer, x: Pointer, stride: number, rows: number, g: Pointer, width: number): void;
  gather(out: Pointer, table: Pointer, stride: number, indices: Pointer, rows: number): void;
  differences(out: Pointer, table: Pointer, stride: number, indices: Pointer, pairs: number): void;
  transpose(out: Pointer, x: Pointer, rows: number, columns: number): void;
  columnSums(out: Pointer, x: Pointer, rows: number, columns: number): void;
  addBias(x: Pointer, bias: Pointer, rows: number, columns: number): void;
  relu(out: Pointer, z: Pointer, count: number): void;
  reluBack(slope: Pointer, z: Pointer, count: number): void;
  tanh(out: Pointer, z: Pointer, count: number): void;
  tanhBack(slope: Pointer, z: Pointer, count: number): void;
  gelu(out: Pointer, z: Pointer, count: number): void;
  geluBack(slope: Pointer, z: Pointer, count: number): void;
  multiply(x: Pointer, y: Pointer, count: number): void;
  squares(x: Pointer, count: number): number;
  sgd(theta: Pointer, g: Pointer, count: number, scale: number, rate: number, keep: number): void;
  adam(
    theta: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    count: number,
    scale: number,
    pull: number,
    keep: number,
    rate: number,
    correction: number,
  ): void;
  fourier(
    out: Pointer,
    points: Pointer,
    frequencies: Pointer,
    phases: Pointer,
    rows: number,
    width: number,
    scale: number,
  ): void;
}

const page = 65_536;

let compiled: WebAssembly.Module | null = null;
/** @throws CompileError where there is no WebAssembly SIMD */
const kernelsModule = (): WebAssembly.Module =>
  (compiled ??= new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))));

/** Memory that kernels and JavaScript share. It only grows; what is taken is given back by taking anew from a mark. */
export class Heap {
  readonly kernels: Kernels;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #used = 16;

  constructor() {
    const instance = new WebAssembly.Instance(kernelsModule(), { env: { memory: this.#memory } });
    this.kernels = instance.exports as unknown as Kernels;
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** What `take` would give next, for `release`. */
  get mark(): Pointer {
    return this.#used;
  }

  /** Frees everything that was taken since the mark. */
  release(mark: Pointer): void {
    this.#used = mark;
  }

  /** @param count of 4-byte numbers @returns where they are: whole blocks of 16 bytes, set to 0 @throws RangeError when there is no memory */
  take(count: number): Pointer {
    const pointer = this.#used;
    this.#used += Math.ceil(count / 4) * 16;
    if (this.#used > this.bytes) this.#memory.grow(Math.ceil((this.#used - this.bytes) / page));
    this.floats(pointer, count).fill(0);
    return pointer;
  }

  /** A view, which the next `take` may make invalid. */
  floats(pointer: Pointer, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, pointer, count);
  }

  /** The same as whole numbers. */
  integers(pointer: Pointer, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, count);
  }
}
