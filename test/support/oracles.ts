// The published numbers in test/fixtures/oracles, as checks that run on whatever backend is current.
import { expect } from 'vitest';
import pairwise from '../fixtures/oracles/pairwise_losses.json';
import training from '../fixtures/oracles/reward_head_training.json';
import rankings from '../fixtures/oracles/rankings.json';
import ties from '../fixtures/oracles/ties.json';
import { pairObservations } from '../../src/domain/observations.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { freshCheckpoint } from '../../src/engine/parameters.ts';
import { FeatureTable } from '../../src/engine/reward/feature-table.ts';
import { Head, linearSpec, type HeadSpec } from '../../src/engine/reward/head.ts';
import { centring, listLosses, pairLosses } from '../../src/engine/reward/losses/index.ts';
import { pairMetrics, type PairMetrics } from '../../src/engine/reward/metrics.ts';
import type { RewardHyper } from '../../src/engine/reward/trainer.ts';
import { OpsTrainer } from '../../src/engine/reward/ops-trainer.ts';
import { readTensor, type MakeTrainer } from './trainers.ts';
import * as tf from '../../src/engine/tf.ts';
import { expectClose } from './close.ts';

// Otherwise TensorFlow.js says on the console of Node that the CPU is slow.
tf.env().set('IS_TEST', true);

async function numbersOf(tensor: tf.Tensor): Promise<number[]> {
  const values = await tensor.data();
  tensor.dispose();
  return Array.from(values);
}

interface PairwiseCase {
  readonly name: string;
  readonly chosen: number[];
  readonly rejected: number[];
  readonly loss: number;
  readonly grad_chosen: number[];
  readonly grad_rejected: number[];
  readonly temperature?: number;
  /** m of each pair: the loss is taken of Δ − m. */
  readonly margin?: number[];
  readonly label_smoothing?: number;
  readonly hinge_margin?: number;
  readonly center_rewards_coefficient?: number;
}

export const pairwiseCases = pairwise.cases as PairwiseCase[];

/** The case's loss, put together from the registry's parts. */
function pairwiseLoss(wanted: PairwiseCase, chosen: tf.Tensor, rejected: tf.Tensor): tf.Tensor {
  const delta = chosen
    .sub(rejected)
    .div(wanted.temperature ?? 1)
    .sub(wanted.margin ? tf.tensor1d(wanted.margin) : 0);
  const noTie = tf.scalar(0);
  if (wanted.hinge_margin !== undefined) return pairLosses.hinge.decided(delta, { labelNoise: 0 }, noTie);
  if (wanted.label_smoothing !== undefined)
    return pairLosses.smoothed.decided(delta, { labelNoise: wanted.label_smoothing }, noTie);
  const loss = pairLosses['bradley-terry'].decided(delta, { labelNoise: 0 }, noTie);
  const pull = wanted.center_rewards_coefficient;
  return pull === undefined ? loss : loss.add(centring(chosen, rejected).mul(pull));
}

export async function checkPairwise(wanted: PairwiseCase, tolerance: number): Promise<void> {
  const loss = (chosen: tf.Tensor, rejected: tf.Tensor) =>
    pairwiseLoss(wanted, chosen, rejected).mean<tf.Scalar>();
  const [chosen, rejected] = [tf.tensor1d(wanted.chosen), tf.tensor1d(wanted.rejected)];
  const { value, grads } = tf.valueAndGrads(loss)([chosen, rejected]);
  tf.dispose([chosen, rejected]);
  expectClose(await numbersOf(value), wanted.loss, tolerance, 'loss');
  expectClose(await numbersOf(grads[0]!), wanted.grad_chosen, tolerance, 'gradient of chosen');
  expectClose(await numbersOf(grads[1]!), wanted.grad_rejected, tolerance, 'gradient of rejected');
}

interface TrainingCase {
  readonly name: string;
  readonly head: string;
  readonly optimizer: RewardHyper['optimizer'];
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly steps: number;
  readonly chosen: number[][];
  readonly rejected: number[][];
  readonly hidden: number[];
  readonly activation: HeadSpec['activation'] | null;
  /** Of each layer: weights [in, out], then the bias. */
  readonly initial: (number[] | number[][])[];
  readonly final: (number[] | number[][])[];
  readonly loss_before_each_step: number[];
  readonly accuracy_before_each_step: number[];
  readonly mean_margin_before_each_step: number[];
}

export const trainingCases = training.cases as unknown as TrainingCase[];

const byOps: MakeTrainer = (checkpoint, head) => new OpsTrainer(checkpoint, head);

export async function checkTraining(
  wanted: TrainingCase,
  tolerance: number,
  make: MakeTrainer = byOps,
): Promise<void> {
  const rows = [...wanted.chosen, ...wanted.rejected];
  const pairCount = wanted.chosen.length;
  const table = new FeatureTable(Float32Array.from(rows.flat()), rows[0]!.length);
  const head = new Head({
    ...linearSpec(rows[0]!.length),
    hidden: wanted.hidden,
    activation: wanted.activation ?? 'relu',
  });
  // The parameter for ties comes last.
  const flat = (parts: TrainingCase['initial']) => Float32Array.from([...parts.flat(2), 0]);
  const trainer = make(freshCheckpoint(flat(wanted.initial)), head);
  const pairs = {
    chosen: Int32Array.from({ length: pairCount }, (_, i) => i),
    rejected: Int32Array.from({ length: pairCount }, (_, i) => pairCount + i),
  };
  const hyper: RewardHyper = {
    ...defaultSettings,
    optimizer: wanted.optimizer,
    learningRate: wanted.learning_rate,
    weightDecay: wanted.weight_decay,
    batchSize: pairCount,
    seed: 1,
  };
  const rewardsNow = async () => {
    return (await trainer.evaluate(table, [[1]], false, readTensor)).rewards[0]!;
  };
  const marginsOf = (rewards: Float32Array) =>
    Array.from(pairs.chosen, (row, i) => rewards[row]! - rewards[pairs.rejected[i]!]!);

  const before: PairMetrics[] = [];
  for (let step = 0; step < wanted.steps; step++) {
    before.push(pairMetrics(marginsOf(await rewardsNow())));
    await trainer.train(table, pairObservations(pairs.chosen, pairs.rejected), hyper, 1);
  }
  const rewards = await rewardsNow();
  expect(trainer.step).toBe(wanted.steps);
  const final = make(freshCheckpoint(flat(wanted.final)), head);
  const scores = await numbersOf(final.score(table.all, [[1]]));
  final.dispose();
  trainer.dispose();
  table.dispose();

  const curve = (name: 'loss' | 'accuracy' | 'margin') => before.map((metrics) => metrics[name]);
  expectClose(curve('loss'), wanted.loss_before_each_step, tolerance, 'loss');
  expectClose(curve('accuracy'), wanted.accuracy_before_each_step, tolerance, 'accuracy');
  expectClose(curve('margin'), wanted.mean_margin_before_each_step, tolerance, 'mean margin');
  expectClose(rewards, scores, tolerance, 'final scores');
}
interface TieCase {
  readonly name: string;
  readonly a: number[];
  readonly b: number[];
  /** 0: a preferred, 1: a tie, 2: b preferred. */
  readonly outcome: number[];
  readonly nu?: number;
  readonly theta?: number;
  readonly probabilities: number[][];
  readonly loss: number;
  readonly grad_a: number[];
  readonly grad_b: number[];
  readonly grad_log_nu?: number;
  readonly grad_log_theta?: number;
}

export const tieCases = ties.cases as TieCase[];

export async function checkTies(wanted: TieCase, tolerance: number): Promise<void> {
  const loss = pairLosses[wanted.nu === undefined ? 'rao-kupper' : 'davidson'];
  const parameter = Math.log(wanted.nu ?? wanted.theta! - 1);
  const hyper = { labelNoise: 0 };
  const count = wanted.a.length;
  const won = (outcome: number) =>
    tf.tensor2d(
      wanted.outcome.map((o) => (o === outcome ? 1 : 0)),
      [1, count],
    );
  const objective = (a: tf.Tensor, b: tf.Tensor, t: tf.Tensor) =>
    tf
      .addN([
        loss.decided(a.sub(b), hyper, t).mul(won(0)),
        loss.tied!(a.sub(b), hyper, t).mul(won(1)),
        loss.decided(b.sub(a), hyper, t).mul(won(2)),
      ])
      .sum()
      .div<tf.Scalar>(count);
  const [a, b] = [tf.tensor2d([wanted.a]), tf.tensor2d([wanted.b])];
  const t = tf.tensor2d([[parameter]]);
  const probabilities = tf.tidy(() =>
    tf
      .concat([
        loss.decided(a.sub(b), hyper, t),
        loss.tied!(a.sub(b), hyper, t),
        loss.decided(b.sub(a), hyper, t),
      ])
      .neg()
      .exp()
      .transpose(),
  );
  expectClose(await numbersOf(probabilities), wanted.probabilities.flat(), tolerance, 'probabilities');
  const { value, grads } = tf.tidy(() => tf.valueAndGrads(objective)([a, b, t]));
  tf.dispose([a, b, t]);
  expectClose(await numbersOf(value), wanted.loss, tolerance, 'loss');
  expectClose(await numbersOf(grads[0]!), wanted.grad_a, tolerance, 'gradient of a');
  expectClose(await numbersOf(grads[1]!), wanted.grad_b, tolerance, 'gradient of b');
  // d log θ / dt = (θ − 1)/θ, where t = log(θ − 1).
  const gradient = wanted.grad_log_nu ?? wanted.grad_log_theta! * ((wanted.theta! - 1) / wanted.theta!);
  expectClose(await numbersOf(grads[2]!), gradient, tolerance, 'gradient of the tie parameter');
}

interface RankingCase {
  readonly name: string;
  readonly rewards: number[][];
  readonly order_best_first: number[][];
  readonly loss: number;
  readonly grad: number[][];
}

export const rankingCases = rankings.cases as RankingCase[];

export async function checkRanking(wanted: RankingCase, tolerance: number): Promise<void> {
  const name = wanted.name.startsWith('plackett') ? 'plackett-luce' : 'all-pairs';
  const [count, length] = [wanted.rewards.length, wanted.rewards[0]!.length];
  const lists = { count, length, places: Int8Array.from({ length: count * length }, (_, i) => i % length) };
  const ordered = tf.tensor3d(
    wanted.order_best_first.flatMap((order, k) => order.map((i) => wanted.rewards[k]![i]!)),
    [1, count, length],
  );
  const { value, grad } = tf.tidy(() => {
    const loss = (x: tf.Tensor) => listLosses[name].tensor(x as tf.Tensor3D, lists).mean<tf.Scalar>();
    return { value: loss(ordered), grad: tf.grad(loss)(ordered) };
  });
  tf.dispose(ordered);
  const expected = wanted.order_best_first.flatMap((order, k) => order.map((i) => wanted.grad[k]![i]!));
  expectClose(await numbersOf(value), wanted.loss, tolerance, 'loss');
  expectClose(await numbersOf(grad), expected, tolerance, 'gradient');
}
