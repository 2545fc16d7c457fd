import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { EngineRun } from '../support/engine-run.ts';
import { mean } from '../support/statistics.ts';

// What helps against over-optimisation, and what does not: whole experiments over five seeds.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const seeds = [1, 2, 3, 4, 5];

const arms = {
  'one head': {},
  'worst of five': { members: 5, combine: 'min' },
  RLOO: { optimiser: 'rloo', policyLearningRate: 0.03 },
  GRPO: { optimiser: 'grpo' },
} as const satisfies Record<string, Partial<Settings>>;
type Arm = keyof typeof arms;

interface Outcome {
  readonly peak: number;
  readonly rise: number;
  readonly fall: number;
  readonly proxyRise: number;
  readonly goldAccuracy: number;
}
const outcomes = new Map<Arm, Outcome[]>();

async function outcome(seed: number, patch: Partial<Settings>): Promise<Outcome> {
  const settings = { ...patch, seed };
  const run = new EngineRun(settings, simulatedData({ ...defaultSettings, ...settings }, 60));
  const { goldAccuracy } = await run.train(200);
  await run.optimise(80);
  const gold = run.policyPoints.map(({ goldReward }) => goldReward);
  const proxy = run.policyPoints.map(({ proxyReward }) => proxyReward);
  await run.quiet();
  const peak = Math.max(...gold);
  const at = gold.indexOf(peak);
  return {
    peak,
    rise: peak - gold[0]!,
    fall: peak - gold.at(-1)!,
    proxyRise: proxy.at(-1)! - proxy[at]!,
    goldAccuracy,
  };
}

beforeAll(async () => {
  for (const [name, patch] of Object.entries(arms)) {
    const done: Outcome[] = [];
    for (const seed of seeds) done.push(await outcome(seed, patch));
    outcomes.set(name as Arm, done);
  }
});

const average = (arm: Arm, what: keyof Outcome): number => mean(outcomes.get(arm)!.map((one) => one[what]));

afterAll(() => {
  for (const arm of outcomes.keys())
    console.log(
      `${arm}: gold accuracy ${average(arm, 'goldAccuracy').toFixed(3)}, peak ${average(arm, 'peak').toFixed(2)}, ` +
        `rise ${average(arm, 'rise').toFixed(2)}, fall ${average(arm, 'fall').toFixed(2)}, proxy after the peak ${average(arm, 'proxyRise').toFixed(2)}`,
    );
});

describe('over five seeds, without a KL penalty', () => {
  it('the worst case of five heads climbs at least as high by the gold as one head', () => {
    expect(average('worst of five', 'peak')).toBeGreaterThan(average('one head', 'peak') - 0.1);
  });

  it.each(['RLOO', 'GRPO'] as const)(
    '%s over-optimises as PPO does: it is the reward model that breaks',
    (arm) => {
      const turned = outcomes
        .get(arm)!
        .filter(({ rise, fall, proxyRise }) => rise > 0.3 && fall >= rise / 3 && proxyRise > 0);
      expect(turned.length).toBeGreaterThanOrEqual(4);
    },
  );
});
