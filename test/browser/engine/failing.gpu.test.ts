// What goes wrong on a real WebGPU device, made to go wrong by standing between the kernels and the API.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { BackendChooser } from '../../../src/engine/backend.ts';
import { startSweep } from '../../../src/engine/reward/fused/start-sweep.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { EngineRun } from '../../support/engine-run.ts';
import { featureTable, hyperWith, observations } from '../../support/trainers.ts';
import { useBackend } from './backends.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // a GPU in software, on a busy machine

const small = { features: 16, points: 20, samples: 16, batchSize: 8, backend: 'webgpu' } as const;

// On a machine that is busy the browser may be starting its GPU process again.
beforeEach(() => expect.poll(() => navigator.gpu.requestAdapter(), { timeout: 30_000 }).not.toBeNull());

let run: EngineRun | null = null;
afterEach(async () => {
  vi.restoreAllMocks();
  await run?.quiet();
  run = null;
});

const trainers = ({ reports }: EngineRun): string[] =>
  reports.flatMap((report) => (report.kind === 'ready' ? [report.choice.trainer] : []));

/** Rewards of the same run where nothing goes wrong. */
async function wanted(change: Partial<typeof defaultSettings>, steps: readonly [number, number]) {
  const alone = new EngineRun({ ...small, backend: 'cpu' });
  await alone.train(steps[0]);
  alone.configure(change);
  await alone.train(steps[1]);
  const rewards = await alone.rewards();
  await alone.quiet();
  return rewards;
}

/** As it was before anything stood in between. */
const methodOf = <Name extends 'createShaderModule' | 'popErrorScope'>(name: Name): GPUDevice[Name] =>
  Object.getOwnPropertyDescriptor(GPUDevice.prototype, name)!.value as GPUDevice[Name];

/** The source of our own shaders, spoiled; those of TensorFlow.js are left as they are. */
function spoilShaders(): void {
  const create = methodOf('createShaderModule');
  vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (
    this: GPUDevice,
    descriptor,
  ) {
    const ours = descriptor.code.includes('fn pairLoss');
    return create.call(this, ours ? { ...descriptor, code: `${descriptor.code} nonsense` } : descriptor);
  });
}

const nextErrorIs = (message: string): void => {
  const pop = methodOf('popErrorScope');
  let left = 1;
  vi.spyOn(GPUDevice.prototype, 'popErrorScope').mockImplementation(async function (this: GPUDevice) {
    const found = await pop.call(this);
    return left-- > 0 ? new GPUOutOfMemoryError(message) : found;
  });
};

describe('the kernels', () => {
  it('whose shader does not compile are not chosen, and the badge says why', async () => {
    spoilShaders();
    const session = (run = new EngineRun(small));
    await session.train(10);
    expect(trainers(session)).toEqual(['TensorFlow.js operations']);
    const [ready] = session.reports.flatMap((report) => (report.kind === 'ready' ? [report] : []));
    expect(ready!.choice.backend).toBe('webgpu');
    expect(ready!.choice.reason).toContain(
      'Fused WebGPU kernels do not work here: a shader does not compile',
    );
  });

  it.each([
    ['whose shader does not compile', spoilShaders, /does not compile/],
    ['that get no memory', () => nextErrorIs('no memory for 4 MB'), /no memory for 4 MB/],
  ] as const)(
    '%s in mid-training: operations go on from the last weights, with a note',
    async (_, spoil, reason) => {
      const session = (run = new EngineRun(small));
      await session.train(20);
      expect(trainers(session), JSON.stringify(session.reports.filter((r) => r.kind === 'ready'))).toEqual([
        'fused WebGPU kernels',
      ]);
      spoil();
      // Another loss is another shader.
      session.configure({ loss: 'hinge' });
      await session.train(20);
      expect(trainers(session)).toEqual(['fused WebGPU kernels', 'TensorFlow.js operations']);
      expect(session.notes).toHaveLength(1);
      expect(session.notes[0]!.text).toMatch(reason);
      expect(session.notes[0]!.text).toContain('goes on from its last weights');
      expect(tf.getBackend()).toBe('webgpu');
      expect(session.lastFrame.reward!.step).toBe(40);
      expectClose(await session.rewards(), await wanted({ loss: 'hinge' }, [20, 20]), 1e-3);
    },
  );

  it('that compute wrong numbers are not chosen', async () => {
    const create = methodOf('createShaderModule');
    vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (
      this: GPUDevice,
      descriptor,
    ) {
      // A square root that is a little off.
      return create.call(this, {
        ...descriptor,
        code: descriptor.code.replace('(sqrt(v *', '(1.1 * sqrt(v *'),
      });
    });
    const choice = await new BackendChooser().choose('webgpu');
    expect(choice.trainer, choice.reason).toBe('TensorFlow.js operations');
    expect(choice.reason).toContain('Fused WebGPU kernels compute wrong numbers here.');
  });
});

it('a sweep too large for the device is refused, with the size', async () => {
  await useBackend('webgpu');
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const heads = Array.from({ length: 256 }, (_, seed) => ({
    learningRate: 0.01,
    weightDecay: 0,
    seed,
    labels: 5,
  }));
  const table = featureTable(10, 768);
  const start = () => startSweep(table, observations(10, { pairs: 5 }), heads, hyperWith());
  start().dispose();
  vi.spyOn(device, 'limits', 'get').mockReturnValue({
    maxStorageBufferBindingSize: 500_000,
    maxBufferSize: 500_000,
  } as GPUSupportedLimits);
  expect(start).toThrow('this device takes buffers of at most 0 MB, and the theta would need 1 MB');
  table.dispose();
});
