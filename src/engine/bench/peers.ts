import { BackendChooser } from '../backend';
import { freshCheckpoint } from '../parameters';
import type { BackendName } from '../protocol';
import { FusedCpuTrainer } from '../reward/fused/cpu-trainer';
import { FusedWebGpuTrainer } from '../reward/fused/webgpu/trainer';
import type { Checkpoint } from '../parameters';
import type { Head } from '../reward/head';
import type { RewardTrainer } from '../reward/trainer';
import type { Task } from './cases';
import { climbOf } from './climb';
import { OwnMap, OwnPolicy, OwnSweep, OwnTraining } from './own';
import { problemOf } from './problem';
import type { Runner } from './runner';
import { StockMap, StockPolicy } from './stock-climb';
import { StockLoop } from './stock-loop';

/** A way to do the cases of the benchmark. Each has a worker of its own. */
export interface Peer {
  readonly name: string;
  /** The arithmetic unit it runs on: peers on the same one are compared. */
  readonly unit: 'webgpu' | 'webgl' | 'cpu' | 'wasm';
  readonly ours: boolean;
  /** @returns the adapter's name @throws Error saying why it is not to be had here */
  prepare(): Promise<string>;
  /** @throws Error saying what is missing */
  start(task: Task): Runner;
}

async function useBackend(name: BackendName): Promise<string> {
  const choice = await new BackendChooser().choose(name);
  if (choice.backend !== name) throw new Error(choice.reason);
  return choice.adapter;
}

const own = (
  name: string,
  unit: Extract<Peer['unit'], BackendName>,
  make: (checkpoint: Checkpoint, head: Head) => RewardTrainer,
): Peer => {
  const climber = () => {
    const climb = climbOf();
    return { climb, scorer: make(freshCheckpoint(climb.theta), climb.head) };
  };
  return {
    name,
    unit,
    ours: true,
    prepare: () => useBackend(unit),
    start(task) {
      switch (task.kind) {
        case 'train': {
          const problem = problemOf(task);
          return new OwnTraining(problem, make(freshCheckpoint(problem.theta), problem.head));
        }
        case 'sweep':
          return new OwnSweep(problemOf(task));
        case 'optimise': {
          const { climb, scorer } = climber();
          return new OwnPolicy(climb, scorer);
        }
        case 'score': {
          const { climb, scorer } = climber();
          return new OwnMap(climb, scorer, task.size);
        }
      }
    },
  };
};

export const startStock = (task: Task): Runner => {
  switch (task.kind) {
    case 'train':
    case 'sweep':
      return new StockLoop(problemOf(task));
    case 'optimise':
      return new StockPolicy(climbOf());
    case 'score':
      return new StockMap(climbOf(), task.size);
  }
};

const stock = (unit: Extract<Peer['unit'], BackendName>): Peer => ({
  name: `TensorFlow.js stock loop, ${unit}`,
  unit,
  ours: false,
  prepare: () => useBackend(unit),
  start: startStock,
});

/** Those that come with the site. */
export const peers: readonly Peer[] = [
  own('fused WebAssembly', 'cpu', (checkpoint, head) => new FusedCpuTrainer(checkpoint, head)),
  own('fused WebGPU', 'webgpu', (checkpoint, head) => new FusedWebGpuTrainer(checkpoint, head)),
  stock('cpu'),
  stock('webgpu'),
  stock('webgl'),
];
