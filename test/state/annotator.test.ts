import { describe, expect, it } from 'vitest';
import { isHeldOut, type Candidate } from '../../src/domain/candidate.ts';
import {
  checkComparison,
  itemsOf,
  type Comparison,
  type ComparisonKind,
  type PairComparison,
} from '../../src/domain/comparison.ts';
import { random, type Random } from '../../src/domain/random.ts';
import { defaultSettings, settingsTable, type Settings } from '../../src/domain/settings.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { modeOf, shownIn, SimulatedAnnotator, type Mode } from '../../src/state/annotator.ts';
import {
  candidateMap,
  freshDataset,
  redraw,
  withComparison,
  withPolicyComparisons,
} from '../../src/state/dataset.ts';
import { nothingOwn } from '../../src/domain/content.ts';
import { drawing } from '../support/contents.ts';

const settingsWith = (patch: Partial<Settings> = {}): Settings => ({
  ...defaultSettings,
  noise: 0,
  ...patch,
});
const sigmoid = (t: number) => 1 / (1 + Math.exp(-t));
const modes = settingsTable.mode.options;

/** Judged by how far north it lies, a candidate is worth just what it is given here. */
const north = 'north';
const worth = (...values: number[]): Candidate[] =>
  values.map((value, id) => ({
    id,
    prompt: 0,
    values: [0.1, value * defaultSettings.spread],
    origin: 'start',
    splitKey: 0.5,
  }));

/** Many answers to one question. */
function answers(patch: Partial<Settings>, mode: Mode, shown: readonly Candidate[], count: number) {
  const annotator = new SimulatedAnnotator(settingsWith(patch), nothingOwn);
  const source = random(1, 'test-annotator');
  return Array.from({ length: count }, () => annotator.answer(mode, shown, source, { criterion: north }));
}

/** How often each answer came. */
function shares(said: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const one of said) counted[one] = (counted[one] ?? 0) + 1 / said.length;
  return counted;
}

/** Within 4.5 standard errors: one in some hundred thousand would be further away. */
function expectShares(found: Record<string, number>, expected: Record<string, number>, count: number): void {
  expect(Object.keys(found).every((key) => key in expected)).toBe(true);
  for (const [key, p] of Object.entries(expected)) {
    const error = Math.abs((found[key] ?? 0) - p);
    expect(error, `${key}: ${found[key]} rather than ${p}`).toBeLessThan(
      4.5 * Math.sqrt((p * (1 - p)) / count),
    );
  }
}

describe('a winner of two', () => {
  const count = 6000;

  it.each([
    [0.3, 0.2, 0],
    [-0.5, 0.5, 0],
    [1, 2, 0],
    [0, 0.2, 0],
    [0.3, 0.2, 0.2],
    [-2, 0.1, 0.3],
    [1, 0.2, 0.5],
  ])(
    'gold apart by %d at temperature %d, noise %d: σ(Δ/T), but for mistakes',
    (apart, temperature, noise) => {
      const said = answers(
        { temperature, noise },
        'pair',
        worth(apart - 0.2, -0.2),
        count,
      ) as PairComparison[];
      const p = sigmoid(apart / temperature);
      const left = p * (1 - noise) + (1 - p) * noise;
      expectShares(shares(said.map(({ verdict }) => verdict)), { left, right: 1 - left }, count);
    },
  );

  it('by everything together, it is the gold that decides', () => {
    const settings = settingsWith({ temperature: 0.5 });
    const gold = scenarioOf(settings).gold(settings, nothingOwn);
    const shown = freshDataset(settings).candidates.slice(0, 2) as [Candidate, Candidate];
    const annotator = new SimulatedAnnotator(settings, nothingOwn);
    const source = random(2, 'test-annotator');
    const said = Array.from(
      { length: count },
      () => annotator.answer('pair', shown, source) as PairComparison,
    );
    const left = sigmoid((gold(shown[0]) - gold(shown[1])) / 0.5);
    expectShares(shares(said.map(({ verdict }) => verdict)), { left, right: 1 - left }, count);
    expect(said[0]).toEqual({ kind: 'pair', left: 0, right: 1, verdict: said[0]!.verdict });
  });
});

describe('how much better', () => {
  it('is asked of the same perception: the winner is who would have won anyway', () => {
    const patch = { temperature: 0.6, noise: 0.2 };
    const verdicts = (mode: Mode) =>
      answers(patch, mode, worth(0.4, 0), 500).map((said) => (said as PairComparison).verdict);
    expect(verdicts('strength')).toEqual(verdicts('pair'));
  });

  it.each([
    [0.05, 1],
    [0.5, 2],
    [1.1, 3],
    [2.5, 4],
  ])('for one who is sure, gold apart by %d is grade %d, on either side, also by mistake', (apart, grade) => {
    for (const values of [
      [apart, 0],
      [0, apart],
    ]) {
      const said = answers({ temperature: 0.02, noise: 0.3 }, 'strength', worth(...values), 100);
      expect(shares(said.map((one) => String((one as PairComparison).strength)))).toEqual({
        [grade]: expect.closeTo(1, 9) as number,
      });
      expect(new Set(said.map((one) => (one as PairComparison).verdict)).size).toBe(2);
    }
  });

  it('rises with the difference, and is a whole number from 1 to 4', () => {
    const means = [0, 0.3, 0.6, 1, 1.5, 2.5, 4].map((apart) => {
      const said = answers({ temperature: 0.3 }, 'strength', worth(apart, 0), 3000) as PairComparison[];
      expect(said.every(({ strength }) => [1, 2, 3, 4].includes(strength!))).toBe(true);
      return said.reduce((sum, { strength }) => sum + strength!, 0) / said.length;
    });
    for (let i = 1; i < means.length; i++) expect(means[i]).toBeGreaterThan(means[i - 1]!);
    expect(means[0]).toBeGreaterThan(1);
    expect(means.at(-1)).toBeGreaterThan(3.98);
  });
});

describe('an order of several', () => {
  const values = [0.5, 0, -0.4];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  /** Plackett–Luce: one is chosen of all, then one of the rest, each time by a softmax of gold/T. */
  const plackettLuce = (order: readonly number[], temperature: number): number =>
    order.reduce((product, first, i) => {
      const odds = order.slice(i).map((k) => Math.exp(values[k]! / temperature));
      return (product * Math.exp(values[first]! / temperature)) / odds.reduce((sum, one) => sum + one);
    }, 1);
  const count = 12_000;

  it.each([
    [0.5, 0],
    [2, 0],
    [0.3, 0.25],
  ])('at temperature %d, noise %d: as often as Plackett–Luce has it', (temperature, noise) => {
    const said = answers({ temperature, noise }, 'ranking', worth(...values), count).map((one) => {
      if (one.kind !== 'ranking') throw new Error(one.kind);
      expect(one.shown).toEqual([0, 1, 2]);
      return [1, 2, 3].map((place) => one.places.indexOf(place)).join();
    });
    const expected = orders.map((order) => {
      const p = (1 - noise) * plackettLuce(order, temperature) + noise / 6;
      return [order.join(), p] as const;
    });
    expect(expected.reduce((sum, [, p]) => sum + p, 0)).toBeCloseTo(1, 12);
    expectShares(shares(said), Object.fromEntries(expected), count);
  });

  it('the best of them is the first of such an order: a softmax of gold/T', () => {
    const temperature = 0.5;
    const said = answers({ temperature }, 'best', worth(...values), count).map((one) => {
      if (one.kind !== 'best') throw new Error(one.kind);
      return String(one.best);
    });
    const odds = values.map((value) => Math.exp(value / temperature));
    const total = odds.reduce((sum, one) => sum + one);
    expectShares(shares(said), Object.fromEntries(odds.map((one, i) => [i, one / total])), count);
  });
});

describe('a rating', () => {
  const scores = (patch: Partial<Settings>, value: number, count = 2000) =>
    answers(patch, 'rating', worth(value), count).map((one) => {
      if (one.kind !== 'rating') throw new Error(one.kind);
      expect(one.item).toBe(0);
      return one.score;
    });

  it.each([
    [-9, 1],
    [-2.2, 1],
    [-1, 2],
    [0, 3],
    [0.8, 4],
    [2, 5],
    [9, 5],
  ])('of one who is sure: gold %d is %d', (value, score) => {
    expect(new Set(scores({ temperature: 0.02 }, value, 100))).toEqual(new Set([score]));
  });

  it('is a whole number from 1 to 5 whatever the temperature, the noise and the gold', () => {
    for (const temperature of [0.02, 1, 5])
      for (const noise of [0, 0.5])
        for (const value of [-30, -1, 0, 2, 30])
          for (const score of scores({ temperature, noise }, value, 200))
            expect([1, 2, 3, 4, 5]).toContain(score);
  });

  it('is on average about the gold, and by mistake any score', () => {
    const found = scores({ temperature: 0.5 }, 0.4, 6000);
    const average = found.reduce((sum, score) => sum + score, 0) / found.length;
    expect(Math.abs(average - 3.4)).toBeLessThan(0.04);
    const mistaken = scores({ temperature: 0.02, noise: 0.5 }, 0, 6000).map(String);
    expectShares(shares(mistaken), { 1: 0.1, 2: 0.1, 3: 0.6, 4: 0.1, 5: 0.1 }, 6000);
  });
});

describe('each criterion', () => {
  const settings = settingsWith({ temperature: 0.02, simulatedMode: 'criteria', simulated: 900 });
  const { criteria } = scenarioOf(settings);
  const dataset = freshDataset(settings);
  const byId = candidateMap(dataset);
  const pairs = dataset.comparisons as readonly PairComparison[];

  /** How often the answers to one criterion are what the gold of another would have said. */
  function agreement(asked: string, by: string): number {
    const gold = criteria.find(({ id }) => id === by)!.gold(settings, nothingOwn);
    const at = (id: number) => gold(byId.get(id)!);
    const own = pairs.filter(({ criterion }) => criterion === asked);
    expect(own).toHaveLength(300);
    return own.filter((c) => at(c.left) > at(c.right) === (c.verdict === 'left')).length / 300;
  }

  it('is answered by its own gold, and by no other', () => {
    for (const { id } of criteria)
      for (const { id: other } of criteria) {
        if (id === other) expect(agreement(id, id), id).toBeGreaterThan(0.97);
        else expect(agreement(id, other), `${id} by ${other}`).toBeLessThan(0.85);
      }
  });

  it('is asked about the same pair, one after the other', () => {
    for (let k = 0; k < pairs.length; k += criteria.length) {
      const three = pairs.slice(k, k + criteria.length);
      expect(three.map(({ criterion }) => criterion)).toEqual(criteria.map(({ id }) => id));
      expect(new Set(three.map(({ left, right }) => `${left}/${right}`)).size).toBe(1);
    }
  });
});

describe('answers in every mode', () => {
  const kindOf: Record<Mode, ComparisonKind> = {
    pair: 'pair',
    strength: 'pair',
    criteria: 'pair',
    best: 'best',
    ranking: 'ranking',
    rating: 'rating',
  };
  const drifted = drawing({ mean: [1.5, 1], logStd: [-2, -2] });

  /** What must hold of all of them. */
  function expectWhole(comparisons: readonly Comparison[], all: readonly Candidate[], settings: Settings) {
    const byId = new Map(all.map((candidate) => [candidate.id, candidate]));
    for (const comparison of comparisons) {
      expect(comparison.kind).toBe(kindOf[settings.simulatedMode]);
      expect(modeOf(comparison)).toBe(settings.simulatedMode);
      expect(() => checkComparison(comparison, (id) => byId.has(id))).not.toThrow();
      const shown = itemsOf(comparison);
      expect(shown).toHaveLength(shownIn(settings.simulatedMode, settings));
      expect(new Set(shown.map((id) => isHeldOut(byId.get(id)!, settings.heldOut))).size).toBe(1);
    }
  }

  describe.each(modes)('%s', (simulatedMode) => {
    const settings = settingsWith({ simulatedMode, simulated: 30, listLength: 5, noise: 0.05 });

    it('are whole, of that kind, and never across the held-out split', () => {
      const dataset = freshDataset(settings);
      expect(dataset.comparisons).toHaveLength(30);
      expectWhole(dataset.comparisons, dataset.candidates, settings);
    });

    it('follow from the seed and the settings alone', () => {
      const dataset = freshDataset(settings);
      expect(redraw(dataset, settings)).toEqual(dataset);
      const back = redraw(redraw(dataset, { ...settings, simulatedMode: 'pair', seed: 3 }), settings);
      expect(back.comparisons).toEqual(dataset.comparisons);
    });

    it('stay about the same when the annotator gets noisier, and some say something else', () => {
      const dataset = freshDataset(settings);
      const noisier = redraw(dataset, { ...settings, noise: 0.5, temperature: 5 });
      expect(noisier.comparisons.map(itemsOf)).toEqual(dataset.comparisons.map(itemsOf));
      expect(noisier.comparisons).not.toEqual(dataset.comparisons);
    });

    it('take the place of those of another mode; what a person said stays', () => {
      const before = freshDataset({ ...settings, simulatedMode: 'pair' });
      const yours = withComparison(before, {
        kind: 'ranking',
        shown: [1, 2, 3],
        places: [2, 1, 3],
        annotator: 'you',
        source: 'start',
      });
      const after = redraw(yours, settings);
      expect(after.comparisons.at(-1)).toEqual(yours.comparisons.at(-1));
      expect(after.comparisons.map(({ id }) => id)).toEqual(yours.comparisons.map(({ id }) => id));
      expectWhole(after.comparisons.slice(0, -1), after.candidates, settings);
    });

    it('are given about what the policy does as well, as many as were asked for', () => {
      const start = freshDataset({ ...settings, simulated: 0 });
      const dataset = withPolicyComparisons(start, settings, drifted, 10);
      expect(dataset.comparisons).toHaveLength(10);
      expectWhole(dataset.comparisons, dataset.candidates, settings);
      const fresh = dataset.candidates.slice(start.candidates.length);
      const used = new Set(dataset.comparisons.flatMap(itemsOf));
      expect([...used].toSorted()).toEqual(fresh.map(({ id }) => id).toSorted());
      expect(dataset.nextCandidate).toBe(fresh.at(-1)!.id + 1);
      expect(redraw(dataset, { ...settings, simulated: 0 })).toEqual(dataset);
    });
  });

  it('a list is as long as there is room for on one side of the split', () => {
    const settings = settingsWith({ simulatedMode: 'ranking', points: 4, listLength: 9, heldOut: 0 });
    for (const comparison of freshDataset(settings).comparisons)
      expect(itemsOf(comparison).toSorted()).toEqual([0, 1, 2, 3]);
  });

  it('need nothing but the stream they are given', () => {
    const annotator = new SimulatedAnnotator(settingsWith({ temperature: 1, noise: 0.3 }), nothingOwn);
    const ask = (source: Random) =>
      modes.map((mode) =>
        annotator.answer(mode, worth(0, 1, 2).slice(0, shownIn(mode, { listLength: 3 })), source),
      );
    expect(ask(random(5, 'a'))).toEqual(ask(random(5, 'a')));
  });
});
