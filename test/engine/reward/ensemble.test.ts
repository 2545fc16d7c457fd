import { beforeAll, describe, expect, it } from 'vitest';
import { pairObservations } from '../../../src/domain/observations.ts';
import { normals, random } from '../../../src/domain/random.ts';
import { defaultSettings, settingsTable } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { bootstrapWeights, combineNumbers, combineTensors } from '../../../src/engine/reward/ensemble.ts';
import { FeatureTable } from '../../../src/engine/reward/feature-table.ts';
import { Head, linearSpec, type HeadSpec } from '../../../src/engine/reward/head.ts';
import { schedules } from '../../../src/engine/reward/schedules.ts';
import { OpsTrainer } from '../../../src/engine/reward/ops-trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { mean, variance } from '../../support/statistics.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

describe('several heads as one reward', () => {
  // Two members and three rows; the second member's rewards are 10 too high.
  const rewards = Float32Array.of(0, 1, -4, 12, 9, 8);
  const shifts = [0, 10];
  const by = (combine: (typeof settingsTable.combine.options)[number], uncertaintyWeight = 0.5) => ({
    combine,
    uncertaintyWeight,
  });

  it('is what the formulas say, members compared centred', () => {
    // Centred: [0, 1, −4] and [2, −1, −2].
    expect(Array.from(combineNumbers(rewards, shifts, by('mean')).rewards)).toEqual([1, 0, -3]);
    expect(Array.from(combineNumbers(rewards, shifts, by('min')).rewards)).toEqual([0, -1, -4]);
    expect(Array.from(combineNumbers(rewards, shifts, by('uncertainty')).rewards)).toEqual([0.5, -0.5, -3.5]);
    expect(Array.from(combineNumbers(rewards, shifts, by('mean')).disagreement)).toEqual([1, 1, 1]);
  });

  it.each(settingsTable.combine.options)('is the same on the device: %s', async (combine) => {
    const source = random(1, 'ensemble-test');
    const values = normals(source, 5 * 40);
    const offsets = [0.3, -1, 2, 0, 0.7];
    const combined = tf.tidy(() => combineTensors(tf.tensor2d(values, [5, 40]), offsets, by(combine)));
    expectClose(await combined.data(), combineNumbers(values, offsets, by(combine)).rewards, 1e-5);
    combined.dispose();
  });

  it('leaves a single head as it is', () => {
    const one = combineNumbers(Float32Array.of(3, 4), [99], by('min'));
    expect(Array.from(one.rewards)).toEqual([3, 4]);
    expect(Array.from(one.disagreement)).toEqual([0, 0]);
  });

  it('resamples by Poisson counts, each member its own', () => {
    const weights = bootstrapWeights(1, 2, 4000);
    const [first, second] = [weights.subarray(0, 4000), weights.subarray(4000)];
    for (const part of [first, second]) {
      expect(Math.abs(mean(part) - 1)).toBeLessThan(4 / Math.sqrt(4000));
      expect(Math.abs(variance(part) - 1)).toBeLessThan(0.12);
    }
    expect(first).not.toEqual(second);
    expect(bootstrapWeights(1, 2, 50).subarray(0, 50)).toEqual(weights.subarray(0, 50));
  });
});

describe('an ensemble in training', () => {
  const dimension = 10;
  const rows = 40;
  const pairs = {
    chosen: Int32Array.from({ length: 20 }, (_, i) => i),
    rejected: Int32Array.from({ length: 20 }, (_, i) => 20 + i),
  };
  const hyper = { ...defaultSettings, learningRate: 0.02 };
  const table = () => new FeatureTable(normals(random(1, 'ensemble-table'), rows * dimension), dimension);

  async function trained(spec: HeadSpec, steps: number, settings = hyper) {
    const features = table();
    const head = new Head(spec);
    const trainer = new OpsTrainer(freshCheckpoint(head.initial(3)), head);
    for (let step = 0; step < steps; step++)
      trainer.train(features, pairObservations(pairs.chosen, pairs.rejected), settings);
    const scores = trainer.score(features.all, [[1]]);
    const values = Array.from(await scores.data());
    tf.dispose(scores);
    trainer.dispose();
    features.dispose();
    return values;
  }

  it.each([[[]], [[6]], [[6, 5]]])('has members that differ, hidden layers %j', async (hidden) => {
    const values = await trained({ ...linearSpec(dimension), hidden, activation: 'tanh', members: 3 }, 200);
    const [a, b, c] = [0, 1, 2].map((m) => values.slice(m * rows, (m + 1) * rows));
    expect(a).not.toEqual(b);
    expect(b).not.toEqual(c);
    for (const member of [a!, b!, c!]) {
      const right = pairs.chosen.filter((row, k) => member[row]! > member[pairs.rejected[k]!]!).length;
      expect(right).toBeGreaterThanOrEqual(13);
    }
  });

  it('trains each member as it would be trained alone: none sees the others', async () => {
    // Members of an ensemble of two and of three start alike and resample alike.
    const two = await trained({ ...linearSpec(dimension), members: 2 }, 20);
    const three = await trained({ ...linearSpec(dimension), members: 3 }, 20);
    expectClose(two, three.slice(0, 2 * rows), 1e-5);
  });

  it('clips each member’s gradient on its own', async () => {
    const sgd = { ...hyper, optimizer: 'sgd', learningRate: 1, weightDecay: 0, maxGradNorm: 0.01 } as const;
    const spec = { ...linearSpec(dimension), members: 2 };
    const [before, after] = [await trained(spec, 0, sgd), await trained(spec, 1, sgd)];
    const features = table();
    const norms = Math.max(
      ...Array.from({ length: rows }, (_, r) => Math.hypot(...(features.all.arraySync()[r] ?? []))),
    );
    features.dispose();
    // A step of length 0.01 moves no score by more than 0.01 |φ|; and it moves some.
    const moved = before.map((value, i) => Math.abs(value - after[i]!));
    expect(Math.max(...moved)).toBeLessThanOrEqual(0.01 * norms * 1.001);
    expect(Math.max(...moved)).toBeGreaterThan(0.002);
  });
});

describe('schedules', () => {
  it('are what their names say', () => {
    expect([0, 50, 100, 200].map((step) => schedules.cosine(step, 100))).toEqual([
      1,
      expect.closeTo(0.5, 10),
      0,
      0,
    ]);
    expect([0, 49, 99, 200].map((step) => schedules.warmup(step, 100))).toEqual([0.01, 0.5, 1, 1]);
    expect(schedules.constant(7, 100)).toBe(1);
  });
});
