import { pairObservations, type Observations } from '../../domain/observations';
import { softplus } from '../../domain/logistic';
import { normals, random } from '../../domain/random';
import { defaultSettings } from '../../domain/settings';
import { draw } from '../reward/batch';
import { FeatureTable } from '../reward/feature-table';
import { Head, type HeadSpec } from '../reward/head';
import type { RewardHyper } from '../reward/trainer';

/** What everybody trains in a benchmark: the same weights to start from, the same batches, the same optimiser. */
export interface Problem {
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
}

const rows = 256;
const pairs = 512;

/** @param spec of the head; all its members learn from the same batches, but each counts them its own way */
export function problemOf(spec: Pick<HeadSpec, 'hidden' | 'members'>): Problem {
  const dimension = 768;
  const head = new Head({ ...spec, dimension, activation: 'relu', outputs: 1 });
  const values = normals(random(1, 'bench'), rows * dimension).map((value) => value / Math.sqrt(dimension));
  const source = random(2, 'bench');
  const pick = () => Int32Array.from({ length: pairs }, () => source.integer(rows));
  const [chosen, rejected] = [pick(), pick()];
  const hyper: RewardHyper = {
    ...defaultSettings,
    optimizer: 'adam',
    learningRate: 0.001,
    weightDecay: 0,
    batchSize: 64,
    seed: 1,
  };
  const observations = pairObservations(chosen, rejected);
  return {
    head,
    values,
    dimension,
    rows,
    chosen,
    rejected,
    observations,
    hyper,
    theta: head.initial(1),
  };
}

export const tableOf = ({ values, dimension }: Problem): FeatureTable => new FeatureTable(values, dimension);

/** Rows of one batch: the chosen ones and the rejected ones. */
export function batchOf(problem: Problem, step: number): { chosen: Int32Array; rejected: Int32Array } {
  const { chosen, rejected, hyper } = problem;
  const drawn = draw(pairs, hyper.batchSize, hyper.seed, step);
  return { chosen: drawn.map((i) => chosen[i]!), rejected: drawn.map((i) => rejected[i]!) };
}

/** Mean Bradley–Terry loss of all pairs under the first member. @param rewards of the rows */
export function lossOf({ chosen, rejected }: Problem, rewards: ArrayLike<number>): number {
  let sum = 0;
  chosen.forEach((row, i) => (sum += softplus(rewards[rejected[i]!]! - rewards[row]!)));
  return sum / chosen.length;
}
