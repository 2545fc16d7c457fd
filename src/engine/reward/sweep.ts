import { countOf, pickObservations, type Observations } from '../../domain/observations';
import { random } from '../../domain/random';
import type { Read } from '../parameters';
import { Batches, type Batch } from './batch';
import type { Head } from './head';
import type { RewardHyper } from './trainer';

/** One head of a sweep: what it has of its own. */
export interface SweepHead {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Of its initial weights, its labels and its batches. */
  readonly seed: number;
  /** How many of the observations it learns from. */
  readonly labels: number;
}

/** The most heads of one sweep. */
const mostSweepHeads = 256;

export interface SweepState {
  readonly step: number;
  /** Of each row of the table by each head, [heads · rows]. */
  readonly rewards: Float32Array;
  /** Of each head in the last step, [heads]. */
  readonly losses: Float32Array;
}

/** Many linear heads trained side by side, each as a head of its own would be trained alone. */
export interface Sweep {
  readonly step: number;
  /** Steps of all heads. Work may only be enqueued. */
  train(steps: number): void | Promise<void>;
  /** One read-back. */
  look(read: Read): Promise<SweepState>;
  dispose(): void;
}

/** The data of each head of a sweep, and its batches. */
export class SweepData {
  readonly heads: readonly SweepHead[];
  readonly #own: readonly { data: Observations; batches: Batches; seed: number }[];
  readonly #hyper: RewardHyper;

  /** @throws RangeError, with a sentence, when there are no or too many heads */
  constructor(all: Observations, heads: readonly SweepHead[], hyper: RewardHyper) {
    if (heads.length === 0 || heads.length > mostSweepHeads)
      throw new RangeError(
        `A sweep has 1 to ${mostSweepHeads} heads, and this one has ${heads.length}. Take fewer values, or split it.`,
      );
    this.heads = heads;
    this.#hyper = hyper;
    this.#own = heads.map(({ seed, labels }) => ({
      data: pickObservations(all, chosenLabels(countOf(all), labels, seed)),
      batches: new Batches(),
      seed,
    }));
  }

  /** The batch of each head. */
  batchesAt(step: number): Batch[] {
    const { batchSize } = this.#hyper;
    return this.#own.map(({ data, batches, seed }) => batches.at(data, { batchSize, seed }, step));
  }

  /** θ of all heads, one after the other. @param head with as many members */
  initial(head: Head): Float32Array {
    const theta = new Float32Array(head.size);
    // Each head begins as the first member of its seed.
    this.heads.forEach(({ seed }, h) =>
      theta.set(head.initial(seed).subarray(0, head.memberSize), h * head.memberSize),
    );
    return theta;
  }
}

/** Which observations a head learns from: of more labels, those of fewer are a part. */
function chosenLabels(count: number, labels: number, seed: number): Int32Array {
  const source = random(seed, 'sweep-labels');
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < Math.min(labels, count); i++) {
    const j = i + source.integer(count - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, labels);
}
