/** Something at work on one case of the benchmark. */
export interface Runner {
  /** Works, and waits until it is done. */
  run(times: number): Promise<void>;
  /** What it has come to: all peers must come to the same, but for rounding. */
  numbers(): Promise<Float32Array>;
  dispose(): void;
}
