// A backend that says it is a GPU and computes with the CPU's kernels, until it is told to fail.
import { BackendChooser, type BackendStarter, type Prober } from '../../src/engine/backend.ts';
import type { BackendName } from '../../src/engine/protocol.ts';
import { probeNumbers } from '../../src/engine/probe.ts';
import * as tf from '../../src/engine/tf.ts';

// Otherwise every new backend of the CPU's kind says on the console that it is slow.
tf.env().set('IS_TEST', true);

type KernelFunction = NonNullable<ReturnType<typeof tf.getKernel>>['kernelFunc'];

export class PretendGpu implements BackendStarter {
  readonly name: Exclude<BackendName, 'cpu'>;
  /** How often it was started. */
  starts = 0;
  /** Matrix products: as they should be, off by a factor, not a number, or an error. */
  health: 'well' | 'wrong' | 'not a number' | 'throws' = 'well';
  /** Read-backs are never answered, as those of a device that is gone. */
  silent = false;
  /** Called with the number of each matrix product since the last start, before it. */
  beforeProduct: (count: number) => void = () => {};
  /** Why it does not start, if it does not. */
  refuses: string | null = null;
  /** What emulates it, if anything. */
  emulatedBy: () => Promise<string | null> = () => Promise.resolve(null);
  #onLost: (reason: string) => void = () => {};

  constructor(name: Exclude<BackendName, 'cpu'>) {
    this.name = name;
  }

  async start(onLost: (reason: string) => void): Promise<string> {
    this.starts += 1;
    this.#onLost = onLost;
    if (this.refuses) throw new Error(this.refuses);
    await tf.setBackend('cpu');
    const Cpu = tf.backend().constructor as new () => ReturnType<typeof tf.backend>;
    if (tf.findBackendFactory(this.name)) tf.removeBackend(this.name);
    for (const { kernelName } of tf.getKernelsForBackend(this.name))
      tf.unregisterKernel(kernelName, this.name);
    tf.copyRegisteredKernels('cpu', this.name);
    this.#wrapMatMul();
    const backend = new Cpu();
    const read = backend.read.bind(backend);
    backend.read = (dataId) => (this.silent ? new Promise(() => {}) : read(dataId));
    tf.registerBackend(this.name, () => backend);
    await tf.setBackend(this.name);
    return `pretended ${this.name}`;
  }

  #wrapMatMul(): void {
    const kernelName = 'BatchMatMul';
    let count = 0;
    const kernelFunc: KernelFunction = tf.getKernel(kernelName, 'cpu').kernelFunc;
    tf.unregisterKernel(kernelName, this.name);
    tf.registerKernel({
      kernelName,
      backendName: this.name,
      kernelFunc: (parameters) => {
        this.beforeProduct(++count);
        if (this.health === 'throws') throw new Error('the shader did not compile');
        const result = kernelFunc(parameters) as tf.TensorInfo;
        if (this.health === 'well') return result;
        const { data } = parameters.backend as { data: { get(id: object): { values: Float32Array } } };
        const { values } = data.get(result.dataId);
        values.forEach((value, i) => (values[i] = this.health === 'wrong' ? 1.1 * value : NaN));
        return result;
      },
    });
  }

  /** As when the device is taken away: whoever waits for it is told. */
  lose(reason: string): void {
    this.#onLost(reason);
  }
}

export const pretendCpu: BackendStarter = {
  name: 'cpu',
  start: async () => {
    await tf.setBackend('cpu');
    return 'processor';
  },
};

/** Real probes, invented times. */
export const proberWith = (stepTimes: Partial<Record<BackendName, number>>): Prober => ({
  numbers: (kind) => probeNumbers(kind),
  stepTime: () => Promise.resolve(stepTimes[tf.getBackend() as BackendName]!),
});

/** A chooser that finds these GPUs, the first the fastest, before the CPU. */
export function chooserWith(...gpus: PretendGpu[]): BackendChooser {
  const times: Partial<Record<BackendName, number>> = { cpu: 100 };
  gpus.forEach(({ name }, i) => (times[name] = i + 1));
  return new BackendChooser([pretendCpu, ...gpus], proberWith(times));
}
