// Problems for reward trainers, and how far two of them are apart.
import { expect } from 'vitest';
import { kinds, type Observations } from '../../src/domain/observations.ts';
import { normals, random } from '../../src/domain/random.ts';
import { softplus } from '../../src/domain/logistic.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { tieLosses } from '../../src/domain/usable.ts';
import { freshCheckpoint, type Checkpoint, type Read } from '../../src/engine/parameters.ts';
import { FeatureTable } from '../../src/engine/reward/feature-table.ts';
import { Head, type HeadSpec } from '../../src/engine/reward/head.ts';
import { OpsTrainer } from '../../src/engine/reward/ops-trainer.ts';
import { criterionWeights, type RewardHyper, type RewardTrainer } from '../../src/engine/reward/trainer.ts';
import { mean } from './statistics.ts';

export type MakeTrainer = (checkpoint: Checkpoint, head: Head) => RewardTrainer;

export const readTensor: Read = async (tensor) => (await tensor.data()) as Float32Array;

export const plainHead = (patch: Partial<HeadSpec> = {}): Head =>
  new Head({ dimension: 16, hidden: [], activation: 'tanh', members: 1, outputs: 1, ...patch });

/** Rows of about unit length. */
export function featureTable(rows: number, dimension: number): FeatureTable {
  const values = normals(random(1, 'features', rows, dimension), rows * dimension);
  return new FeatureTable(
    values.map((value) => value / Math.sqrt(dimension)),
    dimension,
  );
}

export interface DataPlan {
  readonly pairs: number;
  readonly lists?: number;
  readonly ratings?: number;
  /** Ties among the pairs. */
  readonly ties?: boolean;
  readonly criteria?: number;
}

/** Observations of all the kinds that are asked for, in turn. */
export function observations(rows: number, plan: DataPlan): Observations {
  const { pairs, lists = 0, ratings = 0, ties = false, criteria = 1 } = plan;
  const source = random(2, 'observations');
  const kind: number[] = [];
  const start = [0];
  const [items, places, value, criterion]: number[][] = [[], [], [], []] as unknown as number[][];
  const add = (name: (typeof kinds)[number], order: readonly number[], worth: number) => {
    const shown = new Set<number>();
    while (shown.size < order.length) shown.add(source.integer(rows));
    kind.push(kinds.indexOf(name));
    items!.push(...shown);
    places!.push(...order);
    start.push(items!.length);
    value!.push(worth);
    criterion!.push(criteria > 1 ? source.integer(criteria + 1) - 1 : -1);
  };
  for (let k = 0; k < pairs; k++) add('pair', ties && k % 4 === 0 ? [0, 0] : [0, 1], (k % 3) / 2);
  for (let k = 0; k < lists; k++)
    if (k % 2 === 0) add('ranking', k % 4 === 0 ? [0, 1, 2, 3] : [0, 1, 1], 0);
    else add('best', [0, 1, 1, 1, 1], 0);
  for (let k = 0; k < ratings; k++) add('rating', [0], (k % 5) - 2);
  return {
    kind: Uint8Array.from(kind),
    start: Int32Array.from(start),
    rows: Int32Array.from(items!),
    places: Uint8Array.from(places!),
    value: Float32Array.from(value!),
    criterion: Int8Array.from(criterion!),
    heldOut: new Uint8Array(kind.length),
  };
}

export const hyperWith = (patch: Partial<RewardHyper> = {}): RewardHyper => ({
  ...defaultSettings,
  learningRate: 0.01,
  weightDecay: 0.01,
  batchSize: 16,
  seed: 3,
  ...patch,
});

export const learnsFromTies = ({ loss }: RewardHyper): boolean => tieLosses.includes(loss);

/** Mean Bradley–Terry loss of the pairs with a winner. */
function lossOf(rewards: Float32Array, { kind, start, rows, places }: Observations): number {
  let [sum, count] = [0, 0];
  kind.forEach((name, i) => {
    const [a, b] = [start[i]!, start[i]! + 1];
    if (kinds[name] !== 'pair' || places[a] === places[b]) return;
    sum += softplus(rewards[rows[b]!]! - rewards[rows[a]!]!);
    count += 1;
  });
  return count === 0 ? 0 : sum / count;
}

export interface Followed {
  readonly loss: number;
  /** But for what is the same for all rows. */
  readonly scores: number;
  /**
   * What is the same for all rows, which comparisons leave open: where the gradient of a hidden bias is nothing but
   * rounding, Adam makes whole steps of it.
   */
  readonly shift: number;
  readonly theta: number;
  readonly gradNorm: number;
  /** How much the first trainer's scores changed: that something was learned. */
  readonly moved: number;
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return Number.isNaN(worst) ? Infinity : worst;
};

const byOps: MakeTrainer = (checkpoint, head) => new OpsTrainer(checkpoint, head);

export interface TrainingProblem {
  readonly head: Head;
  readonly table: FeatureTable;
  readonly data: Observations;
  readonly hyper: RewardHyper;
}

/**
 * Trains by two trainers, and looks how far they come apart on the way, at worst.
 * @param reference by default by operations
 */
export async function follow(
  make: MakeTrainer,
  problem: TrainingProblem,
  steps: readonly number[],
  reference: MakeTrainer = byOps,
): Promise<Followed> {
  const { head, table, data, hyper } = problem;
  const checkpoint = freshCheckpoint(head.initial(hyper.seed));
  const [one, other] = [reference(checkpoint, head), make(checkpoint, head)];
  const weightings = [criterionWeights(hyper)];
  const worst = { loss: 0, scores: 0, shift: 0, theta: 0, gradNorm: 0 };
  const first = await one.evaluate(table, weightings, true, readTensor);
  let last = first;
  for (const count of steps) {
    await one.train(table, data, hyper, count);
    await other.train(table, data, hyper, count);
    const [a, b] = [
      await one.evaluate(table, weightings, true, readTensor),
      await other.evaluate(table, weightings, true, readTensor),
    ];
    expect(b.checkpoint!.step).toBe(a.checkpoint!.step);
    expect(b.checkpoint!.updates).toBe(a.checkpoint!.updates);
    const losses = [a, b].map(({ rewards }) => lossOf(rewards[0]!, data)) as [number, number];
    worst.loss = Math.max(worst.loss, Math.abs(losses[0] - losses[1]));
    const shift = mean(a.rewards[0]!) - mean(b.rewards[0]!);
    const shifted = b.rewards[0]!.map((value) => value + shift);
    worst.scores = Math.max(worst.scores, apart(a.rewards[0]!, shifted));
    worst.shift = Math.max(worst.shift, Math.abs(shift));
    worst.theta = Math.max(worst.theta, apart(a.checkpoint!.theta, b.checkpoint!.theta));
    worst.gradNorm = Math.max(worst.gradNorm, Math.abs(a.gradNorm - b.gradNorm) / Math.max(1, a.gradNorm));
    last = a;
  }
  one.dispose();
  other.dispose();
  return { ...worst, moved: apart(first.rewards[0]!, last.rewards[0]!) };
}
