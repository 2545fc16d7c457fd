import { beforeAll, describe, expect, it } from 'vitest';
import { FusedCpuTrainer } from '../../../../src/engine/reward/fused/cpu-trainer.ts';
import * as tf from '../../../../src/engine/tf.ts';
import { pairwise } from '../../../support/combinations.ts';
import {
  featureTable,
  follow,
  hyperWith,
  learnsFromTies,
  observations,
  plainHead,
  type Followed,
  type MakeTrainer,
} from '../../../support/trainers.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const make: MakeTrainer = (checkpoint, head) => new FusedCpuTrainer(checkpoint, head);

function expectTogether(followed: Followed, tolerance: number): void {
  expect(followed.moved).toBeGreaterThan(10 * tolerance);
  expect(followed.loss).toBeLessThan(tolerance);
  expect(followed.scores).toBeLessThan(tolerance);
  expect(followed.gradNorm).toBeLessThan(tolerance);
}

describe('the fused CPU trainer and TensorFlow.js operations', () => {
  it.each([
    ['linear', { hidden: [] }],
    ['two layers', { hidden: [24, 12], activation: 'tanh' }],
    ['an ensemble', { hidden: [16], activation: 'gelu', members: 3 }],
  ] as const)('stay together over 200 steps: %s', async (_, spec) => {
    const table = featureTable(60, 33);
    const head = plainHead({ dimension: 33, ...spec });
    const problem = { head, table, data: observations(60, { pairs: 50 }), hyper: hyperWith() };
    expectTogether(await follow(make, problem, [1, 9, 40, 150]), 1e-4);
    table.dispose();
  });

  const cases = pairwise({
    loss: ['bradley-terry', 'smoothed', 'robust', 'noise-floor', 'hinge', 'davidson', 'rao-kupper'],
    rankingLoss: ['plackett-luce', 'all-pairs', 'best-of-k'],
    optimizer: ['sgd', 'adam', 'adamw'],
    hidden: [[], [4], [40, 24], [9, 8, 7]],
    activation: ['relu', 'tanh', 'gelu'],
    members: [1, 3],
    outputs: [1, 3],
    lists: [0, 12],
    ratings: [0, 9],
    learnTies: [false, true],
    centring: [0, 0.05],
    maxGradNorm: [0, 0.02],
    dropout: [0, 0.3],
    schedule: ['constant', 'cosine', 'warmup'],
    marginScale: [0, 1],
    batchSize: [1, 5, 64],
  });

  it.each(cases.map((wanted) => [Object.values(wanted).map(String).join(' '), wanted] as const))(
    'agree: %s',
    async (_, { hidden, activation, members, outputs, lists, ratings, ...patch }) => {
      const hyper = hyperWith({ ...patch, scheduleSteps: 20, ratingWeight: 0.5 });
      const table = featureTable(40, 19);
      const head = plainHead({ dimension: 19, hidden, activation, members, outputs });
      const plan = { pairs: 30, lists, ratings, ties: learnsFromTies(hyper), criteria: outputs };
      const followed = await follow(make, { head, table, data: observations(40, plan), hyper }, [1, 6, 18]);
      expect(followed.moved).toBeGreaterThan(1e-3);
      expect(followed.loss).toBeLessThan(1e-4);
      expect(followed.scores).toBeLessThan(1e-4);
      expect(followed.gradNorm).toBeLessThan(1e-4);
      if (hyper.centring > 0 || ratings > 0) expect(followed.shift).toBeLessThan(1e-4);
      table.dispose();
    },
  );

  it.each([
    [1, [], 64],
    [3, [], 5],
    [7, [512], 5],
    [769, [4], 1],
    [769, [64, 64], 64],
    [4096, [], 64],
    [4096, [5], 5],
  ] as const)(
    'agree at odd sizes: %i features, hidden %j, batch %i',
    async (dimension, hidden, batchSize) => {
      const table = featureTable(30, dimension);
      const head = plainHead({ dimension, hidden });
      const data = observations(30, { pairs: 70 });
      // Adam's first steps are ± the learning rate even where a gradient is nothing but rounding.
      const hyper = hyperWith({ batchSize, learningRate: 0.001 });
      expectTogether(await follow(make, { head, table, data, hyper }, [1, 5]), 1e-4);
      table.dispose();
    },
  );
});
