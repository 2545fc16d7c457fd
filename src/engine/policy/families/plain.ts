/**
 * A family's part on plain numbers, for episodes of one step: what it says about a batch, and the gradient of that by
 * hand. The family's tensors are the oracle it is tested against.
 */
export interface PlainBatch {
  readonly rows: number;
  /** Of the reference, [rows]. */
  readonly referenceLogProb: Float64Array;
  evaluate(theta: Float32Array): PlainEvaluation;
}

/** Each [rows], as families/family.ts names them. */
export interface PlainEvaluation {
  readonly logProb: Float64Array;
  readonly entropy: Float64Array;
  readonly value: Float64Array;
  readonly kl: Float64Array;
  /**
   * @param slopes of a loss by each of the above, [rows]
   * @returns its gradient by θ
   */
  gradient(slopes: PlainSlopes): Float64Array;
}

export type PlainSlopes = Readonly<Record<'logProb' | 'entropy' | 'value' | 'kl', Float64Array>>;

/** @param rows of the batch @returns slopes of 0, to be added to */
export const noSlopes = (rows: number): PlainSlopes => ({
  logProb: new Float64Array(rows),
  entropy: new Float64Array(rows),
  value: new Float64Array(rows),
  kl: new Float64Array(rows),
});
