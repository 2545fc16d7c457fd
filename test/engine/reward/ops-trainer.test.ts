import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { countOf, pairObservations, type Observations } from '../../../src/domain/observations.ts';
import { normals, random } from '../../../src/domain/random.ts';
import { defaultSettings, settingsTable } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { FeatureTable } from '../../../src/engine/reward/feature-table.ts';
import { dropoutMask, Head, linearSpec } from '../../../src/engine/reward/head.ts';
import { arrange, draw } from '../../../src/engine/reward/batch.ts';
import { bootstrapWeights } from '../../../src/engine/reward/ensemble.ts';
import { rowSlopes } from '../../../src/engine/reward/losses/row-slopes.ts';
import { OpsTrainer } from '../../../src/engine/reward/ops-trainer.ts';
import { criterionWeights, type RewardHyper } from '../../../src/engine/reward/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { mean, variance } from '../../support/statistics.ts';
import { readTensor } from '../../support/trainers.ts';

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
const pairs = pairObservations(
  Array.from({ length: 20 }, (_, i) => i),
  Array.from({ length: 20 }, (_, i) => 20 + i),
);

let table: FeatureTable;
beforeEach(() => {
  table = new FeatureTable(normals(random(1, 'trainer-test'), rows * dimension), dimension);
  return () => table.dispose();
});
const head = new Head(linearSpec(dimension));
const fresh = () => new OpsTrainer(freshCheckpoint(head.initial(hyper.seed)), head);

async function stateOf(trainer: OpsTrainer) {
  const { checkpoint, rewards, ...rest } = await trainer.evaluate(table, [[1]], true, readTensor);
  return { ...rest, rewards: rewards[0]!, checkpoint: checkpoint! };
}

const drawBatch = (from: Observations, size: number, seed: number, step: number) =>
  arrange(from, draw(countOf(from), size, seed, step)).rows;

describe('a batch', () => {
  it('takes each pair once where they all fit, chosen first', () => {
    const few = pairObservations([5, 6, 7], [1, 2, 3]);
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
    // The last number is for ties, and has no part in a score.
    const theta = tf.tensor1d([1, -2, 0.5, 10, 99]);
    const features = tf.tensor2d([1, 1, 1, 0, 2, 4], [2, 3]);
    const linear = new Head(linearSpec(3));
    const scores = linear.forward(theta, features, [[1]]);
    expect(Array.from(await scores.data())).toEqual([9.5, 8]);
    tf.dispose([theta, features, scores]);
  });
});

describe('training', () => {
  it('says how long the last gradient was', async () => {
    const trainer = fresh();
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
      const second = new OpsTrainer(checkpoint, head);
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
    const scores = trainer.score(table.all, [[1]]);
    expect(scores.shape).toEqual([1, rows]);
    scores.dispose();
    await stateOf(trainer);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('training on everything that can be recorded', () => {
  /** A pair with strength, a tie, a best of four, a ranking of three with a tie, a rating, and criteria. */
  const mixed: Observations = {
    kind: Uint8Array.of(0, 0, 1, 2, 3, 0, 2),
    start: Int32Array.of(0, 2, 4, 8, 11, 12, 14, 17),
    rows: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
    places: Uint8Array.of(0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 2, 0, 0, 1, 0, 1, 2),
    value: Float32Array.of(1, 0, 0, 0, 1.5, 1 / 3, 0),
    criterion: Int8Array.of(-1, -1, -1, 1, 2, 0, -1),
    heldOut: new Uint8Array(7),
  };
  const gradientHyper = {
    ...hyper,
    optimizer: 'sgd',
    learningRate: 1,
    weightDecay: 0,
    batchSize: 64,
    centring: 0.05,
    marginScale: 0.7,
    ratingWeight: 0.3,
    labelNoise: 0.1,
    criterionWeight1: 0.8,
    criterionWeight2: -0.4,
    criterionWeight3: 0.2,
  } as const;

  const cases = settingsTable.loss.options.flatMap((loss) =>
    settingsTable.rankingLoss.options.map((rankingLoss) => [loss, rankingLoss] as const),
  );

  it.each(cases)('with %s and %s, a step is minus the gradient of the numbers', async (loss, rankingLoss) => {
    const settings = { ...gradientHyper, loss, rankingLoss };
    const spec = { ...linearSpec(dimension), outputs: 3, members: 2 };
    const wide = new Head(spec);
    const trainer = new OpsTrainer(freshCheckpoint(wide.initial(5)), wide);
    const alone = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const read = () => trainer.evaluate(table, alone, true, readTensor);
    const before = await read();
    trainer.train(table, mixed, settings);
    const after = await read();
    trainer.dispose();

    const batch = arrange(mixed, draw(7, 64, settings.seed, 0));
    const together = criterionWeights(settings);
    const sharesOf = (i: number) =>
      batch.criterion[i]! < 0 ? together : together.map((_, c) => +(c === batch.criterion[i]));
    const judged = Float32Array.from({ length: 2 * batch.rows.length }, (_, k) => {
      const [member, i] = [Math.floor(k / batch.rows.length), k % batch.rows.length];
      const scores = before.rewards.map((by) => by[member * rows + batch.rows[i]!]!);
      return sharesOf(i).reduce((sum, share, c) => sum + share * scores[c]!, 0);
    });
    const weights = bootstrapWeights(settings.seed, 2, 7);
    const picked = Float32Array.from(
      { length: 14 },
      (_, k) => weights[7 * Math.floor(k / 7) + batch.drawn[k % 7]!]!,
    );
    const { slopes, biasSlopes, tieSlopes } = rowSlopes(batch, judged, picked, [0, 0], settings);

    const wanted = new Float64Array(wide.size);
    const features = await table.all.array();
    for (let member = 0; member < 2; member++) {
      const at = member * wide.memberSize;
      batch.rows.forEach((row, i) =>
        sharesOf(i).forEach((share, c) => {
          const k = member * batch.rows.length + i;
          for (let f = 0; f < dimension; f++)
            wanted[at + f * 3 + c]! += share * slopes[k]! * features[row]![f]!;
          wanted[at + dimension * 3 + c]! += share * biasSlopes[k]!;
        }),
      );
      wanted[at + wide.memberSize - 1] = tieSlopes[member]!;
    }
    const moved = Float64Array.from(
      before.checkpoint!.theta,
      (value, i) => value - after.checkpoint!.theta[i]!,
    );
    expectClose(moved, wanted, 1e-5, 'gradient');
  });

  it('a fixed tie parameter stays, a learned one moves', async () => {
    const tied = async (learnTies: boolean) => {
      const trainer = fresh();
      for (let step = 0; step < 5; step++)
        trainer.train(table, mixed, { ...gradientHyper, loss: 'davidson', learnTies, tieParameter: 0.3 });
      const { checkpoint } = await stateOf(trainer);
      trainer.dispose();
      return checkpoint.theta.at(-1);
    };
    expect(await tied(false)).toBe(0);
    expect(await tied(true)).not.toBe(0);
  });

  it('learns a criterion of its own for each output, and weighs them', async () => {
    // By the first criterion the first of each pair is better, by the second the other one.
    const both = {
      ...pairObservations(
        [...Array(20).keys(), ...Array(20).keys()],
        Array.from({ length: 40 }, (_, i) => 20 + (i % 20)),
      ),
    };
    for (let i = 20; i < 40; i++)
      [both.rows[2 * i], both.rows[2 * i + 1]] = [both.rows[2 * i + 1]!, both.rows[2 * i]!];
    const judgedBy = { ...both, criterion: Int8Array.from({ length: 40 }, (_, i) => (i < 20 ? 0 : 1)) };
    const two = new Head({ ...linearSpec(dimension), outputs: 2 });
    const trainer = new OpsTrainer(freshCheckpoint(two.initial(1)), two);
    for (let step = 0; step < 300; step++) trainer.train(table, judgedBy, { ...hyper, batchSize: 64 });
    const marginBy = async (weights: number[]) => {
      const scores = trainer.score(table.all, [weights]);
      const values = await scores.data();
      scores.dispose();
      return mean(Array.from({ length: 20 }, (_, k) => values[k]! - values[20 + k]!));
    };
    const [first, second, difference] = [
      await marginBy([1, 0]),
      await marginBy([0, 1]),
      await marginBy([1, -1]),
    ];
    trainer.dispose();
    expect(first).toBeGreaterThan(0.5);
    expect(second).toBeLessThan(-0.5);
    expect(difference).toBeCloseTo(first - second, 4);
  });

  it('drops hidden units by seed and step, and none when scoring', async () => {
    const mask = dropoutMask(0.4, 20_000, 1, 7, 0);
    expect(Math.abs(mean(mask) - 1)).toBeLessThan(0.03);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.6)]));
    expect(dropoutMask(0.4, 50, 1, 7, 0)).toEqual(mask.slice(0, 50));
    expect(dropoutMask(0.4, 50, 1, 8, 0)).not.toEqual(mask.slice(0, 50));
    const deep = new Head({ ...linearSpec(dimension), hidden: [16], activation: 'tanh' });
    const run = async (dropout: number) => {
      const trainer = new OpsTrainer(freshCheckpoint(deep.initial(1)), deep);
      for (let step = 0; step < 30; step++) trainer.train(table, pairs, { ...hyper, dropout });
      const scores = trainer.score(table.all, [[1]]);
      const values = Array.from(await scores.data());
      scores.dispose();
      trainer.dispose();
      return values;
    };
    expect(await run(0.5)).toEqual(await run(0.5));
    expect(await run(0.5)).not.toEqual(await run(0));
  });
});
