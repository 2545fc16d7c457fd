import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PolicyPoint } from '../../src/domain/metrics.ts';
import { defaultsOf, type Settings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { freshDataset, pack } from '../../src/state/dataset.ts';
import { EngineRun } from '../support/engine-run.ts';
import { mean } from '../support/statistics.ts';

// Answers in words, as whole experiments on the scenario's default settings: imitation of demonstrations, a reward model of
// simulated choices, and a policy that finds out what that pays for.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 1_800_000 });

const seeds = [1, 2, 3, 4, 5];
const iterations = 30;
/** Before anything is over-optimised. */
const early = 5;

interface Experiment {
  readonly points: readonly PolicyPoint[];
  readonly perplexity: { readonly before: number; readonly after: number };
  /** The curves of what it is caught doing, by name. */
  readonly hacks: Readonly<Record<string, readonly number[]>>;
}

async function experiment(
  seed: number,
  patch: Partial<Settings> = {},
  steps = iterations,
): Promise<Experiment> {
  const settings = { ...defaultsOf('assistant'), seed, ...patch };
  const run = new EngineRun(settings, pack(freshDataset(settings), settings, 1).data);
  await run.train(settings.warmup);
  await run.optimise(steps);
  await run.quiet();
  const policies = run.frames.flatMap(({ policy }) => policy ?? []);
  const { preparation } = policies.at(-1)!;
  const curve = (name: string) =>
    policies.flatMap(({ points, tracked, trackedValues }) =>
      points.map((_, i) => trackedValues[i * tracked.length + tracked.indexOf(name)]!),
    );
  return {
    points: run.policyPoints,
    perplexity: { before: preparation!.perplexityBefore, after: preparation!.perplexity },
    hacks: Object.fromEntries(
      scenarioOf(settings).hacks!.map(({ id }) => [id, curve(`hack:${id}`)] as const),
    ),
  };
}

const goldOf = ({ points }: Experiment) => points.map(({ goldReward }) => goldReward);
const peakOf = (one: Experiment) => Math.max(...goldOf(one));
const fallOf = (one: Experiment) => peakOf(one) - goldOf(one).at(-1)!;

const free: Experiment[] = [];
const leashed: Experiment[] = [];
const hardlyLabelled: Experiment[] = [];
const longWinded: Experiment[] = [];

beforeAll(async () => {
  for (const seed of seeds) {
    free.push(await experiment(seed));
    leashed.push(await experiment(seed, { klCoefficient: 0.3 }));
    hardlyLabelled.push(await experiment(seed, { simulated: 60 }, 12));
    longWinded.push(await experiment(seed, { lengthBias: 1 }, early));
  }
});

afterAll(() => {
  const told = (one: Experiment) => {
    const peak = goldOf(one).indexOf(peakOf(one));
    const proxy = one.points.map(({ proxyReward }) => proxyReward);
    const hacks = Object.entries(one.hacks).map(
      ([id, value]) => `${id} ${value[0]!.toFixed(1)} → ${value.at(-1)!.toFixed(1)}`,
    );
    return [
      `gold ${goldOf(one)[0]!.toFixed(2)} → ${peakOf(one).toFixed(2)} @${peak + 1} → ${goldOf(one).at(-1)!.toFixed(2)}`,
      `proxy ${proxy[peak]!.toFixed(2)} → ${proxy.at(-1)!.toFixed(2)}, KL ${one.points.at(-1)!.kl.toFixed(1)}`,
      hacks.join(' '),
      `perplexity ${one.perplexity.before.toFixed(1)} → ${one.perplexity.after.toFixed(2)}`,
    ].join('; ');
  };
  const arms = { free, 'β 0.3': leashed, '60 labels': hardlyLabelled, 'length bias': longWinded };
  console.log(
    Object.entries(arms)
      .flatMap(([name, list]) => list.map((one, i) => `${name}, seed ${seeds[i]}: ${told(one)}`))
      .join('\n'),
  );
});

describe('on the default settings, over five seeds', () => {
  it('imitation lowers the perplexity of demonstrations it never saw, to a tenth of what guessing has', () => {
    for (const { perplexity } of free) {
      expect(perplexity.before).toBeGreaterThan(80);
      expect(perplexity.after).toBeLessThan(perplexity.before / 10);
    }
  });

  it('gold peaks and falls by more than it rose, while the proxy goes on rising', () => {
    for (const one of free) {
      const gold = goldOf(one);
      const peak = gold.indexOf(peakOf(one));
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(iterations - 12);
      expect(gold[peak]! - gold[0]!).toBeGreaterThan(0.2);
      expect(fallOf(one)).toBeGreaterThan(gold[peak]! - gold[0]!);
      expect(one.points.at(-1)!.proxyReward).toBeGreaterThan(one.points[peak]!.proxyReward + 1);
    }
  });

  it('what it ends with is long and says the same again and again', () => {
    for (const { hacks } of free) {
      const [first, last] = [hacks['length']![0]!, hacks['length']!.at(-1)!];
      expect(last).toBeGreaterThan(1.5 * first);
      expect(hacks['repetition']!.at(-1)).toBeGreaterThan(3);
      expect(hacks['toxic']!.at(-1)).toBeLessThan(hacks['toxic']![0]!);
    }
  });

  it('with a KL penalty of 0.3 gold falls less, and no seed ends below its start', () => {
    leashed.forEach((one, i) => {
      expect(fallOf(one), `seed ${seeds[i]}`).toBeLessThan(fallOf(free[i]!));
      expect(goldOf(one).at(-1)).toBeGreaterThan(goldOf(one)[0]!);
    });
  });

  it('400 labels make the peak higher than 60, by a tenth of a standard deviation on average', () => {
    expect(mean(free.map(peakOf))).toBeGreaterThan(mean(hardlyLabelled.map(peakOf)) + 0.1);
  });

  it('an annotator who likes length gets longer answers', () => {
    const lengths = (list: readonly Experiment[]) =>
      mean(list.map(({ hacks }) => hacks['length']![early - 1]!));
    expect(lengths(longWinded)).toBeGreaterThan(lengths(free) + 1);
  });
});
