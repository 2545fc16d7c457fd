import type { Observations } from '../../domain/observations';
import type { Checkpoint } from '../parameters';
import type { BackendName } from '../protocol';
import { FusedCpuTrainer } from './fused/cpu-trainer';
import { refusedByWebGpu } from './fused/webgpu/refusal';
import { FusedWebGpuTrainer } from './fused/webgpu/trainer';
import type { Head } from './head';
import { OpsTrainer } from './ops-trainer';
import type { RewardHyper, RewardTrainer } from './trainer';

/** A way to train reward heads. */
export interface TrainerKind {
  /** As the badge shows it. */
  readonly title: string;
  /** The backends of TensorFlow.js beside which it works. */
  readonly backends: readonly BackendName[];
  /** Why it leaves this to the next one, as a sentence's end; null where it does it. */
  refuses(head: Head, data: Observations, hyper: RewardHyper): string | null;
  /** Beside the current backend. @throws Error when that does not work here */
  create(checkpoint: Checkpoint, head: Head): RewardTrainer;
}

/** Any backend, head and loss: what is always left. */
export const ops: TrainerKind = {
  title: 'TensorFlow.js operations',
  backends: ['webgpu', 'webgl', 'cpu'],
  refuses: () => null,
  create: (checkpoint, head) => new OpsTrainer(checkpoint, head),
};

/** The registry, the best first: a new trainer is one entry here. */
export const trainerKinds: readonly TrainerKind[] = [
  {
    title: 'fused WebGPU kernels',
    backends: ['webgpu'],
    refuses: refusedByWebGpu,
    create: (checkpoint, head) => new FusedWebGpuTrainer(checkpoint, head),
  },
  {
    title: 'fused WebAssembly kernels',
    backends: ['cpu'],
    refuses: () => null,
    create: (checkpoint, head) => new FusedCpuTrainer(checkpoint, head),
  },
  ops,
];

/** The first that does it; operations do everything. @param kinds with operations among them */
export const kindFor = (
  kinds: readonly TrainerKind[],
  head: Head,
  data: Observations,
  hyper: RewardHyper,
): TrainerKind => kinds.find((kind) => kind.refuses(head, data, hyper) === null)!;

/** Thrown when a trainer fails at its work while the backend is well: the run goes on with the next one. */
export class TrainerFailure extends Error {
  readonly kind: TrainerKind;

  constructor(kind: TrainerKind, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.kind = kind;
  }
}

/** What operations fail at is the backend's fault. */
export const failureOf = (kind: TrainerKind, error: unknown): unknown =>
  kind === ops ? error : new TrainerFailure(kind, error);
