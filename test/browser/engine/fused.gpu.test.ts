import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { countCalls } from '../../../src/engine/bench/counting.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { FusedCpuTrainer } from '../../../src/engine/reward/fused/cpu-trainer.ts';
import { refusedByWebGpu } from '../../../src/engine/reward/fused/webgpu/refusal.ts';
import { FusedWebGpuTrainer } from '../../../src/engine/reward/fused/webgpu/trainer.ts';
import type { Head } from '../../../src/engine/reward/head.ts';
import * as tf from '../../../src/engine/tf.ts';
import { pairwise } from '../../support/combinations.ts';
import { checkTraining, trainingCases } from '../../support/oracles.ts';
import {
  featureTable,
  follow,
  hyperWith,
  learnsFromTies,
  observations,
  plainHead,
  readTensor,
  type MakeTrainer,
  type TrainingProblem,
} from '../../support/trainers.ts';
import { startSweep } from '../../../src/engine/reward/fused/start-sweep.ts';
import { checkSweep } from '../../support/sweeps.ts';
import { useBackend } from './backends.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // a GPU in software, on a busy machine

const make: MakeTrainer = (checkpoint, head) => new FusedWebGpuTrainer(checkpoint, head);
/** Held to TensorFlow.js operations in test/engine/reward/fused, and much faster than those on a GPU in software. */
const reference: MakeTrainer = (checkpoint, head) => new FusedCpuTrainer(checkpoint, head);

beforeAll(async () => {
  await useBackend('webgpu');
});

async function expectTogether(problem: TrainingProblem, steps: readonly number[]): Promise<void> {
  const followed = await follow(make, problem, steps, reference);
  expect(followed.moved).toBeGreaterThan(1e-4);
  expect(followed.loss).toBeLessThan(1e-4);
  expect(followed.scores).toBeLessThan(1e-4);
  expect(followed.gradNorm).toBeLessThan(1e-4);
  if (problem.hyper.centring > 0) expect(followed.shift).toBeLessThan(1e-4);
  problem.table.dispose();
}

describe('the fused WebGPU trainer', () => {
  it.each(trainingCases)('gives the published numbers: $name', async (wanted) => {
    await checkTraining(wanted, 1e-4, make);
  });

  it.each([
    ['linear', { hidden: [] }],
    ['two layers', { hidden: [24, 12], activation: 'tanh' }],
    ['an ensemble', { hidden: [16], activation: 'gelu', members: 3 }],
  ] as const)('stays with the one of the processor over 200 steps: %s', async (_, spec) => {
    const [table, head] = [featureTable(60, 33), plainHead({ dimension: 33, ...spec })];
    await expectTogether(
      { head, table, data: observations(60, { pairs: 50 }), hyper: hyperWith() },
      [1, 9, 40, 150],
    );
  });

  const cases = pairwise({
    loss: ['bradley-terry', 'smoothed', 'robust', 'noise-floor', 'hinge', 'davidson', 'rao-kupper'],
    optimizer: ['sgd', 'adam', 'adamw'],
    hidden: [[], [4], [40, 24], [9, 8, 7]],
    activation: ['relu', 'tanh', 'gelu'],
    members: [1, 3],
    outputs: [1, 3],
    learnTies: [false, true],
    centring: [0, 0.05],
    schedule: ['constant', 'cosine', 'warmup'],
    marginScale: [0, 1],
    batchSize: [1, 5, 64],
  });

  it.each(cases.map((wanted) => [Object.values(wanted).map(String).join(' '), wanted] as const))(
    'agrees: %s',
    async (_, { hidden, activation, members, outputs, ...patch }) => {
      const hyper = hyperWith({ ...patch, scheduleSteps: 10 });
      const plan = { pairs: 30, ties: learnsFromTies(hyper), criteria: outputs };
      const head = plainHead({ dimension: 19, hidden, activation, members, outputs });
      const problem = { head, table: featureTable(40, 19), data: observations(40, plan), hyper };
      await expectTogether(problem, [1, 11]);
    },
  );

  it.each([
    [1, [], 64],
    [3, [], 5],
    [7, [512], 5],
    [769, [4], 1],
    [769, [64, 64], 64],
    [4096, [], 64],
  ] as const)(
    'agrees at odd sizes: %i features, hidden %j, batch %i',
    async (dimension, hidden, batchSize) => {
      const [head, data] = [plainHead({ dimension, hidden }), observations(30, { pairs: 70 })];
      const hyper = hyperWith({ batchSize, learningRate: 0.001 });
      const table = featureTable(30, dimension);
      const followed = await follow(make, { head, table, data, hyper }, [1, 4], reference);
      expect(followed.moved).toBeGreaterThan(1e-4);
      expect(followed.scores).toBeLessThan(1e-4);
      table.dispose();
    },
  );

  it('trains each head of a sweep as it would be trained alone', checkSweep);

  it('says what it leaves to operations', () => {
    const [head, pairs] = [plainHead({ hidden: [4] }), observations(30, { pairs: 20 })];
    expect(refusedByWebGpu(head, pairs, hyperWith())).toBeNull();
    expect(refusedByWebGpu(head, pairs, hyperWith({ maxGradNorm: 1 }))).toContain('clipped');
    expect(refusedByWebGpu(head, pairs, hyperWith({ dropout: 0.1 }))).toContain('dropout');
    expect(refusedByWebGpu(head, observations(30, { pairs: 9, lists: 1 }), hyperWith())).toContain(
      'rankings',
    );
    expect(refusedByWebGpu(plainHead({ outputs: 4 }), pairs, hyperWith())).toContain('3 criteria');
  });
});

describe('what a step costs', () => {
  const table = () => featureTable(40, 24);
  const data = observations(40, { pairs: 30 });
  let trainer: FusedWebGpuTrainer | null = null;
  afterEach(() => trainer?.dispose());

  /** Calls of so many steps once everything is ready. */
  async function callsOf(head: Head, steps: number) {
    const [hyper, features] = [hyperWith(), table()];
    trainer = new FusedWebGpuTrainer(freshCheckpoint(head.initial(1)), head);
    await trainer.train(features, data, hyper, 8);
    await trainer.evaluate(features, [], false, readTensor);
    const calls = await countCalls(async () => trainer!.train(features, data, hyper, steps));
    features.dispose();
    return calls;
  }

  it('a linear head: one dispatch and one submission for several steps, and nothing made or read', async () => {
    const calls = await callsOf(plainHead({ dimension: 24, members: 4 }), 64);
    expect(calls.dispatches).toBeLessThanOrEqual(16);
    expect(calls.submits).toBe(calls.dispatches);
    expect(calls).toMatchObject({ buffers: 0, bindGroups: 0, readBacks: 0 });
  });

  it.each([1, 5])('layers: two dispatches, with %i members', async (members) => {
    const calls = await callsOf(plainHead({ dimension: 24, hidden: [8, 8], members }), 40);
    expect(calls.dispatches).toBe(80);
    expect(calls.submits).toBeLessThanOrEqual(20);
    expect(calls).toMatchObject({ buffers: 0, bindGroups: 0, readBacks: 0 });
  });

  it('a sweep of 64 heads: one dispatch and one submission for many steps', async () => {
    const features = table();
    const heads = Array.from({ length: 64 }, (_, seed) => ({
      learningRate: 0.01,
      weightDecay: 0,
      seed,
      labels: 20,
    }));
    const sweep = startSweep(features, data, heads, hyperWith());
    await sweep.train(2);
    await sweep.look(readTensor);
    const calls = await countCalls(async () => sweep.train(100));
    expect(calls).toMatchObject({ dispatches: 1, submits: 1, buffers: 0, bindGroups: 0, readBacks: 0 });
    sweep.dispose();
    features.dispose();
  });

  it('no memory, on the device or off it, over 5,000 steps', async () => {
    const [head, hyper, features] = [plainHead({ dimension: 24 }), hyperWith(), table()];
    trainer = new FusedWebGpuTrainer(freshCheckpoint(head.initial(1)), head);
    const round = async (steps: number) => {
      await trainer!.train(features, data, hyper, steps);
      await trainer!.evaluate(features, [[1]], true, readTensor);
    };
    await round(10);
    await round(10);
    const before = tf.memory();
    const calls = await countCalls(() => round(4980));
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(calls.buffers).toBeLessThan(10); // of the one read-back
    expect(trainer.step).toBe(5000);
    features.dispose();
  });
});
