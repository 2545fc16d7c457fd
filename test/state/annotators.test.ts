// The simulated annotators: how often they say what, against the formulas; who they are; and that nothing changes
// while their settings are at the defaults.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import { krippendorffAlpha } from '../../src/domain/agreement.ts';
import {
  itemsOf,
  checkComparison,
  type Comparison,
  type PairComparison,
} from '../../src/domain/comparison.ts';
import { ratingsOf } from '../../src/domain/consistency.ts';
import { sigmoid } from '../../src/domain/logistic.ts';
import { mistakeShare } from '../../src/domain/perception.ts';
import { random } from '../../src/domain/random.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { SimulatedAnnotator } from '../../src/state/annotator.ts';
import {
  candidateMap,
  freshDataset,
  redraw,
  withNextQuestion,
  withPolicyComparisons,
  type Dataset,
} from '../../src/state/dataset.ts';
import { nothingOwn } from '../../src/domain/content.ts';
import { drawing } from '../support/contents.ts';

const settingsWith = (patch: Partial<Settings> = {}): Settings => ({ ...defaultSettings, ...patch });
const modes = ['pair', 'strength', 'criteria', 'best', 'ranking', 'rating'] as const;
const drifted = drawing({ mean: [0.3, 0.2], logStd: [-1, -1] });
const pairsOf = (dataset: Dataset) => dataset.comparisons as readonly PairComparison[];

/** Points as they were written down when the digests were taken. */
const asPoint = (part: object): object => {
  if (!('values' in part && 'splitKey' in part)) return part;
  const {
    values: [x, y],
    ...rest
  } = part as Candidate;
  return { ...without(rest, 'prompt'), x, y };
};
const without = (part: object, name: string): object =>
  Object.fromEntries(Object.entries(part).filter(([key]) => key !== name));

/** As JSON whose keys are sorted. */
const canonical = (dataset: Dataset): string =>
  JSON.stringify(without(dataset, 'own'), (_, part: unknown) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(asPoint(part)).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** Two whose worth differs by so much, judged by how far north they lie, and what an annotator says of them many times. */
function asked(settings: Settings, difference: number, times: number, answered = 0) {
  const at = (id: number, y: number) =>
    ({ id, prompt: 0, values: [0, y], origin: 'start', splitKey: 0.9 }) as const;
  const shown = [at(1, difference * settings.spread), at(2, 0)];
  const annotator = new SimulatedAnnotator(settings, nothingOwn);
  const counts = { left: 0, right: 0, tie: 0, 'both-bad': 0 };
  const source = random(settings.seed, 'test');
  for (let i = 0; i < times; i++) {
    const said = annotator.answer('pair', shown, source, { criterion: 'north', answered });
    counts[(said as PairComparison).verdict] += 1;
  }
  return { left: counts.left / times, right: counts.right / times, tie: counts.tie / times };
}

const times = 20_000;
/** Three standard errors of a share, at most. */
const near = 3 * Math.sqrt(0.25 / times);
const calm = settingsWith({ temperature: 0.5, noise: 0 });

describe('with all their settings at the defaults', () => {
  // What the datasets were before these settings existed.
  const digests = {
    pair: '870c6bfdf1fe9ab3',
    strength: '30dccbc6dcee32cb',
    criteria: 'd130b323fed2d7a7',
    best: '5d1f765e9af25c29',
    ranking: '3458e17bc39ffd3f',
    rating: '28c18149eec6d208',
  };

  it.each(modes)('the datasets are what they were: %s', (mode) => {
    const settings = settingsWith({ simulatedMode: mode, mode, simulated: 60, noise: 0.1, seed: 3 });
    let dataset = withPolicyComparisons(freshDataset(settings), settings, drifted, 20);
    dataset = withNextQuestion(dataset, settings, drifted);
    dataset = withNextQuestion(dataset, { ...settings, pairSource: 'policy' }, drifted);
    dataset = redraw(dataset, { ...settings, temperature: 0.5 });
    expect(createHash('sha256').update(canonical(dataset)).digest('hex').slice(0, 16)).toBe(digests[mode]);
  });
});

describe('how often what is said', () => {
  it.each([0, 0.3, 1])('a gold difference of %d: σ(difference / temperature)', (difference) => {
    expect(Math.abs(asked(calm, difference, times).left - sigmoid(difference / 0.5))).toBeLessThan(near);
  });

  it('a position bias is added to the left one: σ((difference + bias) / temperature)', () => {
    for (const positionBias of [-0.4, 0.6]) {
      const { left } = asked({ ...calm, positionBias }, 0.3, times);
      expect(Math.abs(left - sigmoid((0.3 + positionBias) / 0.5))).toBeLessThan(near);
    }
  });

  it('a tie where less than the threshold is perceived: σ((t − d)/T) − σ((−t − d)/T)', () => {
    const [threshold, d] = [0.4, 0.3];
    const { left, right, tie } = asked({ ...calm, tieThreshold: threshold }, d, times);
    const below = (t: number) => sigmoid((t - d) / 0.5);
    expect(Math.abs(tie - (below(threshold) - below(-threshold)))).toBeLessThan(near);
    expect(Math.abs(right - below(-threshold))).toBeLessThan(near);
    expect(left + right + tie).toBeCloseTo(1, 12);
  });

  it('mistakes turn decided answers round, and no ties', () => {
    const settings = { ...calm, tieThreshold: 0.4, noise: 0.2 };
    const sure = asked({ ...settings, noise: 0 }, 0.3, times);
    const { left, tie } = asked(settings, 0.3, times);
    expect(tie).toBe(sure.tie);
    expect(Math.abs(left - (0.8 * sure.left + 0.2 * sure.right))).toBeLessThan(2 * near);
  });

  it('with fatigue, mistakes are as frequent as the formula says', () => {
    const settings = { ...calm, noise: 0.1, fatigue: 2 };
    for (const answered of [0, 30, 200]) {
      const mistakes = mistakeShare(settings, answered);
      const right = sigmoid(1 / 0.5);
      const { left } = asked(settings, 1, times, answered);
      expect(Math.abs(left - ((1 - mistakes) * right + mistakes * (1 - right)))).toBeLessThan(near);
    }
  });
});

describe('fatigue in a dataset', () => {
  /** Share of comparisons, numbered from `from`, whose winner has the lower gold. */
  function wrong(settings: Settings, from: number, to: number) {
    const dataset = freshDataset(settings);
    const [gold, byId] = [scenarioOf(settings).gold(settings, nothingOwn), candidateMap(dataset)];
    const worth = (id: number) => gold(byId.get(id)!);
    const list = pairsOf(dataset).slice(from, to);
    return (
      list.filter(({ left, right, verdict }) => worth(left) > worth(right) !== (verdict === 'left')).length /
      list.length
    );
  }
  const tired = settingsWith({ simulated: 2000, noise: 0, temperature: 0.02, fatigue: 0.2 });

  it('the later answers have more mistakes than the first', () => {
    expect(wrong(tired, 0, 200)).toBeLessThan(0.15);
    expect(wrong(tired, 1600, 2000)).toBeGreaterThan(0.4);
  });

  it('is shared by several annotators: each gives fewer answers', () => {
    expect(wrong({ ...tired, annotators: 5 }, 1600, 2000)).toBeLessThan(wrong(tired, 1600, 2000) - 0.1);
  });
});

describe('several annotators', () => {
  const three = settingsWith({ annotators: 3, simulated: 60 });

  it('answer the same question one after the other, each by name', () => {
    const { comparisons } = freshDataset(three);
    expect(comparisons.map(({ annotator }) => annotator).slice(0, 6)).toEqual([
      'simulated 1',
      'simulated 2',
      'simulated 3',
      'simulated 1',
      'simulated 2',
      'simulated 3',
    ]);
    for (let i = 0; i < 60; i += 3) {
      const items = comparisons.slice(i, i + 3).map((comparison) => itemsOf(comparison).join());
      expect(new Set(items).size).toBe(1);
    }
    expect(new Set(comparisons.map((comparison) => itemsOf(comparison).join())).size).toBeGreaterThan(15);
  });

  it('the first one says what a single one would say', () => {
    const alone = freshDataset(settingsWith({ simulated: 20 }));
    const first = freshDataset(three).comparisons.filter(({ annotator }) => annotator === 'simulated 1');
    const said = (list: readonly Comparison[]) =>
      (list as readonly PairComparison[]).map(({ left, right, verdict }) => ({ left, right, verdict }));
    expect(said(first)).toEqual(said(alone.comparisons));
  });

  it('judge by each criterion in turn', () => {
    const { comparisons } = freshDataset({ ...three, simulatedMode: 'criteria', simulated: 18 });
    expect(comparisons.slice(0, 9).map(({ annotator, criterion }) => `${annotator} ${criterion}`)).toEqual(
      [1, 2, 3].flatMap((person) => ['worth', 'near', 'north'].map((c) => `simulated ${person} ${c}`)),
    );
    expect(new Set(comparisons.slice(0, 9).map((comparison) => itemsOf(comparison).join())).size).toBe(1);
    expect(itemsOf(comparisons[9]!)).not.toEqual(itemsOf(comparisons[0]!));
  });

  it('agree the more, the less noise there is', () => {
    const alpha = (noise: number) => {
      const { comparisons } = freshDataset(
        settingsWith({ annotators: 3, simulated: 900, noise, temperature: 0.02 }),
      );
      return krippendorffAlpha(ratingsOf(comparisons as PairComparison[]).ratings, 'nominal');
    };
    // Two that are each right with probability 1 − e agree with probability (1 − e)² + e², and a half by chance.
    for (const noise of [0, 0.1, 0.3])
      expect(Math.abs(alpha(noise) - (1 - 2 * noise) ** 2)).toBeLessThan(0.08);
  });

  it('answer about the drifted policy too, and stay who they are when they are redrawn', () => {
    const before = withPolicyComparisons(freshDataset({ ...three, simulated: 0 }), three, drifted, 7);
    expect(before.comparisons.map(({ annotator }) => annotator)).toEqual(
      [1, 2, 3, 1, 2, 3, 1].map((person) => `simulated ${person}`),
    );
    expect(before.candidates.filter(({ origin }) => origin === 'policy')).toHaveLength(6);
    const after = redraw(before, { ...three, simulated: 0, annotators: 1, noise: 0.5 });
    expect(after.comparisons.map(({ annotator }) => annotator)).toEqual(
      before.comparisons.map(({ annotator }) => annotator),
    );
    expect(after.comparisons.map(itemsOf)).toEqual(before.comparisons.map(itemsOf));
  });
});

describe('two groups', () => {
  const mixed = settingsWith({
    groupShare: 0.3,
    landscape: 'ridge',
    groupLandscape: 'ring',
    simulated: 1500,
    noise: 0,
    temperature: 0.02,
  });

  it('answer by the share, under their names', () => {
    const names = freshDataset(mixed).comparisons.map(({ annotator }) => annotator);
    expect(new Set(names)).toEqual(new Set(['group A', 'group B']));
    const share = names.filter((name) => name === 'group B').length / names.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(3 * Math.sqrt((0.3 * 0.7) / names.length));
  });

  it('each by its own gold', () => {
    const dataset = freshDataset(mixed);
    const byId = candidateMap(dataset);
    for (const [name, landscape, other] of [
      ['group A', 'ridge', 'ring'],
      ['group B', 'ring', 'ridge'],
    ] as const) {
      const own = pairsOf(dataset).filter(({ annotator }) => annotator === name);
      const agreeing = (id: Settings['landscape']) => {
        const gold = scenarioOf(mixed).gold({ ...mixed, landscape: id }, nothingOwn);
        const worth = (candidate: number) => gold(byId.get(candidate)!);
        return (
          own.filter(({ left, right, verdict }) => worth(left) > worth(right) === (verdict === 'left'))
            .length / own.length
        );
      };
      expect(agreeing(landscape)).toBeGreaterThan(0.95);
      expect(agreeing(other)).toBeLessThan(0.8);
    }
  });

  it('with several annotators, each has a group and a number', () => {
    const names = new Set(
      freshDataset({ ...mixed, annotators: 2 }).comparisons.map(({ annotator }) => annotator),
    );
    expect([...names].sort()).toEqual(['group A 1', 'group A 2', 'group B 1', 'group B 2']);
  });

  it('the same pair is always answered by the same group', () => {
    const dataset = freshDataset({ ...mixed, points: 6 });
    const who = new Map<string, Set<string>>();
    for (const comparison of dataset.comparisons) {
      const key = [...itemsOf(comparison)].sort((a, b) => a - b).join();
      who.set(key, (who.get(key) ?? new Set()).add(comparison.annotator));
    }
    expect([...who.values()].every(({ size }) => size === 1)).toBe(true);
    expect(who.size).toBeGreaterThan(5);
  });

  it('kept answers change sides with the share, and are one group again without one', () => {
    const before = withPolicyComparisons(
      freshDataset({ ...mixed, simulated: 0 }),
      mixed,
      drawing({ mean: [0, 0], logStd: [-1, -1] }),
      30,
    );
    const names = (share: number) => [
      ...new Set(
        redraw(before, { ...mixed, simulated: 0, groupShare: share }).comparisons.map(
          ({ annotator }) => annotator,
        ),
      ),
    ];
    expect(names(0)).toEqual(['simulated']);
    expect(names(1)).toEqual(['group B']);
    expect(names(0.5).sort()).toEqual(['group A', 'group B']);
  });
});

describe('whatever the settings', () => {
  const anything = fc.record({
    seed: fc.nat(1000),
    simulatedMode: fc.constantFrom(...modes),
    listLength: fc.integer({ min: 3, max: 9 }),
    tieThreshold: fc.constantFrom(0, 0.5, 3),
    positionBias: fc.constantFrom(-2, 0, 1),
    fatigue: fc.constantFrom(0, 5),
    annotators: fc.integer({ min: 1, max: 9 }),
    groupShare: fc.constantFrom(0, 0.5, 1),
    groupLandscape: fc.constantFrom('rim', 'hills', 'bowl'),
  });

  it('every answer could have been given by a person, and drawing it again changes nothing', () => {
    fc.assert(
      fc.property(anything, (patch) => {
        const settings = settingsWith({ ...patch, simulated: 30 });
        const dataset = withPolicyComparisons(freshDataset(settings), settings, drifted, 12);
        for (const comparison of dataset.comparisons) checkComparison(comparison, () => true);
        expect(dataset.comparisons).toHaveLength(42);
        expect(redraw(dataset, settings)).toEqual(dataset);
      }),
      { numRuns: 60 },
    );
  });

  it('a tie loses its strength, and gets one again where ties are not called any more', () => {
    const settings = settingsWith({ simulatedMode: 'strength', simulated: 0 });
    const before = withPolicyComparisons(freshDataset(settings), settings, drifted, 20);
    const tied = redraw(before, { ...settings, tieThreshold: 3 });
    expect(pairsOf(tied).filter(({ verdict }) => verdict === 'tie').length).toBeGreaterThan(10);
    for (const comparison of tied.comparisons) checkComparison(comparison, () => true);
    expect(redraw(tied, settings)).toEqual(before);
  });
});
