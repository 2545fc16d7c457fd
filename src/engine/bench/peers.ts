import { BackendChooser } from '../backend';
import { freshCheckpoint, type Read } from '../parameters';
import type { BackendName } from '../protocol';
import { FusedCpuTrainer } from '../reward/fused/cpu-trainer';
import { FusedWebGpuTrainer } from '../reward/fused/webgpu/trainer';
import type { RewardTrainer } from '../reward/trainer';
import * as tf from '../tf';
import { lossOf, tableOf, type Problem } from './problem';
import { StockLoop } from './stock-loop';

/** Something that trains, in one case of the benchmark. */
export interface Runner {
  /** Makes it the current one. */
  enter(): Promise<void>;
  /** Trains, and waits until it is done. */
  run(steps: number): Promise<void>;
  /** Mean loss of all pairs. */
  loss(): Promise<number>;
  dispose(): void;
}

export interface Peer {
  readonly name: string;
  /** The arithmetic unit it runs on: peers on the same one are compared. */
  readonly unit: 'webgpu' | 'webgl' | 'cpu' | 'wasm';
  readonly ours: boolean;
  /** @returns the adapter's name @throws Error saying why it is not to be had here */
  prepare(): Promise<string>;
  start(problem: Problem): Promise<Runner>;
}

const read: Read = async (tensor) => (await tensor.data()) as Float32Array;

async function useBackend(name: BackendName): Promise<string> {
  const known = started.get(name);
  if (known && (await tf.setBackend(name))) return known;
  const choice = await new BackendChooser().choose(name);
  if (choice.backend !== name) throw new Error(choice.reason);
  started.set(name, choice.adapter);
  return choice.adapter;
}
const started = new Map<BackendName, string>();

/** A trainer of the page, on a backend. */
class OwnRunner implements Runner {
  readonly #backend: BackendName;
  readonly #problem: Problem;
  readonly #trainer: RewardTrainer;
  readonly #table;

  constructor(backend: BackendName, problem: Problem, trainer: RewardTrainer) {
    this.#backend = backend;
    this.#problem = problem;
    this.#trainer = trainer;
    this.#table = tableOf(problem);
  }

  async enter(): Promise<void> {
    await tf.setBackend(this.#backend);
  }

  async run(steps: number): Promise<void> {
    const { observations, hyper } = this.#problem;
    await this.#trainer.train(this.#table, observations, hyper, steps);
    await this.#trainer.evaluate(this.#table, [], false, read);
  }

  async loss(): Promise<number> {
    const { rewards } = await this.#trainer.evaluate(this.#table, [[1]], false, read);
    return lossOf(this.#problem, rewards[0]!);
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#table.dispose();
  }
}

const own = (
  name: string,
  backend: BackendName,
  unit: Peer['unit'],
  make: (problem: Problem) => RewardTrainer,
): Peer => ({
  name,
  unit,
  ours: true,
  prepare: () => useBackend(backend),
  start: async (problem) => {
    await tf.setBackend(backend);
    return new OwnRunner(backend, problem, make(problem));
  },
});

const stock = (backend: BackendName): Peer => ({
  name: `TensorFlow.js stock loop, ${backend}`,
  unit: backend,
  ours: false,
  prepare: () => useBackend(backend),
  start: async (problem) => {
    await tf.setBackend(backend);
    return new StockLoop(backend, problem);
  },
});

/** Those that come with the site. */
export const peers: readonly Peer[] = [
  own(
    'fused WebAssembly',
    'cpu',
    'cpu',
    ({ theta, head }) => new FusedCpuTrainer(freshCheckpoint(theta), head),
  ),
  own(
    'fused WebGPU',
    'webgpu',
    'webgpu',
    ({ theta, head }) => new FusedWebGpuTrainer(freshCheckpoint(theta), head),
  ),
  stock('cpu'),
  stock('webgpu'),
  stock('webgl'),
];
