/** A reward head off the device, for taking it elsewhere. */

interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** [inputs, outputs], row-major: the transpose of PyTorch's. */
  readonly weights: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
}

/** Hidden layers with an activation after each, then the output layer. */
export type Member = readonly DenseLayer[];

export interface TrainedHead {
  readonly step: number;
  readonly dimension: number;
  readonly activation: 'relu' | 'tanh' | 'gelu';
  readonly members: readonly Member[];
  /** The members before the first step, for training again elsewhere. */
  readonly initial: readonly Member[];
  /** What the outputs are multiplied by and added up: [outputs]; [1] where there is one. */
  readonly weights: readonly number[];
  /** How several members become one reward, each less its own mean under the starting policy. */
  readonly combine: 'mean' | 'min' | 'uncertainty';
  readonly uncertaintyWeight: number;
  /** Each member's mean under the starting policy; what a single member gives is taken as it is. */
  readonly shifts: readonly number[];
  /** Mean and standard deviation of the reward under the starting policy, for normalising it. */
  readonly referenceMean: number;
  readonly referenceStd: number;
}

/** One layer whose output is the whole reward: the criteria's outputs by their weights. */
export function pooled({ inputs, outputs, weights, bias }: DenseLayer, by: readonly number[]): DenseLayer {
  const sum = (at: (c: number) => number) => by.reduce((total, weight, c) => total + weight * at(c), 0);
  return {
    inputs,
    outputs: 1,
    weights: Float32Array.from({ length: inputs }, (_, i) => sum((c) => weights[i * outputs + c]!)),
    bias: Float32Array.of(sum((c) => bias[c]!)),
  };
}

/** As PyTorch keeps it: [outputs, inputs]. */
export const transposed = ({ inputs, outputs, weights }: DenseLayer): Float32Array =>
  Float32Array.from(
    { length: weights.length },
    (_, k) => weights[(k % inputs) * outputs + Math.floor(k / inputs)]!,
  );
