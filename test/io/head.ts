// Heads with random weights, and what they give, written as plainly as can be.
import { normals, random } from '../../src/domain/random.ts';
import type { Member, TrainedHead } from '../../src/domain/trained-head.ts';

interface Shape {
  readonly dimension?: number;
  readonly hidden?: readonly number[];
  readonly members?: number;
  readonly outputs?: number;
}

/** @param patch anything else of the head */
export function headOf(
  { dimension = 5, hidden = [], members = 1, outputs = 1 }: Shape,
  patch: Partial<TrainedHead> = {},
): TrainedHead {
  const source = random(1, 'export-head', dimension, hidden.join(), members, outputs);
  const sizes = [dimension, ...hidden, outputs];
  const member = (): Member =>
    sizes.slice(1).map((own, i) => ({
      inputs: sizes[i]!,
      outputs: own,
      weights: normals(source, sizes[i]! * own),
      bias: normals(source, own),
    }));
  const several = () => Array.from({ length: members }, member);
  return {
    step: 30,
    dimension,
    activation: 'tanh',
    members: several(),
    initial: several(),
    weights: outputs === 1 ? [1] : [0.8, -0.3, 0.5].slice(0, outputs),
    combine: 'mean',
    uncertaintyWeight: 0.7,
    shifts: Array.from({ length: members }, (_, m) => 0.3 * m - 0.2),
    referenceMean: 0.1,
    referenceStd: 1.2,
    ...patch,
  };
}

const activations = {
  relu: (x: number) => Math.max(0, x),
  tanh: Math.tanh,
  gelu: (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** The reward of one row, as the page gives it. */
export function rewardOf(head: TrainedHead, features: ArrayLike<number>): number {
  const scores = head.members.map((member) => {
    const out = member.reduce<number[]>(
      (x, { outputs, weights, bias }, i) =>
        Array.from({ length: outputs }, (_, o) => {
          const sum = x.reduce((total, value, k) => total + value * weights[k * outputs + o]!, bias[o]!);
          return i === member.length - 1 ? sum : activations[head.activation](sum);
        }),
      Array.from(features),
    );
    return out.reduce((sum, value, c) => sum + value * head.weights[c]!, 0);
  });
  if (scores.length === 1) return scores[0]!;
  const centred = scores.map((score, m) => score - head.shifts[m]!);
  const mean = centred.reduce((a, b) => a + b) / centred.length;
  if (head.combine === 'min') return Math.min(...centred);
  if (head.combine === 'mean') return mean;
  const variance = centred.reduce((sum, value) => sum + (value - mean) ** 2, 0) / centred.length;
  return mean - head.uncertaintyWeight * variance;
}
