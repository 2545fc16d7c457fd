import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isHeldOut } from '../../src/domain/candidate.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { candidateMap, freshDataset, isTest, pack, type Dataset } from '../../src/state/dataset.ts';
import { LabelStudy } from '../../src/state/study/label-study.svelte.ts';
import { EngineRun } from '../support/engine-run.ts';
import { startSession } from '../support/session-line.ts';
import { mean } from '../support/statistics.ts';
import { nothingOwn } from '../../src/domain/content.ts';

// What labels do to the reward model: how many there are, how noisy, from whom, and which. Over five seeds.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const seeds = [1, 2, 3, 4, 5];
const steps = 200;
const settingsOf = (seed: number, patch: Partial<Settings> = {}): Settings => ({
  ...defaultSettings,
  seed,
  simulated: 600,
  ...patch,
});

/** The comparisons that are trained on, and those that only test. */
function parted(dataset: Dataset, settings: Settings) {
  const byId = candidateMap(dataset);
  const test = dataset.comparisons.filter((one) => isTest(one, byId, settings.heldOut));
  return { train: dataset.comparisons.filter((one) => !test.includes(one)), test };
}

/** A reward model of the given comparisons: its metrics, and the rewards of all candidates. */
async function trained(settings: Settings, dataset: Dataset, comparisons: Dataset['comparisons']) {
  const run = new EngineRun(settings, pack({ ...dataset, comparisons }, settings, 1).data);
  const point = await run.train(steps);
  const rewards = await run.rewards();
  return { point, rewards };
}

const told: string[] = [];
const tell = (what: string, arms: Readonly<Record<string, readonly number[]>>) =>
  told.push(
    `${what}: ${Object.entries(arms)
      .map(
        ([name, values]) =>
          `${name} ${mean(values).toFixed(3)} (${values.map((v) => v.toFixed(2)).join(' ')})`,
      )
      .join(', ')}`,
  );
afterAll(() => console.log(told.join('\n')));

it('more labels raise held-out accuracy: 200 over 10, by 5 points on average', async () => {
  const accuracy = { few: [] as number[], many: [] as number[] };
  for (const seed of seeds) {
    const settings = settingsOf(seed);
    const dataset = freshDataset(settings);
    const { train, test } = parted(dataset, settings);
    for (const [name, count] of [
      ['few', 10],
      ['many', 200],
    ] as const)
      accuracy[name].push(
        (await trained(settings, dataset, [...train.slice(0, count), ...test])).point.evalAccuracy,
      );
  }
  tell('held-out accuracy of 10 and 200 labels', accuracy);
  expect(mean(accuracy.many)).toBeGreaterThan(mean(accuracy.few) + 0.05);
});

it('25 % noise in the labels lowers held-out accuracy, by 2 points on average', async () => {
  const accuracy = { clean: [] as number[], noisy: [] as number[] };
  for (const seed of seeds) {
    const clean = settingsOf(seed, { noise: 0 });
    const noisy = settingsOf(seed, { noise: 0.25 });
    const { test } = parted(freshDataset(clean), clean);
    for (const [name, settings] of [
      ['clean', clean],
      ['noisy', noisy],
    ] as const) {
      const dataset = freshDataset(settings);
      const { train } = parted(dataset, settings);
      // Both are tested by the same clean labels.
      const { point } = await trained(settings, dataset, [...train.slice(0, 80), ...test]);
      accuracy[name].push(point.evalAccuracy);
    }
  }
  tell('held-out accuracy of 80 labels', accuracy);
  expect(mean(accuracy.clean)).toBeGreaterThan(mean(accuracy.noisy) + 0.02);
});

describe('two groups that want different things', () => {
  const groups = { 'group A': 'rim', 'group B': 'hills' } as const;
  type Group = keyof typeof groups;
  const accuracy: Record<Group, { own: number[]; pooled: number[] }> = {
    'group A': { own: [], pooled: [] },
    'group B': { own: [], pooled: [] },
  };

  /** Share of pairs of held-out candidates that the rewards rank as a group's gold does. */
  function agreement(settings: Settings, { candidates }: Dataset, rewards: Float32Array, group: Group) {
    const gold = scenarioOf(settings).gold({ ...settings, landscape: groups[group] }, nothingOwn);
    const held = candidates.flatMap((candidate, row) =>
      isHeldOut(candidate, settings.heldOut) ? [{ worth: gold(candidate), row }] : [],
    );
    const pairs = held.flatMap((a, i) => held.slice(i + 1).map((b) => [a, b] as const));
    const agree = pairs.filter(([a, b]) => a.worth > b.worth === rewards[a.row]! > rewards[b.row]!);
    return agree.length / pairs.length;
  }

  beforeAll(async () => {
    for (const seed of seeds) {
      const settings = settingsOf(seed, {
        groupShare: 0.5,
        landscape: groups['group A'],
        groupLandscape: groups['group B'],
      });
      const dataset = freshDataset(settings);
      const { train } = parted(dataset, settings);
      const pool = train.slice(0, 160);
      const pooled = await trained(settings, dataset, pool);
      for (const group of Object.keys(groups) as Group[]) {
        const own = await trained(
          settings,
          dataset,
          pool.filter(({ annotator }) => annotator === group),
        );
        accuracy[group].own.push(agreement(settings, dataset, own.rewards, group));
        accuracy[group].pooled.push(agreement(settings, dataset, pooled.rewards, group));
      }
    }
    for (const [group, arms] of Object.entries(accuracy)) tell(`accuracy by the gold of ${group}`, arms);
  });

  it.each(['group A', 'group B'] as const)(
    'a pooled model does worse for %s than that group’s own, of half the labels, by 3 points on average',
    (group) => {
      const { own, pooled } = accuracy[group];
      expect(mean(own)).toBeGreaterThan(mean(pooled) + 0.03);
    },
  );
});

// Measured with four members at 160 labels: random 0.955, uncertain 0.976 (+0.021 ± 0.010 seed by seed), disagreement
// 0.951 (−0.005 ± 0.011). Neither is clearly better over five seeds: pairs the model is unsure of are also those that the
// annotator is unsure of, so that their labels are noise. Only that neither does harm is stable enough to be asserted.
describe('choosing pairs by the model', () => {
  it('is not worse than at random by more than 4 points; the numbers are told', async () => {
    const study = new LabelStudy(startSession);
    await study.start({ ...settingsOf(1), members: 4 });
    expect(study.problem).toBeNull();
    for (const { strategy, labels, mean: curve } of study.curves)
      told.push(`${strategy}: ${labels.map((count, i) => `${count}: ${curve[i]!.toFixed(3)}`).join(', ')}`);
    for (const { strategy, labels, mean: gain, error } of study.gains) {
      told.push(`${strategy} over random at ${labels}: ${gain.toFixed(3)} ± ${error.toFixed(3)}`);
      expect(gain, strategy).toBeGreaterThan(-0.04);
    }
    expect(study.gains.map(({ strategy }) => strategy)).toEqual(['uncertain', 'disagreement']);
  });
});
