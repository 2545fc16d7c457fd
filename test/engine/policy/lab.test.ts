import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { StudyLine, Walk } from '../../../src/engine/protocol.ts';
import * as tf from '../../../src/engine/tf.ts';
import { EngineRun } from '../../support/engine-run.ts';
import { mean } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // a busy machine is slow
tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const small = { features: 32, points: 30, samples: 64, seed: 2 } as const;

async function trained(patch: Parameters<EngineRun['configure']>[0] = {}): Promise<EngineRun> {
  const run = new EngineRun({ ...small, ...patch });
  await run.train(60);
  return run;
}

describe('an iteration that is walked through', () => {
  it('is the iteration that would have been, with every number on the way', async () => {
    const run = await trained();
    const other = await trained();
    const walk = await run.ask<Walk>((request) => ({ kind: 'walk', request }));
    const plain = await other.optimise(1);
    expect(walk.point).toEqual(plain);
    expect(walk.iteration).toBe(1);
    expect(mean(walk.rewards)).toBeCloseTo(walk.point.proxyReward, 5);
    expect(mean(walk.golds)).toBeCloseTo(walk.point.goldReward, 5);
    walk.advantages.forEach((advantage, i) =>
      expect(advantage).toBeCloseTo(walk.rewards[i]! - walk.value, 4),
    );
    expect(Array.from(walk.updates[0]!.ratios)).toEqual(new Array(64).fill(1));
    expect(walk.updates).toHaveLength(4);
    expect(walk.updates.at(-1)!.after).toEqual(walk.after);
    expect(run.lastFrame.policy!.now.details).toEqual(walk.after);
    await Promise.all([run.quiet(), other.quiet()]);
  });

  it.each(['dpo', 'best-of-n'] as const)('says why there is none under %s', async (optimiser) => {
    const run = await trained({ optimiser });
    await expect(run.ask((request) => ({ kind: 'walk', request }))).rejects.toThrow('Only PPO, GRPO');
    await run.quiet();
  });
});

describe('a study', () => {
  const arms = [
    { label: 'free', patch: { klCoefficient: 0 } },
    { label: 'held', patch: { klCoefficient: 1 } },
    { label: 'best of n', patch: { optimiser: 'best-of-n' } },
  ] as const;

  it('runs each policy from the start, tells how far it is, and leaves the live one and every tensor', async () => {
    const run = await trained();
    await run.optimise(3);
    const before = run.lastFrame;
    const lines = await run.ask<StudyLine[]>((request) => ({
      kind: 'study',
      request,
      arms,
      iterations: 12,
    }));
    expect(lines.map(({ label, gold }) => [label, gold.length])).toEqual([
      ['free', 12],
      ['held', 12],
      ['best of n', 12],
    ]);
    for (const { root, problem } of lines) {
      expect(root[0]).toBe(0);
      expect(problem).toBeNull();
    }
    expect(lines[0]!.root.at(-1)!).toBeGreaterThan(lines[1]!.root.at(-1)!);
    const told = run.reports.flatMap((report) => (report.kind === 'study' ? [report] : []));
    expect(told.at(-1)).toMatchObject({ done: 36, total: 36 });
    await run.rewards();
    expect(run.lastFrame.policy!.iteration).toBe(before.policy!.iteration);
    expect(run.lastFrame.policy!.now.details).toEqual(before.policy!.now.details);
    expect(tf.memory().numTensors).toBe(before.memory.tensors);
    await run.quiet();
  });

  it('is cancelled between two iterations, and nothing is left of it', async () => {
    const run = await trained();
    await run.optimise(1);
    const { tensors } = run.lastFrame.memory;
    const study = run.ask((request) => ({ kind: 'study', request, arms, iterations: 5000 }));
    await run.next(({ kind }) => kind === 'study');
    run.send({ kind: 'cancel' });
    await expect(study).rejects.toThrow('cancelled.');
    await run.rewards();
    expect(tf.memory().numTensors).toBe(tensors);
    expect((await run.optimise(1)).iteration).toBe(2);
    await run.quiet();
  });

  it('goes on with the next policy where one breaks', async () => {
    const run = await trained();
    const broken = { label: 'broken', patch: { klLimit: 1, policyLearningRate: 0.5 } };
    const lines = await run.ask<StudyLine[]>((request) => ({
      kind: 'study',
      request,
      arms: [broken, arms[1]],
      iterations: 10,
    }));
    expect(lines[0]!.problem).toContain('KL limit of 1');
    expect(lines[0]!.gold.length).toBeLessThan(10);
    expect(lines[1]!.gold).toHaveLength(10);
    await run.quiet();
  });
});

describe('a policy in trouble', () => {
  /** Plays until a note comes. */
  async function untilNote(run: EngineRun) {
    const told = run.nextNote();
    run.play('policy');
    return told;
  }

  it.each([
    [
      'KL',
      { klLimit: 3, policyLearningRate: 0.1 },
      'The KL of the policy',
      ['no KL penalty β', 'learning rate'],
    ],
    [
      'entropy',
      { policyLearningRate: 0.5, entropyCoefficient: 0, klLimit: 100_000 },
      'The entropy of the policy collapsed',
      ['entropy bonus of 0', 'learning rate'],
    ],
  ] as const)(
    '%s: pauses, names the quantity and its causes, keeps the last policy',
    async (_, patch, quantity, causes) => {
      const run = await trained({ ...patch, speed: 120 });
      const note = await untilNote(run);
      expect(note).toMatchObject({ topic: 'divergence', action: 'restore-safe' });
      expect(note.text).toContain(quantity);
      for (const cause of causes) expect(note.text).toContain(cause);
      expect((await run.nextFrame()).playing).toBeNull();
      const { now, iteration } = run.lastFrame.policy!;
      expect([...now.details['mean']!, ...now.details['logStd']!].every(Number.isFinite)).toBe(true);
      expect(note.text).toContain(`of iteration ${iteration}`);
      await run.quiet();
    },
  );

  it('a ratio that is no number: the last finite policy is kept, and one goes back with one command', async () => {
    const run = await trained({ speed: 120 });
    await run.optimise(25);
    run.configure({ policyLearningRate: 1, epochs: 16, entropyCoefficient: 0, klLimit: 100_000 });
    const note = await untilNote(run);
    expect(note.text).toMatch(/ratio|step KL|entropy|reward/);
    const { safeIteration } = run.lastFrame.policy!;
    expect(safeIteration).toBeGreaterThanOrEqual(20);
    await run.ask((request) => ({ kind: 'restore', request, to: 'safe' }));
    run.configure({ policyLearningRate: 0.01, epochs: 4 });
    const point = await run.optimise(1);
    expect(point.iteration).toBe(safeIteration + 1);
    expect(Number.isFinite(point.kl)).toBe(true);
    await run.quiet();
  });

  it('going back gives the same run again, bit for bit', async () => {
    const run = await trained();
    await run.optimise(21);
    const wanted = await run.optimise(1);
    await run.ask((request) => ({ kind: 'restore', request, to: 'safe' }));
    await run.optimise(1);
    expect(await run.optimise(1)).toEqual(wanted);
    await run.quiet();
  });
});

it('stops early once the gold has fallen, where that is asked for, and goes back to its peak', async () => {
  const run = new EngineRun({ seed: 1, earlyStop: true });
  await run.train(100);
  const point = await run.optimise(300);
  expect(point.iteration).toBeLessThan(300);
  const gold = run.policyPoints.map(({ goldReward }) => goldReward);
  const { bestIteration } = run.lastFrame.policy!;
  expect(gold[bestIteration]).toBe(Math.max(...gold));
  expect(run.notes.at(-1)).toMatchObject({ topic: 'stopped', action: 'restore-best' });
  await run.ask((request) => ({ kind: 'restore', request, to: 'best' }));
  await run.rewards();
  expect(run.lastFrame.policy!.iteration).toBe(bestIteration);
  // It is the very policy that was measured there.
  run.configure({ earlyStop: false });
  expect((await run.optimise(1)).goldReward).toBe(gold[bestIteration]);
  await run.quiet();
});
