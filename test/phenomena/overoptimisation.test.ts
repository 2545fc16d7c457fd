import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicyPoint, RewardPoint } from '../../src/domain/metrics.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { EngineRun } from '../support/engine-run.ts';
import { mean } from '../support/statistics.ts';

// The story of the first visit, as whole experiments on the default settings: labels of the starting policy teach a
// good reward, the policy climbs it, and past some point gets worse by what was wanted.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

interface Experiment {
  readonly trained: RewardPoint;
  readonly free: readonly PolicyPoint[];
  readonly leashed: readonly PolicyPoint[];
}

const seeds = [1, 2, 3, 4, 5];
const experiments: Experiment[] = [];

async function experiment(seed: number): Promise<Experiment> {
  const run = new EngineRun({ seed }, simulatedData({ ...defaultSettings, seed }, 60));
  const trained = await run.train(300);
  await run.optimise(150);
  const free = run.policyPoints;
  await run.reset('policy', 1);
  run.configure({ klCoefficient: 0.3 });
  await run.optimise(150);
  const leashed = run.policyPoints.slice(free.length);
  await run.quiet();
  return { trained, free, leashed };
}

beforeAll(async () => {
  for (const seed of seeds) experiments.push(await experiment(seed));
});

afterAll(() => {
  const rows = experiments.map(({ trained, free, leashed }, i) => {
    const { peak, rise, fall } = goldStory(free);
    return [
      `seed ${seeds[i]}: gold accuracy ${trained.goldAccuracy.toFixed(3)}`,
      `gold +${rise.toFixed(2)} by iteration ${free[peak]!.iteration}, then −${fall.toFixed(2)}`,
      `proxy ${free[peak]!.proxyReward.toFixed(2)} → ${free.at(-1)!.proxyReward.toFixed(2)}`,
      `KL ${free.at(-1)!.kl.toFixed(2)}, with β 0.3 ${leashed.at(-1)!.kl.toFixed(2)}`,
    ].join('; ');
  });
  console.log(rows.join('\n'));
});

/** How the gold rose to its peak, and what was left of that at the end. */
function goldStory(points: readonly PolicyPoint[]) {
  const gold = points.map(({ goldReward }) => goldReward);
  const peak = gold.indexOf(Math.max(...gold));
  return { peak, rise: gold[peak]! - gold[0]!, fall: gold[peak]! - gold.at(-1)! };
}

describe('on the default settings, over five seeds', () => {
  it('60 comparisons teach what was wanted', () => {
    expect(experiments.map(({ free, leashed }) => [free.length, leashed.length])).toEqual(
      seeds.map(() => [150, 150]),
    );
    expect(mean(experiments.map(({ trained }) => trained.goldAccuracy))).toBeGreaterThanOrEqual(0.75);
  });

  it('without a leash the gold peaks and falls by a third of its rise, while the proxy still rises', () => {
    const turned = experiments.filter(({ free }) => {
      const { peak, rise, fall } = goldStory(free);
      const proxyRose = free.at(-1)!.proxyReward > free[peak]!.proxyReward;
      return rise > 0 && peak > 0 && peak < free.length - 1 && fall >= rise / 3 && proxyRose;
    });
    expect(turned.length).toBeGreaterThanOrEqual(4);
  });

  it('a KL penalty of 0.3 keeps the policy within a fifth of that distance', () => {
    const final = (which: 'free' | 'leashed') => mean(experiments.map((one) => one[which].at(-1)!.kl));
    expect(final('leashed')).toBeLessThan(final('free') / 5);
  });
});
