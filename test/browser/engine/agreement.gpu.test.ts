import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Settings } from '../../../src/domain/settings.ts';
import { BackendChooser } from '../../../src/engine/backend.ts';
import { disagreement, probeNumbers } from '../../../src/engine/probe.ts';
import type { BackendName, HeldOutMargins } from '../../../src/engine/protocol.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { checkEmbedding } from '../../support/embedding.ts';
import { EngineRun } from '../../support/engine-run.ts';
import { families, threeIterations } from '../../support/families.ts';
import { gpuBackends, useBackend } from './backends.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // a GPU in software, on a busy machine

/** A GPU in software is slow: what needs no real size gets a small one. */
const small: Partial<Settings> = {
  features: 16,
  points: 20,
  samples: 16,
  batchSize: 8,
  epochs: 2,
  speed: 120,
};

let run: EngineRun | null = null;
async function start(backend: BackendName, patch: Partial<Settings> = {}): Promise<EngineRun> {
  run = new EngineRun({ ...patch, backend });
  await run.rewards();
  expect(tf.getBackend()).toBe(backend); // and not what it fell back on
  return run;
}
afterEach(async () => {
  await run?.quiet();
  run = null;
});

/** The same run on a backend: 50 steps, then 5 iterations. */
async function numbersOn(backend: BackendName) {
  const session = await start(backend);
  const trained = await session.train(50);
  const optimised = await session.optimise(5);
  await session.quiet();
  expect(session.notes).toEqual([]);
  return { trained, optimised };
}

describe('the same run on every backend', () => {
  let onCpu: Awaited<ReturnType<typeof numbersOn>>;
  let probeOnCpu: Float32Array;
  beforeAll(async () => {
    onCpu = await numbersOn('cpu');
    probeOnCpu = await probeNumbers();
  });

  it.each(gpuBackends)('%s: the probe agrees', async (backend) => {
    await useBackend(backend);
    const difference = disagreement(await probeNumbers(), probeOnCpu);
    console.log(`${backend}: probe differs by ${difference.toExponential(1)}`);
    expect(difference).toBeLessThan(1e-3);
  });

  it.each(gpuBackends)('%s: the embedding agrees', async (backend) => {
    await useBackend(backend);
    await checkEmbedding(1e-4);
  });

  it.each(gpuBackends)(
    '%s: the loss after 50 steps and the reward after 5 iterations agree',
    async (backend) => {
      const { trained, optimised } = await numbersOn(backend);
      const loss = Math.abs(trained.loss - onCpu.trained.loss);
      const proxy = Math.abs(optimised.proxyReward - onCpu.optimised.proxyReward);
      console.log(`${backend}: loss differs by ${loss.toExponential(1)}, proxy by ${proxy.toExponential(1)}`);
      expect(onCpu.trained.loss).toBeLessThan(0.6); // it did learn
      expect(loss).toBeLessThan(1e-3);
      expect(Math.abs(trained.margin - onCpu.trained.margin)).toBeLessThan(1e-3);
      expect(proxy).toBeLessThan(1e-2);
      expect(Math.abs(optimised.kl - onCpu.optimised.kl)).toBeLessThan(1e-2);
    },
  );
});

describe.each(gpuBackends)('on %s', (backend) => {
  it('the same run gives the same numbers again, bit for bit', async () => {
    const once = async () => {
      const session = await start(backend, small);
      await session.train(20);
      const point = await session.optimise(2);
      return { point, rewards: await session.rewards() };
    };
    expect(await once()).toEqual(await once());
  });

  it.each(['flip', 'leave-out'] as const)('what a label does is what the CPU finds: %s', async (change) => {
    const asked = async (where: BackendName) => {
      const session = await start(where, { ...small, members: 2 });
      await session.train(30);
      const trained = session.data.observations.heldOut.indexOf(0);
      const found = await session.influence(trained, change);
      await session.quiet();
      return found;
    };
    const [wanted, found] = [await asked('cpu'), await asked(backend)];
    expect(Math.max(...wanted.difference!.values.map(Math.abs))).toBeGreaterThan(1e-3);
    expectClose(found.difference!.values, wanted.difference!.values, 1e-3);
    expectClose(found.after, wanted.after, 1e-3);
  });

  it('held-out models judge the labels as on the CPU', async () => {
    const judged = async (where: BackendName) => {
      const session = await start(where, small);
      const found = await session.ask<HeldOutMargins>((request) => ({ kind: 'judge-labels', request }));
      await session.quiet();
      return found.margins;
    };
    const [wanted, found] = [await judged('cpu'), await judged(backend)];
    expect(wanted.some((margin) => margin < -0.5)).toBe(true);
    expectClose(found, wanted, 1e-2);
  });

  it('training and optimising leave no tensor behind', async () => {
    const session = await start(backend, small);
    await session.train(10);
    await session.optimise(1);
    const { tensors } = session.lastFrame.memory;
    await session.train(200);
    await session.optimise(5);
    expect(session.lastFrame.memory.tensors).toBe(tensors);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe.each(families)('a policy: %s', (_, family) => {
  it('moves on every backend as on the processor, and leaves no tensor behind', async () => {
    await tf.setBackend('cpu');
    const wanted = await threeIterations(family);
    expect(wanted[0]).toBeGreaterThan(1e-4); // it did move
    for (const backend of gpuBackends) {
      await useBackend(backend);
      const before = tf.memory().numTensors;
      expectClose(await threeIterations(family), wanted, 2e-3, backend);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('a real device that is lost', () => {
  /** What TensorFlow.js computes on. */
  const deviceInUse = () => (tf.backend() as unknown as { device: GPUDevice }).device;
  const contextInUse = () => (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu.gl;

  it.each([
    ['webgpu', (): void => deviceInUse().destroy()],
    ['webgl', (): void => contextInUse().getExtension('WEBGL_lose_context')!.loseContext()],
  ] as const)('%s: the run goes on elsewhere from its last weights, and says so', async (backend, lose) => {
    const session = await start(backend, small);
    session.play('reward');
    const { step } = (await session.nextFrame(({ reward }) => reward!.step >= 20)).reward!;
    const told = session.nextNote();
    lose();
    const note = await told;
    expect(note.topic).toBe('backend');
    expect(note.text).toContain('goes on from its last weights');
    expect(tf.getBackend()).not.toBe(backend);
    const { reward } = await session.nextFrame((frame) => frame.reward!.step >= step + 30);
    expect(reward!.rewards.every(Number.isFinite)).toBe(true);
    expect(session.lastFrame.playing).toBe('reward');
    const steps = session.frames.map((frame) => frame.reward!.step);
    steps.forEach((value, i) => expect(value).toBeGreaterThanOrEqual((steps[i - 1] ?? 0) - 10));
    expect(session.reports.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });
});

it('left to itself, the engine takes the processor where GPUs are only emulated, and says why', async () => {
  const choice = await new BackendChooser().choose('auto');
  expect(choice.backend).toBe('cpu');
  expect(choice.reason).toMatch(/WebGPU is only emulated here \(SwiftShader\)/i);
  expect(choice.reason).toMatch(/WebGL is only emulated here \(SwiftShader\)/i);
});
