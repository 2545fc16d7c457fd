import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { normals, random } from '../../../src/domain/random.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { FeatureTable } from '../../../src/engine/reward/feature-table.ts';
import { Head, linearSpec } from '../../../src/engine/reward/head.ts';
import {
  drawPairs,
  RewardTrainer,
  rowsOf,
  type RewardHyper,
  type TrainingPairs,
} from '../../../src/engine/reward/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { mean, variance } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const dimension = 12;
const rows = 40;
const hyper: RewardHyper = {
  ...defaultSettings,
  optimizer: 'adamw',
  learningRate: 0.05,
  weightDecay: 0.01,
  batchSize: 8,
  seed: 3,
};
const pairs = {
  chosen: Int32Array.from({ length: 20 }, (_, i) => i),
  rejected: Int32Array.from({ length: 20 }, (_, i) => 20 + i),
};

let table: FeatureTable;
beforeEach(() => {
  table = new FeatureTable(normals(random(1, 'trainer-test'), rows * dimension), dimension);
  return () => table.dispose();
});
const head = new Head(linearSpec(dimension));
const fresh = () => new RewardTrainer(freshCheckpoint(head.initial(hyper.seed)));

async function stateOf(trainer: RewardTrainer) {
  const packed = trainer.evaluation(table.all);
  const values = (await packed.data()) as Float32Array;
  packed.dispose();
  const { checkpoint, ...rest } = trainer.unpack(values.slice(), rows);
  return { ...rest, checkpoint: checkpoint! };
}

const drawBatch = (from: TrainingPairs, size: number, seed: number, step: number) =>
  rowsOf(from, drawPairs(from.chosen.length, size, seed, step));

describe('a batch', () => {
  it('takes each pair once where they all fit, chosen first', () => {
    const few = { chosen: Int32Array.of(5, 6, 7), rejected: Int32Array.of(1, 2, 3) };
    expect(drawBatch(few, 64, 1, 0)).toEqual(Int32Array.of(5, 6, 7, 1, 2, 3));
    expect(drawBatch(few, 3, 1, 9)).toEqual(Int32Array.of(5, 6, 7, 1, 2, 3));
  });

  it('draws with replacement where they do not, and keeps the pairs together', () => {
    const counts = new Array<number>(20).fill(0);
    for (let step = 0; step < 500; step++) {
      const batch = drawBatch(pairs, 8, 1, step);
      expect(Array.from(batch.subarray(8))).toEqual(Array.from(batch.subarray(0, 8), (row) => row + 20));
      for (const row of batch.subarray(0, 8)) counts[row]! += 1;
    }
    // 200 each, binomially.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(4 * Math.sqrt(190));
  });

  it('depends on the seed and the step alone', () => {
    expect(drawBatch(pairs, 8, 1, 5)).toEqual(drawBatch(pairs, 8, 1, 5));
    expect(drawBatch(pairs, 8, 1, 5)).not.toEqual(drawBatch(pairs, 8, 1, 6));
    expect(drawBatch(pairs, 8, 1, 5)).not.toEqual(drawBatch(pairs, 8, 2, 5));
  });
});

describe('the linear head', () => {
  it('starts with normal weights of standard deviation 1/√(d + 1), and no bias', () => {
    const wide = new Head(linearSpec(5000));
    const theta = wide.initial(3);
    expect(theta).toHaveLength(wide.size);
    const weights = theta.subarray(0, 5000);
    expect(Math.abs(mean(weights)) * Math.sqrt(5001)).toBeLessThan(4 / Math.sqrt(5000));
    expect(Math.abs(variance(weights) * 5001 - 1)).toBeLessThan(4 * Math.sqrt(2 / 5000));
    expect(theta[5000]).toBe(0);
    expect(new Head(linearSpec(8)).initial(3)).toEqual(new Head(linearSpec(8)).initial(3));
    expect(new Head(linearSpec(8)).initial(4)).not.toEqual(new Head(linearSpec(8)).initial(3));
  });

  it('scores a row by w · φ + b', async () => {
    const theta = tf.tensor1d([1, -2, 0.5, 10]);
    const features = tf.tensor2d([1, 1, 1, 0, 2, 4], [2, 3]);
    const linear = new Head(linearSpec(3));
    const scores = linear.forward(theta, features);
    expect(Array.from(await scores.data())).toEqual([9.5, 8]);
    const inPairs = linear.forwardPairs(theta, features);
    expect(Array.from(await inPairs[0].data())).toEqual([9.5]);
    expect(Array.from(await inPairs[1].data())).toEqual([8]);
    tf.dispose([theta, features, scores, ...inPairs]);
  });
});

describe('training', () => {
  it('says how long the last gradient was', async () => {
    const trainer = fresh();
    const theta = head.initial(hyper.seed);
    const { rewards } = await stateOf(trainer);
    const all = { ...hyper, batchSize: 100 };
    trainer.train(table, pairs, all);
    // dL/dw = −mean σ(−Δ) (φ_chosen − φ_rejected)
    const features = await table.all.array();
    const gradient = new Float64Array(dimension);
    for (let k = 0; k < 20; k++) {
      const weight = 1 / (1 + Math.exp(rewards[k]! - rewards[20 + k]!)) / 20;
      for (let i = 0; i < dimension; i++) gradient[i]! -= weight * (features[k]![i]! - features[20 + k]![i]!);
    }
    expect((await stateOf(trainer)).gradNorm).toBeCloseTo(Math.hypot(...gradient), 5);
    expect(theta).toHaveLength(dimension + 1);
    trainer.dispose();
  });

  it('never moves the bias: in a difference it cancels', async () => {
    const trainer = fresh();
    for (let step = 0; step < 50; step++) trainer.train(table, pairs, hyper);
    expect((await stateOf(trainer)).checkpoint.theta[dimension]).toBe(0);
    trainer.dispose();
  });

  it.each(['sgd', 'adam', 'adamw'] as const)(
    'goes on from a checkpoint as if nothing had been: %s',
    async (optimizer) => {
      const settings = { ...hyper, optimizer };
      const whole = fresh();
      for (let step = 0; step < 12; step++) whole.train(table, pairs, settings);

      const first = fresh();
      for (let step = 0; step < 7; step++) first.train(table, pairs, settings);
      const { checkpoint } = await stateOf(first);
      const second = new RewardTrainer(checkpoint);
      expect(second.step).toBe(7);
      for (let step = 0; step < 5; step++) second.train(table, pairs, settings);
      expect(await stateOf(second)).toEqual(await stateOf(whole));
      for (const trainer of [whole, first, second]) trainer.dispose();
    },
  );

  it('forgets the moments of another optimiser', async () => {
    const trainer = fresh();
    for (let step = 0; step < 5; step++) trainer.train(table, pairs, hyper);
    const { checkpoint } = await stateOf(trainer);
    trainer.train(table, pairs, { ...hyper, optimizer: 'adam' });
    const after = (await stateOf(trainer)).checkpoint;
    expect([checkpoint.updates, after.updates]).toEqual([5, 1]);
    expect([checkpoint.step, after.step]).toEqual([5, 6]);
    // One Adam step from zero moments has length ≈ learning rate in every weight that has a gradient.
    const moved = Array.from(after.theta.subarray(0, dimension), (value, i) =>
      Math.abs(value - checkpoint.theta[i]!),
    );
    expectClose(moved, new Array(dimension).fill(hyper.learningRate), 1e-4);
    trainer.dispose();
  });

  it('pulls the weights towards 0 by the decay: outside the gradient for AdamW, by lr · decay a step', async () => {
    // Two equal features in each pair: no gradient, so only the decay is left.
    const equal = new FeatureTable(new Float32Array(rows * dimension).fill(1), dimension);
    const trainer = fresh();
    const before = head.initial(hyper.seed);
    for (let step = 0; step < 10; step++) trainer.train(equal, pairs, { ...hyper, weightDecay: 0.5 });
    const { theta } = (await stateOf(trainer)).checkpoint;
    expectClose(
      theta,
      Array.from(before, (value) => value * (1 - 0.05 * 0.5) ** 10),
      1e-6,
    );
    trainer.dispose();
    equal.dispose();
  });

  it('takes part in no tidy: what it holds is its own', async () => {
    const before = tf.memory().numTensors;
    const trainer = fresh();
    for (let step = 0; step < 20; step++) trainer.train(table, pairs, hyper);
    const scores = trainer.score(table.all);
    expect(scores.shape).toEqual([1, rows]);
    scores.dispose();
    await stateOf(trainer);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
