// What the state needs from outside, pretended: an engine that remembers what it was told, and a browser's storage.
import type { MetricName, PolicyPoint, RewardPoint } from '../../src/domain/metrics.ts';
import { metricsTable } from '../../src/domain/metrics.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type {
  BackendChoice,
  Command,
  PackedData,
  PolicyFrame,
  Report,
  RequestResult,
  RewardFrame,
} from '../../src/engine/protocol.ts';
import type { EngineLine, StartEngine } from '../../src/state/engine.ts';
import type { SavedSession } from '../../src/state/saved-session.ts';
import type { SessionStorage } from '../../src/state/storage.ts';
import { pictureOf } from '../support/contents.ts';

export const cpuChoice: BackendChoice = {
  backend: 'cpu',
  adapter: 'JavaScript on the processor',
  trainer: 'TensorFlow.js operations',
  reason: 'CPU (0.1 ms a step).',
  trials: [],
};

const numbersOf = <Name extends MetricName>(stage: 'reward' | 'policy', value: number) =>
  Object.fromEntries(
    Object.entries(metricsTable)
      .filter(([, metric]) => metric.stage === stage)
      .map(([name]) => [name, value]),
  ) as Record<Name, number>;

/** Every metric of the point has the same value. */
export const rewardPoint = (step: number, value = 0): RewardPoint => ({
  step,
  ...numbersOf('reward', value),
});
export const policyPoint = (iteration: number, value = 0): PolicyPoint => ({
  iteration,
  ...numbersOf('policy', value),
});

/** One worker's life. Like the real one, it numbers its frames by the last run that a reset named, 0 before. */
export class FakeEngine implements EngineLine {
  readonly commands: Exclude<Command, { request: number }>[] = [];
  readonly requests: { kind: string; stage?: string; run?: number }[] = [];
  settings: Settings | null = null;
  data: PackedData | null = null;
  run = 0;
  playing: string | null = null;
  /** What the next `train`, `optimise` and so on answer. */
  answer: (kind: string) => Promise<RequestResult> = () => Promise.resolve(null);
  readonly report: (report: Report) => void;
  readonly crash: (message: string) => void;

  constructor(report: (report: Report) => void, crash: (message: string) => void) {
    this.report = report;
    this.crash = crash;
  }

  send: EngineLine['send'] = (command) => {
    this.commands.push(command);
    if (command.kind === 'configure') this.settings = command.settings;
    if (command.kind === 'data') this.data = command.data;
    if (command.kind === 'play') this.playing = command.stage;
    if (command.kind === 'pause') this.playing = null;
  };

  request: EngineLine['request'] = (command) => {
    this.requests.push(command);
    if (command.kind !== 'reset') return this.answer(command.kind);
    this.run = command.run;
    return Promise.resolve(null);
  };

  stopped = false;
  stop(): void {
    this.stopped = true;
  }

  ready(choice: BackendChoice = cpuChoice): void {
    this.report({ kind: 'ready', choice });
  }

  /** A picture of the present run, or of `run`. */
  frame(parts: { reward?: Partial<RewardFrame>; policy?: Partial<PolicyFrame>; run?: number }): void {
    const count = this.data?.ids.length ?? 0;
    this.report({
      kind: 'frame',
      run: parts.run ?? this.run,
      playing: null,
      reward: parts.reward
        ? {
            points: [],
            step: 0,
            generation: 0,
            version: this.data?.version ?? 0,
            rewards: new Float32Array(count),
            field: { values: new Float32Array(4), size: 2, extent: 1 },
            criterionRewards: null,
            memberRewards: null,
            criterionFields: [],
            disagreement: null,
            referenceMean: 0,
            referenceStd: 1,
            ...parts.reward,
          }
        : null,
      policy: parts.policy
        ? {
            points: [],
            iteration: 0,
            safeIteration: 0,
            bestIteration: 0,
            now: pictureOf({ mean: [0, 0], logStd: [0, 0] }),
            start: pictureOf({ mean: [0, 0], logStd: [0, 0] }),
            ratios: new Float32Array(0),
            tracked: [],
            trackedValues: new Float32Array(0),
            preparation: null,
            ...parts.policy,
          }
        : null,
      stepsPerSecond: 0,
      memory: { tensors: 1, bytes: 4 },
    });
  }
}

/** Starts a new `FakeEngine` each time; `last` is the one that runs. */
export class FakeEngines {
  readonly all: FakeEngine[] = [];
  readonly start: StartEngine = (report, crash) => {
    const engine = new FakeEngine(report, crash);
    this.all.push(engine);
    return engine;
  };
  get last(): FakeEngine {
    return this.all.at(-1)!;
  }
}

/** Keeps structured clones, as IndexedDB does. */
export class MemoryStorage implements SessionStorage {
  readonly slots = new Map<string, unknown>();
  load: SessionStorage['load'] = (slot) =>
    Promise.resolve(structuredClone(this.slots.get(slot)) as SavedSession | undefined);
  save: SessionStorage['save'] = (slot, session) => {
    this.slots.set(slot, structuredClone(session));
    return Promise.resolve();
  };
  leave: SessionStorage['leave'] = (session) => void this.slots.set('present', structuredClone(session));
}
