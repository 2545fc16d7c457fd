import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BackendChooser, type BackendStarter } from '../../src/engine/backend.ts';
import type { BackendName } from '../../src/engine/protocol.ts';
import * as tf from '../../src/engine/tf.ts';
import { chooserWith, pretendCpu, PretendGpu, proberWith } from '../support/pretend-gpu.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

let webgpu: PretendGpu;
let webgl: PretendGpu;
const withTimes = (times: Partial<Record<BackendName, number>>, cpu: BackendStarter = pretendCpu) =>
  new BackendChooser([cpu, webgpu, webgl], proberWith(times));

beforeEach(() => {
  webgpu = new PretendGpu('webgpu');
  webgl = new PretendGpu('webgl');
});

describe('choosing a backend by itself', () => {
  it('takes WebGPU where that is the fastest, and does not even start WebGL', async () => {
    const choice = await withTimes({ cpu: 3, webgpu: 1, webgl: 0.5 }).choose('auto');
    expect(choice.backend).toBe('webgpu');
    expect(tf.getBackend()).toBe('webgpu');
    expect(choice.adapter).toBe('pretended webgpu');
    expect(choice.reason).toContain('WebGPU was the fastest here (1.0 ms a step): CPU 3.0 ms');
    expect(webgl.starts).toBe(0);
  });

  it('takes WebGL where WebGPU is slower than the CPU', async () => {
    const choice = await withTimes({ cpu: 3, webgpu: 40, webgl: 2 }).choose('auto');
    expect(choice.backend).toBe('webgl');
    expect(tf.getBackend()).toBe('webgl');
    expect(choice.reason).toMatch(/CPU 3\.0 ms.*WebGPU 40 ms/);
  });

  it('takes the CPU where every GPU is slower, and says how much', async () => {
    const choice = await withTimes({ cpu: 3, webgpu: 47, webgl: 60 }).choose('auto');
    expect(choice.backend).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(choice.reason).toContain('CPU was the fastest here (3.0 ms a step): WebGPU 47 ms, WebGL 60 ms');
    expect(choice.trials.map(({ backend, stepTime }) => [backend, stepTime])).toEqual([
      ['cpu', 3],
      ['webgpu', 47],
      ['webgl', 60],
    ]);
  });

  it.each(['wrong', 'not a number'] as const)(
    'rejects a fast backend whose numbers are %s',
    async (health) => {
      webgpu.health = health;
      const choice = await withTimes({ cpu: 3, webgpu: 1, webgl: 2 }).choose('auto');
      expect(choice.backend).toBe('webgl');
      expect(choice.reason).toContain('WebGPU computes wrong numbers on pretended webgpu.');
      expect(choice.trials.find(({ backend }) => backend === 'webgpu')!.problem).toContain('wrong numbers');
    },
  );

  it.each([
    ['does not start', 'refuses'],
    ['throws in the probe', 'throws'],
  ])('passes over a backend that %s, with its reason', async (_, how) => {
    if (how === 'refuses') webgpu.refuses = 'this browser offers no WebGPU adapter.';
    else webgpu.health = 'throws';
    const choice = await withTimes({ cpu: 3, webgpu: 1, webgl: 2 }).choose('auto');
    expect(choice.backend).toBe('webgl');
    expect(choice.reason).toContain(
      how === 'refuses'
        ? 'WebGPU does not start: this browser offers no WebGPU adapter.'
        : 'WebGPU does not start: the shader did not compile',
    );
  });

  it('leaves out a GPU that is only emulated, without starting it', async () => {
    webgpu.emulatedBy = () => Promise.resolve('SwiftShader');
    const choice = await withTimes({ cpu: 3, webgpu: 1, webgl: 2 }).choose('auto');
    expect(choice.backend).toBe('webgl');
    expect(choice.reason).toContain('WebGPU is only emulated here (SwiftShader).');
    expect(webgpu.starts).toBe(0);
  });

  it('manages without the CPU', async () => {
    const noCpu = { ...pretendCpu, start: () => Promise.reject(new Error('no processor.')) };
    const choice = await withTimes({ webgpu: 5 }, noCpu).choose('auto');
    expect(choice.backend).toBe('webgpu');
    expect(choice.reason).toContain('CPU does not start: no processor.');
  });

  it('throws with all reasons where nothing works', async () => {
    const noCpu = { ...pretendCpu, start: () => Promise.reject(new Error('no processor.')) };
    webgpu.refuses = 'no adapter.';
    webgl.refuses = 'no context.';
    const choosing = withTimes({}, noCpu).choose('auto');
    await expect(choosing).rejects.toThrow(/no processor\..*no adapter\..*no context\./);
  });
});

describe('a backend chosen by hand', () => {
  it.each(['webgpu', 'webgl', 'cpu'] as const)('%s is taken even where it is the slowest', async (wanted) => {
    const times = { cpu: 1, webgpu: 1, webgl: 1, [wanted]: 1000 };
    const choice = await withTimes(times).choose(wanted);
    expect(choice.backend).toBe(wanted);
    expect(tf.getBackend()).toBe(wanted);
    expect(choice.reason).toMatch(/as chosen by hand/);
  });

  it('is taken even where it is only emulated', async () => {
    webgpu.emulatedBy = () => Promise.resolve('SwiftShader');
    expect((await withTimes({}).choose('webgpu')).backend).toBe('webgpu');
  });

  it('does not start the others', async () => {
    await withTimes({}).choose('webgl');
    expect([webgpu.starts, webgl.starts]).toEqual([0, 1]);
  });

  it('falls back to the CPU where it does not start, and says so', async () => {
    webgl.refuses = 'this browser offers no WebGL context in a worker.';
    const choice = await withTimes({}).choose('webgl');
    expect(choice.backend).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(choice.reason).toContain(
      'WebGL does not start: this browser offers no WebGL context in a worker.',
    );
  });

  it('falls back to the CPU where it computes wrong numbers, and says so', async () => {
    webgpu.health = 'wrong';
    const choice = await withTimes({}).choose('webgpu');
    expect(choice.backend).toBe('cpu');
    expect(choice.reason).toContain('WebGPU computes wrong numbers');
  });
});

describe('a backend that failed in use', () => {
  it('is not tried again, neither by itself nor by hand', async () => {
    const chooser = chooserWith(webgpu, webgl);
    expect((await chooser.choose('auto')).backend).toBe('webgpu');
    chooser.exclude('webgpu', 'the device was lost.');
    const starts = webgpu.starts;

    const choice = await chooser.choose('auto');
    expect(choice.backend).toBe('webgl');
    expect(choice.reason).toContain('WebGPU failed earlier: the device was lost.');
    expect((await chooser.choose('webgpu')).backend).toBe('cpu');
    expect(webgpu.starts).toBe(starts);
  });

  it('tells of a loss only while it is the one in use', async () => {
    const chooser = chooserWith(webgpu, webgl);
    const losses: string[] = [];
    chooser.onLost = (reason) => losses.push(reason);
    await chooser.choose('webgl');
    await chooser.choose('webgpu');
    webgl.lose('the WebGL context was lost');
    expect(losses).toEqual([]);
    webgpu.lose('the device was lost');
    expect(losses).toEqual(['the device was lost']);
  });

  it('is told from one that still computes right', async () => {
    const chooser = chooserWith(webgpu);
    await chooser.choose('auto');
    expect(await chooser.stillRight()).toBe(true);
    webgpu.health = 'wrong';
    expect(await chooser.stillRight()).toBe(false);
    webgpu.health = 'throws';
    await expect(chooser.stillRight()).rejects.toThrow('shader');
  });
});
