import type { Head } from '../head';

/** Rows are worked on by fours, columns by eights. */
export const rowsPadded = (rows: number): number => Math.ceil(rows / 4) * 4;
export const columnsPadded = (columns: number): number => Math.ceil(columns / 8) * 8;

export interface PackedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly paddedInputs: number;
  readonly paddedOutputs: number;
  /** Floats from the start of the member to its weights and to its bias. */
  readonly weights: number;
  readonly bias: number;
}

/**
 * How the fused trainers keep a member's parameters: padded with zeros to whole blocks, which stay zeros. Layer after
 * layer, weights [padded inputs, padded outputs], then bias; of a linear head, weights [outputs, padded inputs]. At
 * the end the tie parameter.
 */
export class Packing {
  readonly layers: readonly PackedLayer[];
  /** Floats of a packed member. */
  readonly floats: number;
  /** Where the tie parameter is. */
  readonly tie: number;
  /** Of each parameter in a member's part of θ, where it is in the packed member. */
  readonly places: Int32Array;
  readonly #members: number;

  constructor({ layers, memberSize, spec }: Head) {
    this.#members = spec.members;
    this.places = new Int32Array(memberSize);
    const linear = layers.length === 1;
    let floats = 0;
    this.layers = layers.map(({ inputs, outputs, offset }) => {
      const [paddedInputs, paddedOutputs] = [columnsPadded(inputs), columnsPadded(outputs)];
      const weights = floats;
      const bias = weights + paddedInputs * (linear ? outputs : paddedOutputs);
      floats = bias + paddedOutputs;
      for (let i = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++)
          this.places[offset + i * outputs + o] =
            weights + (linear ? o * paddedInputs + i : i * paddedOutputs + o);
      for (let o = 0; o < outputs; o++) this.places[offset + inputs * outputs + o] = bias + o;
      return { inputs, outputs, paddedInputs, paddedOutputs, weights, bias };
    });
    this.tie = floats;
    this.places[memberSize - 1] = floats;
    this.floats = floats + 8;
  }

  /** The same of all members, one after the other. */
  get allPlaces(): Int32Array {
    const size = this.places.length;
    return Int32Array.from(
      { length: this.#members * size },
      (_, i) => Math.floor(i / size) * this.floats + this.places[i % size]!,
    );
  }

  /** @param theta [members · memberSize] @param packed is written, [members · floats] */
  pack(theta: Float32Array, packed: Float32Array): void {
    this.#each((inTheta, inPacked) => (packed[inPacked] = theta[inTheta]!));
  }

  /** The way back. @returns [members · memberSize] */
  unpack(packed: Float32Array): Float32Array {
    const theta = new Float32Array(this.#members * this.places.length);
    this.#each((inTheta, inPacked) => (theta[inTheta] = packed[inPacked]!));
    return theta;
  }

  #each(move: (inTheta: number, inPacked: number) => void): void {
    const size = this.places.length;
    for (let member = 0; member < this.#members; member++)
      for (let i = 0; i < size; i++) move(member * size + i, member * this.floats + this.places[i]!);
  }
}
