import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { countOf, pickObservations, trainable, withFlipped } from '../../../src/domain/observations.ts';
import { defaultSettings, type Settings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import type { Influence } from '../../../src/engine/protocol.ts';
import { Head, headSpec } from '../../../src/engine/reward/head.ts';
import { InfluenceJob } from '../../../src/engine/reward/influence.ts';
import { mostRefitSteps } from '../../../src/engine/reward/refit.ts';
import { OpsTrainer } from '../../../src/engine/reward/ops-trainer.ts';
import { criterionWeights } from '../../../src/engine/reward/trainer.ts';
import { World } from '../../../src/engine/world.ts';
import * as tf from '../../../src/engine/tf.ts';
import { simulatedData } from '../../support/annotator.ts';
import { expectClose } from '../../support/close.ts';
import { EngineRun } from '../../support/engine-run.ts';
import { mean } from '../../support/statistics.ts';

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow
beforeAll(() => tf.setBackend('cpu'));

const settings: Settings = { ...defaultSettings, features: 24, points: 40, batchSize: 512, backend: 'cpu' };
const data = simulatedData(settings, 60);
const observations = trainable(data.observations, settings);
const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;

async function finish(job: InfluenceJob): Promise<Influence> {
  for (let round = 0; round < 1000; round++) {
    const found = await job.advance(read, performance.now() + 5);
    if (found) return found;
  }
  throw new Error('It did not come to an end.');
}

/** The centred rewards after training on exactly these observations, by the trainer alone. */
async function trained(
  world: World,
  from: typeof observations,
  steps: number,
  patch: Partial<Settings> = {},
) {
  const all = { ...settings, ...patch };
  const head = new Head(headSpec(all, world.dimension));
  const trainer = new OpsTrainer(freshCheckpoint(head.initial(all.seed)), head);
  for (let step = 0; step < steps; step++) trainer.train(world.table, from, all);
  const score = async (features: tf.Tensor2D) => {
    const tensor = trainer.score(features, [criterionWeights(all)]);
    const values = await read(tensor);
    tensor.dispose();
    return values;
  };
  const [rows, plane] = [await score(world.table.all), await score(world.grid!.tensor)];
  trainer.dispose();
  const centre = mean(rows.subarray(world.candidates));
  return {
    candidates: rows.slice(0, world.candidates).map((value) => value - centre),
    grid: plane.map((value) => value - centre),
  };
}

const differenceOf = (a: Float32Array, b: Float32Array) => a.map((value, i) => value - b[i]!);

describe('influence by an exact refit', () => {
  let world: World;
  let tensors = 0;
  beforeAll(() => {
    world = new World(settings, data);
    tensors = tf.memory().numTensors;
    return () => world.dispose();
  });
  const ask = (
    observation: number,
    change: 'flip' | 'leave-out',
    steps = 30,
    patch: Partial<Settings> = {},
  ) => new InfluenceJob(world, { ...settings, ...patch }, observations, { observation, change }, steps, null);

  it('of a flip is the difference to training on the flipped label', async () => {
    const job = ask(3, 'flip');
    const found = await finish(job);
    job.dispose();
    const [as, changed] = [
      await trained(world, observations, 30),
      await trained(world, withFlipped(observations, 3)!, 30),
    ];
    expect(found.steps).toBe(30);
    expectClose(found.difference!.values, differenceOf(changed.grid, as.grid), 1e-6);
    expectClose(found.before, as.candidates, 1e-6);
    expectClose(found.after, changed.candidates, 1e-6);
    const [chosen, rejected] = [observations.rows[6]!, observations.rows[7]!];
    const margin = (rewards: Float32Array) => rewards[chosen]! - rewards[rejected]!;
    expect(margin(found.after)).toBeLessThan(margin(found.before));
  });

  it('of leaving out is the difference to training without it, where a batch holds everything', async () => {
    for (const optimizer of ['sgd', 'adamw'] as const) {
      const patch = { optimizer, learningRate: optimizer === 'sgd' ? 0.5 : 0.01 };
      const job = ask(5, 'leave-out', 30, patch);
      const found = await finish(job);
      job.dispose();
      const others = Array.from({ length: countOf(observations) }, (_, i) => i).filter((i) => i !== 5);
      const without = await trained(world, pickObservations(observations, others), 30, patch);
      expectClose(found.after, without.candidates, 1e-5);
      expect(Math.max(...found.difference!.values.map(Math.abs))).toBeGreaterThan(1e-3);
    }
  });

  it('sees the same batches with and without the change', async () => {
    // One comparison of many in batches of 4: other batches would change far more than that.
    const job = ask(2, 'leave-out', 40, { batchSize: 4 });
    const { before, after } = await finish(job);
    job.dispose();
    const rms = (values: Float32Array) => Math.sqrt(mean(values.map((value) => value * value)));
    expect(rms(differenceOf(after, before))).toBeLessThan(0.5 * rms(before));
    const other = await trained(world, observations, 40, { batchSize: 4, seed: 8 });
    expect(rms(differenceOf(after, before))).toBeLessThan(rms(differenceOf(other.candidates, before)));
  });

  it('works for ensembles and hidden layers', async () => {
    const job = ask(0, 'flip', 12, { members: 3, hiddenLayers: 1, hiddenWidth: 8 });
    const { difference, before } = await finish(job);
    job.dispose();
    expect([...difference!.values, ...before].every(Number.isFinite)).toBe(true);
    expect(difference!.values.some((value) => value !== 0)).toBe(true);
  });

  it('takes the training as it was from the last question, while that is still the same', async () => {
    const first = ask(1, 'flip');
    const one = await finish(first);
    first.dispose();
    const baseline = first.baseline!;
    const again = (steps: number, known: typeof baseline) =>
      new InfluenceJob(world, settings, observations, { observation: 2, change: 'flip' }, steps, known);
    const second = again(30, baseline);
    expect(second.baseline).toMatchObject({ outcome: baseline.outcome });
    expect((await finish(second)).before).toEqual(one.before);
    second.dispose();
    const longer = again(31, baseline);
    expect(longer.baseline).toBeNull();
    longer.dispose();
  });

  it('stops at a stated number of steps', async () => {
    const job = ask(1, 'flip', 10_000);
    expect((await finish(job)).steps).toBe(mostRefitSteps);
    job.dispose();
  });

  it('leaves nothing behind, whether it is finished or not', async () => {
    const half = ask(4, 'flip');
    await half.advance(read, 0);
    half.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe('a session that is asked for an influence', () => {
  let runs: EngineRun[] = [];
  const start = (patch: Partial<Settings> = {}) => {
    const run = new EngineRun({ ...settings, speed: 120, ...patch }, data);
    runs.push(run);
    return run;
  };
  afterEach(async () => {
    const started = runs;
    runs = [];
    for (const run of started) await run.quiet();
  });
  const trainedOn = Array.from(data.observations.heldOut).indexOf(0);
  const heldOut = Array.from(data.observations.heldOut).indexOf(1);

  it('answers, and trains no step of its own for it', async () => {
    const run = start();
    await run.train(20);
    const found = await run.influence(trainedOn, 'flip');
    expect(found.steps).toBe(20);
    expect(found.difference!.values).toHaveLength(48 * 48);
    expect((await run.train(0)).step).toBe(20);
  });

  it('goes on playing meanwhile', async () => {
    const run = start();
    await run.train(60);
    run.play('reward');
    const found = run.influence(trainedOn, 'leave-out');
    await run.next((report) => report.kind === 'frame' && report.reward !== null && report.reward.step > 60);
    expect((await found).steps).toBeGreaterThanOrEqual(60);
    run.pause();
  });

  it('refuses with a sentence what it cannot answer', async () => {
    const run = start();
    await expect(run.influence(trainedOn, 'flip')).rejects.toThrow(/not been trained yet/);
    await run.train(5);
    expect(heldOut).toBeGreaterThanOrEqual(0);
    await expect(run.influence(heldOut, 'flip')).rejects.toThrow(/not trained on it/);
  });

  it('lets go of a question when another is asked, the labels change, or nobody waits', async () => {
    const run = start();
    await run.train(200);
    const [first, second] = [run.influence(trainedOn, 'flip'), run.influence(trainedOn, 'leave-out')];
    await expect(first).rejects.toThrow(/Something else was asked/);
    run.change({});
    await expect(second).rejects.toThrow(/labels changed/);
    const third = run.influence(trainedOn, 'flip');
    run.send({ kind: 'stop-refit', of: 'influence' });
    await expect(third).rejects.toThrow(/Nobody waits/);
    const fourth = run.influence(trainedOn, 'flip');
    run.configure({ learningRate: 0.01 });
    await expect(fourth).rejects.toThrow(/settings changed/);
    const fifth = run.influence(trainedOn, 'flip');
    run.configure({ speed: 60 });
    expect((await fifth).steps).toBe(200);
  });
});
