import * as tf from './tf';
import { disagreement, probeNumbers, probeStepTime } from './probe';
import type { BackendChoice, BackendName, Trial } from './protocol';
import { ops, trainerKinds, type TrainerKind } from './reward/trainers';
import type { Settings } from '../domain/settings';

/**
 * Chooses where the arithmetic runs: by whether a backend computes what the CPU computes, and by how fast it is here;
 * not by whether its API exists. A software adapter is often slower than plain JavaScript.
 */

export interface BackendStarter {
  readonly name: BackendName;
  /** What emulates it if it is known to be an emulation by the processor, else null. Cheap; nothing is started. */
  emulatedBy?(): Promise<string | null>;
  /** Makes the backend the current one. @returns the adapter's name @throws Error saying why it cannot start */
  start(onLost: (reason: string) => void): Promise<string>;
}

export interface Prober {
  numbers(kind: TrainerKind): Promise<Float32Array>;
  stepTime(kind: TrainerKind): Promise<number>;
}

/** How a trainer did beside a backend. */
interface TrainerTrial {
  readonly kind: TrainerKind;
  /** Null when it was not timed. */
  readonly stepTime: number | null;
  readonly problem: string | null;
}

const backendTitles: Record<BackendName, string> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' };

/** Rounding differs between devices; wrong kernels are off by far more. */
const tolerance = 1e-3;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class BackendChooser {
  readonly #starters: readonly BackendStarter[];
  readonly #prober: Prober;
  /** Backends that failed while in use, with the reason: they are not tried again in this visit. */
  readonly #failed = new Map<BackendName, string>();
  #reference: Float32Array | null = null;
  #inUse: BackendName | null = null;
  readonly #kinds: readonly TrainerKind[];
  /** Trainers that failed while in use. */
  readonly #failedTrainers = new Map<TrainerKind, string>();
  /** Beside each backend that was tried. */
  readonly #trainerTrials = new Map<BackendName, readonly TrainerTrial[]>();
  /** Called when the backend in use loses its device. */
  onLost: (reason: string) => void = () => {};

  constructor(
    starters: readonly BackendStarter[] = defaultStarters,
    prober: Prober = { numbers: probeNumbers, stepTime: probeStepTime },
    kinds: readonly TrainerKind[] = trainerKinds,
  ) {
    this.#starters = starters;
    this.#prober = prober;
    this.#kinds = kinds;
  }

  /** The trainers that are right beside the backend in use, the fastest first; operations are always among them. */
  get trainers(): readonly TrainerKind[] {
    const trials = this.#inUse ? (this.#trainerTrials.get(this.#inUse) ?? []) : [];
    const right = trials.filter(({ kind, problem }) => problem === null && !this.#failedTrainers.has(kind));
    if (right.length === 0) return [ops];
    const kinds = right.sort((a, b) => (a.stepTime ?? 0) - (b.stepTime ?? 0)).map(({ kind }) => kind);
    // What comes after operations would never be asked.
    return kinds.slice(0, kinds.indexOf(ops) + 1);
  }

  /** Does not use this trainer again. @returns the choice without it */
  excludeTrainer(kind: TrainerKind, reason: string, choice: BackendChoice): BackendChoice {
    this.#failedTrainers.set(kind, reason);
    const trainer = this.trainers[0]!.title;
    return { ...choice, trainer, reason: `${choice.reason} ${capital(kind.title)} failed: ${reason}.` };
  }

  /** Does not use this backend again. */
  exclude(backend: BackendName, reason: string): void {
    this.#failed.set(backend, reason);
  }

  /** Whether the current backend still computes what the CPU computed when it was chosen. */
  async stillRight(kind = ops): Promise<boolean> {
    if (!this.#reference) return true;
    return disagreement(await this.#prober.numbers(kind), this.#reference) <= tolerance;
  }

  /**
   * Starts and leaves current the best backend, or the one asked for if it works.
   * @throws Error when nothing works, not even the CPU
   */
  async choose(wanted: Settings['backend']): Promise<BackendChoice> {
    const cpu = await this.#try('cpu', wanted === 'auto');
    const trials: Trial[] = [cpu];
    const others = wanted === 'auto' ? (['webgpu', 'webgl'] as const) : wanted === 'cpu' ? [] : [wanted];
    for (const name of others) {
      const trial = await this.#try(name, wanted === 'auto');
      trials.push(trial);
      // A GPU that beats the CPU through WebGPU needs no second way in.
      if (trial.problem === null && (trial.stepTime ?? 0) < (cpu.stepTime ?? Infinity)) break;
    }
    const working = trials.filter(({ problem }) => problem === null);
    const best =
      working.find(({ backend }) => backend === wanted) ??
      working.reduce<Trial | null>((a, b) => (a && a.stepTime! <= b.stepTime! ? a : b), null);
    if (!best)
      throw new Error(`No way to compute works here. ${trials.map(({ problem }) => problem).join(' ')}`);
    await tf.setBackend(best.backend);
    this.#inUse = best.backend;
    return {
      backend: best.backend,
      adapter: best.adapter,
      trainer: this.trainers[0]!.title,
      reason: `${explain(best, trials, wanted)} ${this.#explainTrainer()}`,
      trials,
    };
  }

  async #try(name: BackendName, timed: boolean): Promise<Trial> {
    const trial: Trial = { backend: name, adapter: backendTitles[name], stepTime: null, problem: null };
    const failed = this.#failed.get(name);
    if (failed) return { ...trial, problem: `${backendTitles[name]} failed earlier: ${failed}` };
    try {
      const starter = this.#starters.find((candidate) => candidate.name === name)!;
      const emulated = timed ? await starter.emulatedBy?.() : null;
      if (emulated)
        return {
          ...trial,
          adapter: emulated,
          problem: `${backendTitles[name]} is only emulated here (${emulated}).`,
        };
      const adapter = await starter.start((reason) => {
        // One that was only tried may go when it likes.
        if (this.#inUse === name) this.onLost(reason);
      });
      const numbers = await this.#prober.numbers(ops);
      if (name === 'cpu') this.#reference = numbers;
      if (this.#reference && disagreement(numbers, this.#reference) > tolerance)
        return { ...trial, adapter, problem: `${backendTitles[name]} computes wrong numbers on ${adapter}.` };
      const trainers = await this.#tryTrainers(name, timed);
      this.#trainerTrials.set(name, trainers);
      const times = trainers.flatMap(({ stepTime }) => stepTime ?? []);
      return { ...trial, adapter, stepTime: timed ? Math.min(...times) : null };
    } catch (error) {
      return { ...trial, problem: `${backendTitles[name]} does not start: ${messageOf(error)}` };
    }
  }

  /** Tries the trainers that work beside the current backend. @throws Error when operations fail */
  async #tryTrainers(name: BackendName, timed: boolean): Promise<TrainerTrial[]> {
    const trials: TrainerTrial[] = [];
    for (const kind of this.#kinds.filter(({ backends }) => backends.includes(name)))
      trials.push(await this.#tryTrainer(kind, timed));
    return trials;
  }

  async #tryTrainer(kind: TrainerKind, timed: boolean): Promise<TrainerTrial> {
    const stepTime = async () => (timed ? this.#prober.stepTime(kind) : null);
    if (kind === ops) return { kind, stepTime: await stepTime(), problem: null };
    const trial: TrainerTrial = { kind, stepTime: null, problem: null };
    const failed = this.#failedTrainers.get(kind);
    if (failed) return { ...trial, problem: `failed earlier: ${failed}` };
    try {
      const numbers = await this.#prober.numbers(kind);
      if (this.#reference && disagreement(numbers, this.#reference) > tolerance)
        return { ...trial, problem: 'compute wrong numbers here' };
      return { ...trial, stepTime: await stepTime() };
    } catch (error) {
      return { ...trial, problem: `do not work here: ${messageOf(error)}` };
    }
  }

  /** How the trainer in use compares with the others. */
  #explainTrainer(): string {
    const trials = this.#trainerTrials.get(this.#inUse!) ?? [];
    const said = (kind: TrainerKind) => {
      const time = trials.find((trial) => trial.kind === kind)?.stepTime ?? null;
      return time === null ? kind.title : `${kind.title} (${milliseconds(time)} a step)`;
    };
    const [best] = this.trainers;
    const slower = trials.filter(({ kind, problem }) => kind !== best && problem === null);
    const problems = trials.flatMap(({ kind, problem }) =>
      problem === null ? [] : [` ${capital(kind.title)} ${problem}.`],
    );
    const than =
      slower.length > 0 ? ` rather than by ${slower.map(({ kind }) => said(kind)).join(' or ')}` : '';
    return `Reward heads are trained by ${said(best!)}${than}.${problems.join('')}`;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const milliseconds = (time: number) =>
  `${time < 1 ? time.toFixed(2) : time < 10 ? time.toFixed(1) : Math.round(time)} ms`;

function explain(best: Trial, trials: readonly Trial[], wanted: Settings['backend']): string {
  const title = backendTitles[best.backend];
  const problems = trials.flatMap(({ problem }) => problem ?? []).join(' ');
  if (wanted === best.backend) return `${title}, as chosen by hand.`;
  const slower = trials.filter((trial) => trial !== best && trial.stepTime !== null);
  const times = slower.map((trial) => `${backendTitles[trial.backend]} ${milliseconds(trial.stepTime!)}`);
  const took = best.stepTime === null ? '' : ` (${milliseconds(best.stepTime)} a step)`;
  const why =
    times.length > 0 ? `${title} was the fastest here${took}: ${times.join(', ')}.` : `${title}${took}.`;
  return problems ? `${why} ${problems}` : why;
}

const defaultStarters: readonly BackendStarter[] = [
  {
    name: 'cpu',
    async start() {
      await tf.setBackend('cpu');
      return 'JavaScript on the processor';
    },
  },
  { name: 'webgpu', start: startWebGpu, emulatedBy: emulatedWebGpu },
  { name: 'webgl', start: startWebGl, emulatedBy: emulatedWebGl },
];

/**
 * GPUs in software. TensorFlow.js on them was 5 to 25 times slower than on the processor itself, and trying them took
 * seconds; so they are used only when asked for.
 */
const emulation = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i;

const describeAdapter = ({ vendor, architecture, description }: GPUAdapterInfo): string =>
  description || [vendor, architecture].filter(Boolean).join(' ') || 'a GPU';

async function emulatedWebGpu(): Promise<string | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return null;
  const name = describeAdapter(adapter.info);
  return emulation.exec(name)?.[0] ?? (adapter.info.isFallbackAdapter ? name : null);
}

// eslint-disable-next-line @typescript-eslint/require-await -- as the starter has it
async function emulatedWebGl(): Promise<string | null> {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const name = gl && rendererOf(gl);
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return (name && emulation.exec(name)?.[0]) || null;
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'a GPU';
}

/** The device is requested here rather than by TensorFlow.js, so that its loss is noticed. */
async function startWebGpu(onLost: (reason: string) => void): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('this browser offers no WebGPU adapter.');
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
    },
  });
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  await tf.setBackend('webgpu');
  void device.lost.then(({ message, reason }) => onLost(message || reason || 'the device was lost'));
  return describeAdapter(adapter.info);
}

async function startWebGl(onLost: (reason: string) => void): Promise<string> {
  if (!(await tf.setBackend('webgl'))) throw new Error('this browser offers no WebGL context in a worker.');
  const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
  const { gl } = gpgpu;
  // The DOM-less types know no canvas of a context.
  const { canvas } = gl as unknown as { canvas: EventTarget };
  canvas.addEventListener('webglcontextlost', () => onLost('the WebGL context was lost'));
  return rendererOf(gl);
}
