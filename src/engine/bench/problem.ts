import { pairObservations, type Observations } from '../../domain/observations';
import { softplus } from '../../domain/logistic';
import { normals, random } from '../../domain/random';
import { defaultSettings } from '../../domain/settings';
import { draw } from '../reward/batch';
import { bootstrapWeights } from '../reward/ensemble';
import { FeatureTable } from '../reward/feature-table';
import { Head, type HeadSpec } from '../reward/head';
import { SweepData, type SweepHead } from '../reward/sweep';
import type { RewardHyper } from '../reward/trainer';
import type { Task } from './cases';

/** What everybody trains: the same weights to start from, the same batches, the same optimiser. */
export interface Problem {
  /** With the heads of a sweep as its members. */
  readonly head: Head;
  readonly values: Float32Array;
  readonly dimension: number;
  readonly rows: number;
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
  readonly observations: Observations;
  readonly hyper: RewardHyper;
  /** θ, as head.ts orders it. */
  readonly theta: Float32Array;
  readonly sweep: readonly SweepHead[] | null;
  /** Of each member. */
  readonly learningRates: readonly number[];
  /** Of one step: one for all members, or one for each. */
  batchesAt(step: number): readonly PairBatch[];
}

/** Rows of one batch, and what each of its pairs counts for each member that shares it: [members · pairs], or 1. */
export interface PairBatch {
  readonly chosen: Int32Array;
  readonly rejected: Int32Array;
  readonly counts: Float32Array | null;
}

export const problemHyper: RewardHyper = {
  ...defaultSettings,
  optimizer: 'adam',
  learningRate: 0.001,
  weightDecay: 0,
  batchSize: 64,
  seed: 1,
};

const rows = 256;
const pairs = 512;
const dimension = 768;

export function problemOf(task: Extract<Task, { kind: 'train' | 'sweep' }>): Problem {
  const values = normals(random(1, 'bench'), rows * dimension).map((value) => value / Math.sqrt(dimension));
  const source = random(2, 'bench');
  const pick = () => Int32Array.from({ length: pairs }, () => source.integer(rows));
  const [chosen, rejected] = [pick(), pick()];
  const hyper = problemHyper;
  const observations = pairObservations(chosen, rejected);
  const known = { values, dimension, rows, chosen, rejected, observations, hyper };
  return task.kind === 'train'
    ? { ...known, ...trainingOf(task.spec, known) }
    : { ...known, ...sweepOf(task.heads, known) };
}

type Known = Pick<Problem, 'chosen' | 'rejected' | 'observations' | 'hyper'>;

/** Members learn from the same batches, but each counts the pairs its own way. */
function trainingOf(
  spec: Pick<HeadSpec, 'hidden' | 'members'>,
  { chosen, rejected, hyper }: Known,
): Pick<Problem, 'head' | 'theta' | 'sweep' | 'learningRates' | 'batchesAt'> {
  const head = new Head({ ...spec, dimension, activation: 'relu', outputs: 1 });
  const { members } = spec;
  const weights = members > 1 ? bootstrapWeights(hyper.seed, members, pairs) : null;
  return {
    head,
    theta: head.initial(1),
    sweep: null,
    learningRates: Array.from({ length: members }, () => hyper.learningRate),
    batchesAt: (step) => {
      const drawn = draw(pairs, hyper.batchSize, hyper.seed, step);
      const counts = weights && new Float32Array(members * drawn.length);
      counts?.forEach(
        (_, i) => (counts[i] = weights![Math.floor(i / drawn.length) * pairs + drawn[i % drawn.length]!]!),
      );
      return [{ chosen: drawn.map((i) => chosen[i]!), rejected: drawn.map((i) => rejected[i]!), counts }];
    },
  };
}

function sweepOf(
  count: number,
  { observations, hyper }: Known,
): Pick<Problem, 'head' | 'theta' | 'sweep' | 'learningRates' | 'batchesAt'> {
  const sweep = Array.from({ length: count }, (_, h) => ({
    learningRate: 0.001 * (1 + (h % 8)),
    weightDecay: 0,
    seed: 1 + Math.floor(h / 8),
    labels: pairs,
  }));
  const head = new Head({ hidden: [], members: count, dimension, activation: 'relu', outputs: 1 });
  const data = new SweepData(observations, sweep, hyper);
  return {
    head,
    theta: data.initial(head),
    sweep,
    learningRates: sweep.map(({ learningRate }) => learningRate),
    batchesAt: (step) =>
      data.batchesAt(step).map(({ rows, pairs: { count: own } }) => ({
        chosen: rows.slice(0, own),
        rejected: rows.slice(own, 2 * own),
        counts: null,
      })),
  };
}

export const tableOf = ({ values, dimension }: Problem): FeatureTable => new FeatureTable(values, dimension);

/** Mean Bradley–Terry loss of all pairs under each member. @param rewards [members · rows] */
export function lossesOf(
  { chosen, rejected, head, rows }: Problem,
  rewards: ArrayLike<number>,
): Float32Array {
  return Float32Array.from({ length: head.spec.members }, (_, m) => {
    let sum = 0;
    chosen.forEach(
      (row, i) => (sum += softplus(rewards[m * rows + rejected[i]!]! - rewards[m * rows + row]!)),
    );
    return sum / chosen.length;
  });
}
