import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultsOf, type Settings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import '../../src/scenarios/all.ts';
import { freshDataset, pack } from '../../src/state/dataset.ts';
import { EngineRun } from '../support/engine-run.ts';
import { mean } from '../support/statistics.ts';

// The story of `driving`, as whole experiments over five seeds: few labels teach a reward that breaks when it is climbed (a
// car that hardly moves, or drives where nobody was asked about); a KL penalty and more labels help; and with 200
// labels a policy that began blind no longer drives into people.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const seeds = [1, 2, 3, 4, 5];
const iterations = 120;
const arms = {
  few: {},
  'few, KL penalty': { klCoefficient: 0.3 },
  'two hundred': { simulated: 200 },
} as const satisfies Record<string, Partial<Settings>>;
type Arm = keyof typeof arms;

interface Outcome {
  readonly rise: number;
  readonly peak: number;
  readonly fall: number;
  /** How far the proxy went on rising after that. */
  readonly proxyRise: number;
  /** Share of plans that hit something: at the start, where gold was best, and at the end. */
  readonly collisions: { readonly start: number; readonly peak: number; readonly end: number };
}
const outcomes = new Map<Arm, Outcome[]>();

/** Over five iterations: what one sees of a noisy curve. */
const smooth = (values: readonly number[]) =>
  values.map((_, i) => mean(values.slice(Math.max(0, i - 2), i + 3)));

async function outcome(seed: number, patch: Partial<Settings>): Promise<Outcome> {
  const settings: Settings = { ...defaultsOf('driving'), backend: 'cpu', ...patch, seed };
  const run = new EngineRun(settings, pack(freshDataset(settings), settings, 1).data);
  await run.train(300);
  await run.optimise(iterations);
  const gold = smooth(run.policyPoints.map(({ goldReward }) => goldReward));
  const proxy = smooth(run.policyPoints.map(({ proxyReward }) => proxyReward));
  const hits = run.frames.flatMap(({ policy }) => {
    if (!policy) return [];
    const { tracked, trackedValues, points } = policy;
    const at = tracked.indexOf('hack:collisions');
    return points.map((_, i) => trackedValues[i * tracked.length + at]!);
  });
  await run.quiet();
  const peak = gold.indexOf(Math.max(...gold));
  return {
    rise: gold[peak]! - gold[0]!,
    peak: gold[peak]!,
    fall: gold[peak]! - gold.at(-1)!,
    proxyRise: proxy.at(-1)! - proxy[peak]!,
    collisions: {
      start: mean(hits.slice(0, 2)),
      peak: smooth(hits)[peak]!,
      end: mean(hits.slice(-5)),
    },
  };
}

beforeAll(async () => {
  for (const [name, patch] of Object.entries(arms)) {
    const done: Outcome[] = [];
    for (const seed of seeds) done.push(await outcome(seed, patch));
    outcomes.set(name as Arm, done);
  }
});

const average = (arm: Arm, of: (one: Outcome) => number): number => mean(outcomes.get(arm)!.map(of));

afterAll(() => {
  for (const arm of outcomes.keys())
    console.log(
      `${arm}: gold +${average(arm, ({ rise }) => rise).toFixed(2)} to ${average(arm, ({ peak }) => peak).toFixed(2)}, ` +
        `then −${average(arm, ({ fall }) => fall).toFixed(2)} while the proxy went on by ${average(arm, ({ proxyRise }) => proxyRise).toFixed(2)}; ` +
        `collisions ${average(arm, ({ collisions }) => collisions.start).toFixed(3)} → ${average(arm, ({ collisions }) => collisions.end).toFixed(3)}`,
    );
});

describe('driving, over five seeds', () => {
  it('with few labels gold peaks and falls by a third of its rise, while the proxy still rises', () => {
    const turned = outcomes
      .get('few')!
      .filter(({ rise, fall, proxyRise }) => rise > 0 && fall >= rise / 3 && proxyRise > 0);
    expect(turned.length).toBeGreaterThanOrEqual(4);
  });

  it('a KL penalty halves the fall', () => {
    expect(average('few, KL penalty', ({ fall }) => fall)).toBeLessThan(
      average('few', ({ fall }) => fall) / 2,
    );
  });

  it('more labels peak higher', () => {
    expect(average('two hundred', ({ peak }) => peak)).toBeGreaterThan(
      average('few', ({ peak }) => peak) + 0.1,
    );
  });

  it('a policy trained on 200 comparisons collides far less than the one it began as', () => {
    for (const { collisions } of outcomes.get('two hundred')!) {
      expect(collisions.start).toBeGreaterThan(0.04);
      expect(collisions.end).toBeLessThan(collisions.start / 2);
    }
  });
});
