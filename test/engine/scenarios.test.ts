// A run of the engine in a scenario without a plane: nothing is drawn over one, and the choices become likelier that score high.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultsOf, type Settings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { EngineRun } from '../support/engine-run.ts';

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

let runs: EngineRun[] = [];
function start(patch: Partial<Settings> = {}) {
  const settings: Settings = {
    ...defaultsOf('linear'),
    ...{ features: 16, points: 20, samples: 64, speed: 120 },
    ...patch,
  };
  const run = new EngineRun(settings, simulatedData(settings, 120));
  runs.push(run);
  return run;
}
afterEach(async () => {
  const started = runs;
  runs = [];
  for (const run of started) await run.quiet();
});

describe('choosing among random numbers', () => {
  it('makes likelier what scores high, and draws nothing over a plane', async () => {
    const run = start();
    const point = await run.train(200);
    expect(point.accuracy).toBeGreaterThan(0.8);
    const last = await run.optimise(40);
    expect(last.proxyReward).toBeGreaterThan(0.5);
    expect(last.goldReward, 'with six comparisons for each action, it is right about most').toBeGreaterThan(
      0.3,
    );
    const { reward, policy } = run.lastFrame;
    expect(reward!.field).toBeNull();
    expect(reward!.criterionFields).toEqual([]);
    const probabilities = Array.from(policy!.now.details['probabilities']!);
    expect(probabilities).toHaveLength(20);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
    expect(new Set(policy!.start.details['probabilities'])).toEqual(new Set([Math.fround(0.05)]));
    const rewards = await run.rewards();
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(rewards.indexOf(Math.max(...rewards)));
  });

  it.each(['reinforce', 'rloo', 'grpo', 'best-of-n', 'dpo'] as const)('by %s too', async (optimiser) => {
    const run = start({ optimiser, policyLearningRate: 0.05 });
    await run.train(100);
    const first = await run.optimise(1);
    const last = await run.optimise(29);
    expect(last.proxyReward).toBeGreaterThan(first.proxyReward + 0.2);
  });

  it('begins anew where the candidates are others, and goes on where only the samples are', async () => {
    const run = start();
    await run.train(20);
    await run.optimise(3);
    run.configure({ samples: 32 });
    expect((await run.optimise(1)).iteration).toBe(4);
    const more = { ...run.settings, points: 24 };
    run.configure({ points: 24 });
    run.change({ ...simulatedData(more, 120), version: undefined });
    expect((await run.optimise(1)).iteration).toBe(1);
  });

  it('influence is told candidate by candidate', async () => {
    const run = start();
    await run.train(30);
    const trained = run.data.observations.heldOut.indexOf(0);
    const { difference, before, after } = await run.influence(trained, 'flip');
    expect(difference).toBeNull();
    expect(after).not.toEqual(before);
  });
});
