import { beta1, beta2 } from '../../../optimizers';
import type { Batch } from '../../batch';
import { schedules } from '../../schedules';
import { criterionWeights, type RewardHyper } from '../../trainer';

/**
 * What some steps will need, as one array of 32-bit words for one upload: shader.ts reads it by the same places.
 * The header, a learning rate and a decay for each head, four numbers for each step, then the batches.
 */
export const place = {
  pairs: 0,
  /** Words from one step's batch to the next: 0 where it is the same. */
  batchStride: 1,
  batches: 2,
  /** Words from one head's batch to the next: 0 where they share it. */
  headStride: 3,
  /** Words from one head's weights to the next within a batch. */
  weightStride: 4,
  steps: 5,
  flags: 6,
  stepNumbers: 7,
  labelNoise: 8,
  centring: 9,
  tie: 10,
  criteria: 11,
  heads: 16,
} as const;

export const flag = { adam: 1, learnTies: 2, decoupled: 4 } as const;

/** Most outputs of a head: the fourth number beside them is the tie parameter's. */
export const mostOutputs = 3;

interface HeadHyper {
  readonly learningRate: number;
  readonly weightDecay: number;
}

export interface PlannedSteps {
  readonly heads: readonly HeadHyper[];
  /** Step done before the first, for the schedule, and optimiser updates done. */
  readonly step: number;
  readonly updates: number;
  readonly steps: number;
  /** Room for pairs in a batch. */
  readonly pairs: number;
  /** One for all heads, or one for each. */
  batchesAt(step: number): readonly Batch[];
  /** Counts of a batch's pairs for each head, [heads · pairs]; null where each counts once. */
  weightsOf(batch: Batch): Float32Array | null;
}

/** Words of a batch: rows, margins, bits, and for each head that shares it the weights. */
const batchWords = (pairs: number, heads: number): number => pairs * (4 + heads);

/** The most words that a plan of so many steps takes. */
export const planWords = (heads: number, pairs: number, steps: number, shared: boolean): number =>
  place.heads +
  2 * heads +
  4 * steps +
  steps * (shared ? batchWords(pairs, heads) : heads * batchWords(pairs, 1));

/** Writes a plan. @returns how many words it took */
export function writePlan(words: Uint32Array, hyper: RewardHyper, planned: PlannedSteps): number {
  const numbers = new Float32Array(words.buffer, words.byteOffset, words.length);
  const { heads, steps } = planned;
  const first = planned.batchesAt(planned.step);
  const shared = first.length === 1;
  const pairs = Math.max(...first.map((batch) => batch.pairs.count));
  const stepNumbers = place.heads + 2 * heads.length;
  const batches = stepNumbers + 4 * steps;
  const stride = shared ? batchWords(pairs, heads.length) : heads.length * batchWords(pairs, 1);

  words[place.pairs] = pairs;
  words[place.batches] = batches;
  words[place.headStride] = shared ? 0 : batchWords(pairs, 1);
  words[place.weightStride] = shared ? pairs : 0;
  words[place.steps] = steps;
  words[place.flags] =
    (hyper.optimizer === 'sgd' ? 0 : flag.adam) |
    (hyper.optimizer === 'adam' ? 0 : flag.decoupled) |
    (hyper.learnTies ? flag.learnTies : 0);
  words[place.stepNumbers] = stepNumbers;
  numbers[place.labelNoise] = hyper.labelNoise;
  numbers[place.centring] = hyper.centring;
  numbers[place.tie] = Math.log(hyper.tieParameter);
  numbers.set(criterionWeights(hyper).slice(0, mostOutputs), place.criteria);
  heads.forEach(({ learningRate, weightDecay }, h) =>
    numbers.set([learningRate, weightDecay], place.heads + 2 * h),
  );
  for (let k = 0; k < steps; k++) {
    const update = planned.updates + k + 1;
    const factor = schedules[hyper.schedule](planned.step + k, hyper.scheduleSteps);
    const first = hyper.optimizer === 'sgd' ? 1 : 1 / (1 - beta1 ** update);
    numbers.set([factor, first, 1 / (1 - beta2 ** update)], stepNumbers + 4 * k);
  }

  let distinct = 0;
  let before: readonly Batch[] | null = null;
  for (let k = 0; k < steps; k++) {
    const now = k === 0 ? first : planned.batchesAt(planned.step + k);
    // Where a batch holds everything, it is the same from step to step, and written once.
    if (before && now.every((batch, h) => batch === before![h])) continue;
    before = now;
    now.forEach((batch, h) => {
      const at = batches + distinct * stride + (shared ? 0 : h * batchWords(pairs, 1));
      writeBatch(words, numbers, at, pairs, batch, hyper.marginScale);
      const counts = planned.weightsOf(batch);
      const sharing = shared ? heads.length : 1;
      for (let head = 0; head < sharing; head++)
        for (let p = 0; p < pairs; p++) {
          const count = p < batch.pairs.count ? (counts ? counts[head * batch.size + p]! : 1) : 0;
          numbers[at + 4 * pairs + head * pairs + p] = count / batch.size;
        }
    });
    distinct += 1;
  }
  words[place.batchStride] = distinct === 1 ? 0 : stride;
  return batches + distinct * stride;
}

/** @param pairs places in the batch; those beyond its own repeat a row, and count nothing */
function writeBatch(
  words: Uint32Array,
  numbers: Float32Array,
  at: number,
  pairs: number,
  batch: Batch,
  marginScale: number,
): void {
  const { count, margin, tied } = batch.pairs;
  for (let p = 0; p < pairs; p++) {
    const own = p < count;
    words[at + 2 * p] = batch.rows[own ? p : 0]!;
    words[at + 2 * p + 1] = batch.rows[own ? count + p : 0]!;
    numbers[at + 2 * pairs + p] = own ? marginScale * margin[p]! : 0;
    words[at + 3 * pairs + p] = own ? tied[p]! | ((batch.criterion[p]! + 1) << 1) : 0;
  }
}
