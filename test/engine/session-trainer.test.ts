import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackendChooser } from '../../src/engine/backend.ts';
import { probeNumbers } from '../../src/engine/probe.ts';
import type { BackendChoice } from '../../src/engine/protocol.ts';
import { FusedCpuTrainer } from '../../src/engine/reward/fused/cpu-trainer.ts';
import { ops, type TrainerKind } from '../../src/engine/reward/trainers.ts';
import * as tf from '../../src/engine/tf.ts';
import { expectClose } from '../support/close.ts';
import { EngineRun } from '../support/engine-run.ts';
import { pretendCpu } from '../support/pretend-gpu.ts';

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000 }); // a busy machine is slow

/** A trainer that is right until it is told to fail. */
class FlakyKind implements TrainerKind {
  readonly title = 'flaky kernels';
  readonly backends = ['cpu'] as const;
  failsAt = Infinity;
  failsToStart = false;
  wrong = false;
  refusal: string | null = null;
  starts = 0;

  refuses(): string | null {
    return this.refusal;
  }

  create(...parameters: Parameters<TrainerKind['create']>) {
    this.starts += 1;
    if (this.failsToStart) throw new Error('no memory is left');
    const trainer = new FusedCpuTrainer(...parameters);
    const train = trainer.train.bind(trainer);
    trainer.train = (features, data, hyper, steps, emphasis) => {
      if (trainer.step + steps > this.failsAt) throw new Error('the kernel was killed');
      train(
        features,
        data,
        this.wrong ? { ...hyper, learningRate: 2 * hyper.learningRate } : hyper,
        steps,
        emphasis,
      );
    };
    return trainer;
  }
}

let run: EngineRun | null = null;
afterEach(async () => {
  await run?.quiet();
  run = null;
});

const small = { features: 16, points: 20, samples: 16, batchSize: 8 } as const;
const chooserOf = (kind: TrainerKind) =>
  new BackendChooser(
    [pretendCpu],
    { numbers: probeNumbers, stepTime: (one) => Promise.resolve(one === ops ? 4 : 1) },
    [kind, ops],
  );
const start = (kind: TrainerKind, patch = {}) =>
  (run = new EngineRun({ ...small, ...patch }, undefined, chooserOf(kind)));

const choicesOf = ({ reports }: EngineRun): BackendChoice[] =>
  reports.flatMap((report) => (report.kind === 'ready' ? [report.choice] : []));

/** Rewards after so many steps by operations alone. */
async function wantedAfter(steps: number) {
  const alone = new EngineRun(small, undefined, chooserOf(ops));
  await alone.train(steps);
  const rewards = await alone.rewards();
  await alone.quiet();
  return rewards;
}

describe('the trainer', () => {
  it('that is right and the fastest is taken, and the badge says which and why', async () => {
    const session = start(new FlakyKind(), { backend: 'auto' });
    await session.train(10);
    const [choice] = choicesOf(session);
    expect(choice!.trainer).toBe('flaky kernels');
    expect(choice!.reason).toContain(
      'trained by flaky kernels (1.0 ms a step) rather than by TensorFlow.js operations (4.0 ms a step)',
    );
    expectClose(await session.rewards(), await wantedAfter(10), 1e-5);
  });

  it('that computes other numbers than operations is left out', async () => {
    const kind = new FlakyKind();
    kind.wrong = true;
    const session = start(kind);
    await session.train(10);
    const [choice] = choicesOf(session);
    expect(choice!.trainer).toBe('TensorFlow.js operations');
    expect(choice!.reason).toContain('Flaky kernels compute wrong numbers here.');
    expectClose(await session.rewards(), await wantedAfter(10), 1e-6);
  });

  it('that does not start is left out', async () => {
    const kind = new FlakyKind();
    kind.failsToStart = true;
    const session = start(kind);
    await session.train(10);
    const [choice] = choicesOf(session);
    expect(choice!.trainer).toBe('TensorFlow.js operations');
    expect(choice!.reason).toContain('Flaky kernels do not work here: no memory is left.');
    expect(session.notes).toEqual([]);
  });

  it('that fails in mid-training is followed by the next one from the last weights, with a note', async () => {
    const kind = new FlakyKind();
    const session = start(kind);
    await session.train(20);
    kind.failsAt = 25;
    await session.train(30);
    expect(choicesOf(session).map(({ trainer }) => trainer)).toEqual([
      'flaky kernels',
      'TensorFlow.js operations',
    ]);
    expect(session.notes).toHaveLength(1);
    expect(session.notes[0]).toMatchObject({ topic: 'backend' });
    expect(session.notes[0]!.text).toBe(
      'Training by flaky kernels failed (the kernel was killed). It goes on from its last weights by TensorFlow.js operations.',
    );
    expect(session.lastFrame.reward!.step).toBe(50);
    // Nothing is lost, and nothing done twice.
    expectClose(await session.rewards(), await wantedAfter(50), 1e-5);
    expect(session.rewardPoints.map(({ step }) => step)).toEqual([10, 20, 30, 40, 50]);
  });

  it('that cannot do what the settings ask leaves that to operations, and comes back', async () => {
    const kind = new FlakyKind();
    const session = start(kind);
    await session.train(10);
    kind.refusal = 'it has never heard of that';
    await session.train(10);
    kind.refusal = null;
    await session.train(10);
    expect(session.notes).toEqual([]);
    expectClose(await session.rewards(), await wantedAfter(30), 1e-5);
  });
});
