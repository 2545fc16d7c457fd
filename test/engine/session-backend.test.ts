import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import { BackendChooser } from '../../src/engine/backend.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { packedPairs } from '../support/packed.ts';
import { expectClose } from '../support/close.ts';
import { EngineRun } from '../support/engine-run.ts';
import { chooserWith, pretendCpu, PretendGpu, proberWith } from '../support/pretend-gpu.ts';
import { packedPoints, pointsOf } from '../support/contents.ts';

// A session whose backend fails under it: the run goes on elsewhere, and nothing is lost.

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

const small: Partial<Settings> = { features: 16, points: 30, samples: 16, speed: 120, backend: 'auto' };
const data = simulatedData({ ...defaultSettings, ...small }, 40);

let webgpu: PretendGpu;
let webgl: PretendGpu;
let runs: EngineRun[] = [];

function start(chooser: BackendChooser, patch: Partial<Settings> = {}): EngineRun {
  const run = new EngineRun({ ...small, ...patch }, data, chooser);
  runs.push(run);
  return run;
}
const startOnGpu = (patch: Partial<Settings> = {}) => start(chooserWith(webgpu, webgl), patch);

beforeEach(() => {
  webgpu = new PretendGpu('webgpu');
  webgl = new PretendGpu('webgl');
});
afterEach(async () => {
  const started = runs;
  runs = [];
  for (const run of started) await run.quiet();
});

const backendsOf = (run: EngineRun) =>
  run.reports.flatMap((report) => (report.kind === 'ready' ? [report.choice.backend] : []));
const failuresOf = (run: EngineRun) => run.reports.filter(({ kind }) => kind === 'failed');
const stepsOf = (run: EngineRun) => run.frames.map(({ reward }) => reward!.step);

describe('a backend that fails while the reward model plays', () => {
  const ways = [
    ['loses its device', () => webgpu.lose('the device was lost'), 'the device was lost'],
    ['throws', () => (webgpu.health = 'throws'), 'the shader did not compile'],
    ['computes no numbers', () => (webgpu.health = 'not a number'), 'diverged'],
  ] as const;

  it.each(ways)('%s: it goes on elsewhere, and says so', async (_, fail, reason) => {
    const run = startOnGpu();
    run.play('reward');
    const { step } = (await run.nextFrame(({ reward }) => reward!.step >= 50)).reward!;
    const told = run.nextNote();
    const moved = run.next(({ kind }) => kind === 'ready');
    fail();
    expect(await moved).toMatchObject({ choice: { backend: 'webgl' } });
    const note = await told;
    expect(note.topic).toBe('backend');
    expect(note.text).toContain('WebGPU failed');
    expect(note.text).toContain(reason);
    expect(note.text).toContain('goes on from its last weights');

    await run.nextFrame(({ reward }) => reward!.step >= step + 100);
    expect(run.lastFrame.playing).toBe('reward');
    expect(run.notes).toHaveLength(1);
    expect(tf.getBackend()).toBe('webgl');
    const steps = stepsOf(run);
    steps.forEach((value, i) => expect(value).toBeGreaterThanOrEqual((steps[i - 1] ?? 0) - 10));
    // And every point of the curve is there once.
    expect(run.rewardPoints.map((point) => point.step)).toEqual(
      Array.from(run.rewardPoints, (_point, i) => 10 * (i + 1)),
    );
  });

  it.each(ways)('%s while idle: noticed with the next request, which is answered', async (_, fail) => {
    const run = startOnGpu();
    const before = await run.rewards();
    fail();
    expect((await run.train(10)).step).toBe(10);
    await run.reset('reward', 1);
    expect(await run.rewards()).toEqual(before);
    expect(backendsOf(run)).toEqual(['webgpu', 'webgl']);
    expect(failuresOf(run)).toEqual([]);
  });
});

describe('a failure at any moment', () => {
  /** What a request gives with no failure at all. */
  async function undisturbed(work: (run: EngineRun) => Promise<unknown>) {
    const run = startOnGpu();
    const result = await work(run);
    return { result, rewards: await run.rewards() };
  }
  const train13 = (run: EngineRun) => run.train(13);
  const optimise2 = async (run: EngineRun) => {
    await run.train(3);
    return run.optimise(2);
  };

  it.each([
    ['training', 'throws', train13],
    ['training', 'loses its device', train13],
    ['optimising', 'throws', optimise2],
    ['optimising', 'loses its device', optimise2],
  ] as const)('of %s (%s) leaves the result as it would have been, bit for bit', async (_, way, work) => {
    const wanted = await undisturbed(work);
    let failedAt = 0;
    for (let moment = 1; ; moment++) {
      webgpu = new PretendGpu('webgpu');
      let products = 0;
      const run = startOnGpu();
      await run.rewards(); // started: from here on the products are the session's own
      webgpu.beforeProduct = () => {
        if (++products !== moment) return;
        failedAt = moment;
        if (way === 'throws') throw new Error('out of memory');
        webgpu.lose('the device was lost');
      };
      expect(await work(run), `failure at product ${moment}`).toEqual(wanted.result);
      expect(await run.rewards()).toEqual(wanted.rewards);
      expect(failuresOf(run)).toEqual([]);
      if (failedAt < moment) {
        expect(backendsOf(run)).toEqual(['webgpu']);
        break; // there are no more products to fail at
      }
      expect(backendsOf(run)).toEqual(['webgpu', 'webgl']);
      await run.quiet();
    }
    expect(failedAt).toBeGreaterThan(12);
  });

  it('of a device that answers nothing any more ends the wait for it', async () => {
    const run = startOnGpu();
    await run.train(20);
    webgpu.silent = true;
    const training = run.train(20);
    await new Promise((resolve) => setTimeout(resolve, 50));
    webgpu.lose('the device was lost');
    expect((await training).step).toBe(40);
    expect(backendsOf(run)).toEqual(['webgpu', 'webgl']);
  });

  it('of a question for the rewards still answers it', async () => {
    const run = startOnGpu();
    const before = await run.rewards();
    run.change({});
    webgpu.lose('the device was lost');
    expect(await run.rewards()).toEqual(before);
    expect(run.notes).toHaveLength(1);
  });
});

describe('one failure after the other', () => {
  it('falls through WebGPU and WebGL to the CPU', async () => {
    const run = startOnGpu();
    await run.train(20);
    webgpu.lose('the device was lost');
    await run.train(20);
    webgl.health = 'throws';
    expect((await run.train(20)).step).toBe(60);
    expect(backendsOf(run)).toEqual(['webgpu', 'webgl', 'cpu']);
    expect(run.notes.map(({ topic }) => topic)).toEqual(['backend', 'backend']);
    expect(failuresOf(run)).toEqual([]);
  });

  it('ends with a sentence where nothing is left, and keeps what was made', async () => {
    const noCpu = { ...pretendCpu, start: () => Promise.reject(new Error('no processor.')) };
    const run = start(new BackendChooser([noCpu, webgpu, webgl], proberWith({ webgpu: 1, webgl: 2 })));
    await run.train(10);
    webgl.refuses = 'no context.';
    webgpu.health = 'throws';
    await expect(run.train(10)).rejects.toThrow();
    const note = run.notes.at(-1)!;
    expect(note.topic).toBe('engine');
    expect(note.text).toMatch(
      /Nothing can be computed here.*no processor\..*no context\..*comparisons are kept/s,
    );
    await expect(run.rewards()).rejects.toThrow();
  });

  it('is not disturbed by the loss of a backend that it does not use', async () => {
    const run = start(
      new BackendChooser([pretendCpu, webgpu, webgl], proberWith({ cpu: 1, webgpu: 9, webgl: 9 })),
    );
    run.play('reward');
    await run.nextFrame(({ reward }) => reward!.step >= 20);
    webgpu.lose('the device was lost');
    webgl.lose('the WebGL context was lost');
    const { step } = run.lastFrame.reward!;
    await run.nextFrame(({ reward }) => reward!.step >= step + 50);
    expect(backendsOf(run)).toEqual(['cpu']);
    expect(run.notes).toEqual([]);
  });
});

describe('the setting `backend`', () => {
  it('moves a run in progress, with its weights and its step', async () => {
    const run = startOnGpu();
    await run.train(13);
    await run.optimise(2);
    const before = await run.rewards();
    for (const backend of ['cpu', 'webgl', 'webgpu', 'auto'] as const) {
      run.configure({ backend });
      // Beside the CPU another trainer scores: equal but for rounding.
      expectClose(await run.rewards(), before, 1e-6);
      expect((await run.train(0)).step).toBe(13);
    }
    expect(backendsOf(run)).toEqual(['webgpu', 'cpu', 'webgl', 'webgpu', 'webgpu']);
    expect((await run.optimise(1)).iteration).toBe(3);
    expect(run.notes).toEqual([]);
  });

  it('moves a run that plays, and it plays on', async () => {
    const run = startOnGpu();
    run.play('loop');
    await run.nextFrame(({ reward }) => reward!.step >= 30);
    run.configure({ backend: 'cpu' });
    await run.next(({ kind }) => kind === 'ready');
    const { step } = run.lastFrame.reward!;
    await run.nextFrame(({ reward }) => reward!.step >= step + 50);
    expect(stepsOf(run)).toEqual([...stepsOf(run)].sort((a, b) => a - b));
  });

  it('that cannot be had: the CPU takes over, and a note says why', async () => {
    webgl.refuses = 'this browser offers no WebGL context in a worker.';
    const run = startOnGpu();
    await run.train(10);
    const before = await run.rewards();
    run.configure({ backend: 'webgl' });
    expectClose(await run.rewards(), before, 1e-6);
    expect(backendsOf(run)).toEqual(['webgpu', 'cpu']);
    expect(run.notes).toHaveLength(1);
    expect(run.notes[0]).toMatchObject({ topic: 'backend' });
    expect(run.notes[0]!.text).toContain('no WebGL context');
  });

  it('changed in the same breath as the data: neither is forgotten', async () => {
    const run = startOnGpu();
    await run.train(20);
    const { ids, chosen, rejected, heldOut } = run.data;
    run.change({
      ids: Int32Array.of(...ids, 30),
      ...packedPoints([...pointsOf(run.data), [0.5, 0.5]]),
      ...packedPairs([...chosen, 30], [...rejected, 0], [...heldOut, 0]),
    });
    run.configure({ backend: 'cpu' });
    const rewards = await run.rewards();
    expect(rewards).toHaveLength(31);
    const point = await run.train(0);
    expect(Number.isFinite(point.loss)).toBe(true);
    expect(Number.isFinite(point.margin)).toBe(true);
  });

  it('leaves no tensor behind when it is changed', async () => {
    const run = startOnGpu();
    await run.train(10);
    await run.optimise(1);
    const { tensors } = run.lastFrame.memory;
    for (const backend of ['cpu', 'webgl', 'webgpu'] as const) {
      run.configure({ backend });
      await run.train(10);
      // The trainer beside the CPU keeps its weights elsewhere.
      if (backend === 'cpu') expect(run.lastFrame.memory.tensors).toBeLessThan(tensors);
      else expect(run.lastFrame.memory.tensors).toBe(tensors);
    }
  });
});
