// Which question is asked next: each strategy against what it promises, for the cards and for simulated answers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeldOut, type Candidate } from '../../src/domain/candidate.ts';
import { itemsOf, type PairComparison } from '../../src/domain/comparison.ts';
import { random } from '../../src/domain/random.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import {
  candidateMap,
  freshDataset,
  redraw,
  withChosenComparisons,
  withComparison,
  withNextQuestion,
  withCandidate,
  type Dataset,
} from '../../src/state/dataset.ts';
import { Opinion } from '../../src/state/selection/opinion.ts';
import { choosingProblem } from '../../src/state/selection/problem.ts';
import { questionKey } from '../../src/state/selection/repeat.ts';
import { mean } from '../support/statistics.ts';
import { contentOf } from '../../src/domain/content.ts';

const settingsWith = (patch: Partial<Settings> = {}): Settings => ({
  ...defaultSettings,
  simulated: 0,
  ...patch,
});
const idsOf = (list: readonly Candidate[]) => list.map(({ id }) => id);

/** An opinion with random rewards, of one head or of several. */
function opinionOf({ candidates }: Dataset, members = 1, seed = 1): Opinion {
  const source = random(seed, 'opinion');
  const rewards = Float32Array.from(candidates, () => source.normal());
  const each = Float32Array.from({ length: members * candidates.length }, () => source.normal());
  return new Opinion(idsOf(candidates), rewards, members > 1 ? each : null);
}

/** The next questions after each other, without answers. */
function questions(settings: Settings, opinion: (dataset: Dataset) => Opinion | null, count: number) {
  let dataset = freshDataset(settings);
  return Array.from({ length: count }, () => {
    dataset = withNextQuestion(dataset, settings, null, opinion(dataset));
    return dataset.question;
  });
}

describe('an opinion', () => {
  const rewards = Float32Array.of(1, 3, -2);
  const members = Float32Array.of(1, 3, -2, 0, 6, -2);
  const opinion = new Opinion([7, 4, 9], rewards, members);

  it('is by the ids, not by the rows', () => {
    expect(opinion.margin(4, 9)).toBe(5);
    expect(opinion.margin(9, 7)).toBe(-3);
  });

  it('disagrees by the standard deviation of the margin over the members', () => {
    // Margins of 4 over 7: 2 and 6; of 7 over 9: 3 and 2; rewards of 4: 3 and 6.
    expect(opinion.disagreement(4, 7)).toBeCloseTo(2, 6);
    expect(opinion.disagreement(7, 9)).toBeCloseTo(0.5, 6);
    expect(opinion.disagreementAbout(4)).toBeCloseTo(1.5, 6);
    expect(opinion.disagreementAbout(9)).toBe(0);
  });

  it('is none about what it does not know, and one head does not disagree', () => {
    expect(opinion.margin(4, 5)).toBeNaN();
    expect(opinion.disagreement(5, 4)).toBeNaN();
    expect(opinion.disagreementAbout(5)).toBeNaN();
    const single = new Opinion([7, 4, 9], rewards, null);
    expect(single.isEnsemble).toBe(false);
    expect(single.disagreement(4, 7)).toBeNaN();
  });
});

describe('uncertain', () => {
  const settings = settingsWith({ pairSource: 'uncertain' });

  it('asks about pairs whose margins are far smaller than those of random pairs', () => {
    const dataset = freshDataset(settings);
    const opinion = opinionOf(dataset);
    const margins = (patch: Partial<Settings>) =>
      questions({ ...settings, ...patch }, () => opinion, 100)
        .filter(({ source }) => source !== 'start' || patch.pairSource === 'start')
        .map(({ shown: [a, b] }) => Math.abs(opinion.margin(a!, b!)));
    // |N(0, 2)| is 1.13 on average; the least of some 200 of them lies around √π/200 ≈ 0.01.
    expect(mean(margins({ pairSource: 'start' }))).toBeGreaterThan(0.9);
    expect(mean(margins({}))).toBeLessThan(0.03);
  });

  it('leaves as many questions to chance as are about held-out candidates, so that the test stays fair', () => {
    const heldOut = { ...settings, heldOut: 0.3 };
    const dataset = freshDataset(heldOut);
    const opinion = opinionOf(dataset);
    const byId = candidateMap(dataset);
    const asked = questions(heldOut, () => opinion, 400);
    const held = asked.filter(({ shown }) => isHeldOut(byId.get(shown[0]!)!, 0.3));
    expect(held.every(({ source }) => source === 'start')).toBe(true);
    expect(asked.filter(({ source }) => source === 'uncertain').length).toBe(asked.length - held.length);
    const share = dataset.candidates.filter((candidate) => isHeldOut(candidate, 0.3)).length / 200;
    expect(Math.abs(held.length / asked.length - share)).toBeLessThan(0.07);
    expect(mean(held.map(({ shown: [a, b] }) => Math.abs(opinion.margin(a!, b!))))).toBeGreaterThan(0.8);
  });

  it('shows either of the two on the left', () => {
    const opinion = opinionOf(freshDataset(settings));
    const asked = questions(settings, () => opinion, 300);
    const first = asked.filter(({ shown: [a, b] }) => opinion.margin(a!, b!) > 0).length / 300;
    expect(Math.abs(first - 0.5)).toBeLessThan(0.09);
  });

  it('of lists, asks about those whose items are close together', () => {
    const lists = { ...settings, mode: 'ranking', listLength: 4, heldOut: 0 } as const;
    const opinion = opinionOf(freshDataset(lists));
    const range = (shown: readonly number[]) =>
      Math.max(...shown.flatMap((a) => shown.map((b) => opinion.margin(a, b))));
    const chosen = questions(lists, () => opinion, 20).map(({ shown }) => range(shown));
    const chance = questions({ ...lists, pairSource: 'start' }, () => opinion, 20).map(({ shown }) =>
      range(shown),
    );
    expect(mean(chosen)).toBeLessThan(0.5 * mean(chance));
  });

  it('is random without an opinion, about one alone, and about what the opinion does not know', () => {
    for (const [patch, opinion] of [
      [{}, null],
      [{ mode: 'rating' }, opinionOf(freshDataset(settings))],
      [{}, new Opinion([], new Float32Array(0), null)],
    ] as const) {
      const chosen = { ...settings, ...patch };
      const asked = questions(chosen, () => opinion, 10);
      expect(asked.every(({ source }) => source === 'start')).toBe(true);
      expect(new Set(asked.map(({ shown }) => shown.join())).size).toBeGreaterThan(5);
    }
  });

  it('asks about a point that was just added all the same', () => {
    const dataset = withCandidate(freshDataset(settings), contentOf(0.1, 0.2));
    const id = dataset.nextCandidate - 1;
    const { question } = withNextQuestion(dataset, settings, null, opinionOf(freshDataset(settings)));
    expect(question.shown).toContain(id);
  });
});

describe('disagreement', () => {
  const settings = settingsWith({ pairSource: 'disagreement', members: 5, heldOut: 0 });

  it('asks about pairs that the members disagree about far more than about random ones', () => {
    const opinion = opinionOf(freshDataset(settings), 5);
    const spread = (patch: Partial<Settings>) =>
      mean(
        questions({ ...settings, ...patch }, () => opinion, 60).map(({ shown: [a, b] }) =>
          opinion.disagreement(a!, b!),
        ),
      );
    expect(spread({})).toBeGreaterThan(1.7 * spread({ pairSource: 'start' }));
    expect(questions(settings, () => opinion, 5).every(({ source }) => source === 'disagreement')).toBe(true);
  });

  it('of one alone, about the reward', () => {
    const single = { ...settings, mode: 'rating' } as const;
    const opinion = opinionOf(freshDataset(settings), 5);
    const spread = (patch: Partial<Settings>) =>
      mean(
        questions({ ...single, ...patch }, () => opinion, 60).map(({ shown }) =>
          opinion.disagreementAbout(shown[0]!),
        ),
      );
    expect(spread({})).toBeGreaterThan(1.4 * spread({ pairSource: 'start' }));
  });

  it('of one head is what it is least sure of, and says so', () => {
    const opinion = opinionOf(freshDataset(settings));
    const asked = questions(settings, () => opinion, 10);
    expect(asked.every(({ source }) => source === 'uncertain')).toBe(true);
    expect(choosingProblem({ ...settings, members: 1 }, { comparisons: [] }, true)).toMatch(/^One head/);
    expect(choosingProblem(settings, { comparisons: [] }, true)).toBeNull();
    expect(choosingProblem(settings, { comparisons: [] }, false)).toMatch(/not been trained/);
  });
});

describe('repeats', () => {
  const settings = settingsWith({ pairSource: 'repeat' });

  /** With `count` answers of a person, to other questions each. */
  function answered(count: number): Dataset {
    let dataset = freshDataset({ ...settings, pairSource: 'start' });
    for (let i = 0; i < count; i++) {
      const [left, right] = dataset.question.shown as [number, number];
      dataset = withComparison(dataset, {
        kind: 'pair',
        left,
        right,
        verdict: 'left',
        annotator: 'you',
        source: 'start',
      });
      dataset = withNextQuestion(dataset, { ...settings, pairSource: 'start' }, null);
    }
    return dataset;
  }

  it('asks again what was asked, on either side, and not the last one', () => {
    let dataset = answered(12);
    const earlier = dataset.comparisons as readonly PairComparison[];
    const keys = new Set(earlier.map((comparison) => questionKey(itemsOf(comparison))));
    let swapped = 0;
    for (let turn = 0; turn < 100; turn++) {
      dataset = withNextQuestion(dataset, settings, null);
      const { shown, source } = dataset.question;
      expect(source).toBe('repeat');
      expect(keys).toContain(questionKey(shown));
      expect(questionKey(shown)).not.toBe(questionKey(itemsOf(earlier.at(-1)!)));
      if (!earlier.some(({ left, right }) => left === shown[0] && right === shown[1])) swapped += 1;
    }
    expect(Math.abs(swapped / 100 - 0.5)).toBeLessThan(0.2);
  });

  it('asks each once more before any a third time', () => {
    let dataset = answered(10);
    for (let turn = 0; turn < 10; turn++) {
      dataset = withNextQuestion(dataset, settings, null);
      const [left, right] = dataset.question.shown as [number, number];
      dataset = withComparison(dataset, {
        kind: 'pair',
        left,
        right,
        verdict: 'right',
        annotator: 'you',
        source: 'repeat',
      });
    }
    const times = new Map<string, number>();
    for (const comparison of dataset.comparisons) {
      const key = questionKey(itemsOf(comparison));
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    expect([...times.values()].every((count) => count === 2)).toBe(true);
  });

  it('only what the same one answered in the same way', () => {
    const others = freshDataset({ ...settings, simulated: 40 });
    expect(withNextQuestion(others, settings, null).question.source).toBe('start');
    expect(choosingProblem(settings, others, true)).toMatch(/^You have answered nothing/);
    const mine = answered(3);
    expect(choosingProblem(settings, mine, false)).toBeNull();
    expect(withNextQuestion(mine, { ...settings, mode: 'ranking' }, null).question.source).toBe('start');
  });
});

describe('simulated answers to chosen questions', () => {
  const settings = settingsWith({ pairSource: 'uncertain', heldOut: 0, simulated: 10, annotators: 1 });

  it('are about what the strategy chooses, and no pair twice', () => {
    const before = freshDataset(settings);
    const opinion = opinionOf(before);
    const after = withChosenComparisons(before, settings, opinion, 30);
    const added = after.comparisons.slice(10) as PairComparison[];
    expect(added).toHaveLength(30);
    expect(
      added.every(
        ({ source, annotator, draw }) =>
          source === 'uncertain' && annotator === 'simulated' && draw === undefined,
      ),
    ).toBe(true);
    expect(mean(added.map(({ left, right }) => Math.abs(opinion.margin(left, right))))).toBeLessThan(0.05);
    expect(new Set(after.comparisons.map((comparison) => questionKey(itemsOf(comparison)))).size).toBe(40);
    expect(new Set(after.comparisons.map(({ id }) => id)).size).toBe(40);
    expect(after.nextComparison).toBe(before.nextComparison + 30);
  });

  it('stay when the number of drawn ones changes, and are judged again by another gold', () => {
    const before = withChosenComparisons(
      freshDataset(settings),
      settings,
      opinionOf(freshDataset(settings)),
      30,
    );
    const fewer = redraw(before, { ...settings, simulated: 0 });
    expect(fewer.comparisons).toEqual(before.comparisons.slice(10));
    const other = redraw(fewer, { ...settings, simulated: 0, landscape: 'ring' });
    const verdicts = (dataset: Dataset) => dataset.comparisons.map((c) => (c as PairComparison).verdict);
    expect(other.comparisons.map(itemsOf)).toEqual(fewer.comparisons.map(itemsOf));
    expect(verdicts(other)).not.toEqual(verdicts(fewer));
    expect(redraw(other, { ...settings, simulated: 0 })).toEqual(fewer);
  });

  it('several annotators answer the same chosen question', () => {
    const three = { ...settings, annotators: 3 };
    const after = withChosenComparisons(freshDataset(three), three, opinionOf(freshDataset(three)), 9);
    const keys = after.comparisons.slice(10).map((comparison) => questionKey(itemsOf(comparison)));
    expect(keys[0]).toBe(keys[2]);
    expect(new Set(keys).size).toBe(3);
    expect(after.comparisons.slice(10, 13).map(({ annotator }) => annotator)).toEqual([
      'simulated 1',
      'simulated 2',
      'simulated 3',
    ]);
  });

  it('repeats are of simulated answers, and disagree as often as its noise has it', () => {
    const noisy = {
      ...settings,
      pairSource: 'repeat',
      simulated: 600,
      noise: 0.2,
      temperature: 0.02,
    } as const;
    const before = freshDataset(noisy);
    const after = withChosenComparisons(before, noisy, null, 600);
    const winner = ({ left, right, verdict }: PairComparison) => (verdict === 'left' ? left : right);
    const first = new Map(
      (before.comparisons as PairComparison[]).map((c) => [questionKey(itemsOf(c)), winner(c)]),
    );
    const again = after.comparisons.slice(600) as PairComparison[];
    const same = again.filter((c) => first.get(questionKey(itemsOf(c))) === winner(c)).length / again.length;
    expect(again.every(({ source }) => source === 'repeat')).toBe(true);
    // Twice right or twice wrong: 0.8² + 0.2².
    expect(Math.abs(same - 0.68)).toBeLessThan(0.07);
  });

  it('follow from the seed and the dataset', () => {
    fc.assert(
      fc.property(fc.constantFrom('uncertain', 'disagreement', 'repeat'), fc.nat(50), (pairSource, seed) => {
        const chosen = settingsWith({ pairSource, seed, simulated: 10 });
        const once = () => {
          const dataset = freshDataset(chosen);
          return withChosenComparisons(dataset, chosen, opinionOf(dataset, 3), 12);
        };
        const dataset = once();
        expect(once()).toEqual(dataset);
        expect(redraw(dataset, chosen)).toEqual(dataset);
        const byId = candidateMap(dataset);
        for (const comparison of dataset.comparisons) {
          const sides = itemsOf(comparison).map((id) => isHeldOut(byId.get(id)!, chosen.heldOut));
          expect(new Set(sides).size).toBe(1);
        }
      }),
      { numRuns: 30 },
    );
  });
});
