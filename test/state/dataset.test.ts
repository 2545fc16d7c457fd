import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeldOut, type Candidate } from '../../src/domain/candidate.ts';
import { flipped, type Comparison, type PairComparison } from '../../src/domain/comparison.ts';
import { random } from '../../src/domain/random.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import { contentOf, nothingOwn, pointOf } from '../../src/domain/content.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import {
  candidateMap,
  drawFromPolicy,
  freshDataset,
  isTest,
  nameOf,
  pack,
  redraw,
  withComparison,
  withChanged,
  withCandidate,
  withNextQuestion,
  withoutComparison,
  withContent,
  withPolicyComparisons,
  type Dataset,
} from '../../src/state/dataset.ts';
import { drawing, xOf } from '../support/contents.ts';

const settingsWith = (patch: Partial<Settings> = {}): Settings => ({ ...defaultSettings, ...patch });
const fresh = (patch: Partial<Settings> = {}) => freshDataset(settingsWith(patch));
const drifted = drawing({ mean: [1.5, 1], logStd: [-2, -2] });

/** As `label` does it: the pair on the cards, and then the next one. */
function labelled(dataset: Dataset, settings: Settings, verdict: 'left' | 'right' | 'tie' = 'left'): Dataset {
  const { source } = dataset.question;
  const [left, right] = pairOf(dataset);
  const added = withComparison(dataset, { kind: 'pair', left, right, verdict, annotator: 'you', source });
  return withNextQuestion(added, settings, drifted);
}

/** The two on the cards. */
function pairOf({ question }: Dataset): readonly [number, number] {
  expect(question.shown).toHaveLength(2);
  return question.shown as [number, number];
}
/** The comparisons, all of which are pairs. */
function pairsOf({ comparisons }: Pick<Dataset, 'comparisons'>): readonly PairComparison[] {
  expect(comparisons.every(({ kind }) => kind === 'pair')).toBe(true);
  return comparisons as readonly PairComparison[];
}
/** As `flip` does it. */
function withFlipped(dataset: Dataset, id: number): Dataset {
  return withChanged(dataset, flipped(dataset.comparisons.find((c) => c.id === id)!));
}

const placeOf = (dataset: Dataset, id: number) => {
  const [x, y] = pointOf(candidateMap(dataset).get(id)!);
  return { x, y };
};
const sideOf = (dataset: Dataset, id: number, share: number) => {
  const everybody = [...dataset.candidates, ...dataset.question.fresh];
  return isHeldOut(
    everybody.find((candidate) => candidate.id === id)!,
    share,
  );
};
/** Share of the list for which something holds. */
const shareOf = <T>(list: readonly T[], holds: (item: T) => boolean) =>
  list.filter(holds).length / list.length;

describe('what follows from the settings', () => {
  it('has as many points and simulated comparisons as they say', () => {
    const dataset = fresh();
    expect(dataset.candidates).toHaveLength(200);
    expect(dataset.comparisons).toHaveLength(40);
    expect(dataset.comparisons.every(({ annotator }) => annotator === 'simulated')).toBe(true);
    expect(fresh({ points: 12, simulated: 3 }).candidates).toHaveLength(12);
    expect(fresh({ simulated: 0 }).comparisons).toEqual([]);
  });

  it('is the same again from the same seed, and another from another', () => {
    expect(fresh()).toEqual(fresh());
    const other = fresh({ seed: 8 });
    expect(other.candidates).not.toEqual(fresh().candidates);
    expect(other.comparisons).not.toEqual(fresh().comparisons);
    expect(other.question).not.toEqual(fresh().question);
  });

  it('drawing it again changes nothing', () => {
    expect(redraw(fresh(), defaultSettings)).toEqual(fresh());
  });

  it('depends on the seed and the settings, not on what they were before', () => {
    const back = redraw(
      redraw(fresh(), settingsWith({ seed: 99, spread: 0.7, points: 30 })),
      defaultSettings,
    );
    expect(back.candidates).toEqual(fresh().candidates);
    expect(back.comparisons).toEqual(fresh().comparisons);
  });

  it('draws the points from the starting policy', () => {
    const { candidates } = fresh({ points: 1000, spread: 0.5 });
    for (const axis of [0, 1] as const) {
      const mean = candidates.reduce((sum, c) => sum + pointOf(c)[axis], 0) / 1000;
      const variance = candidates.reduce((sum, c) => sum + (pointOf(c)[axis] - mean) ** 2, 0) / 1000;
      expect(Math.abs(mean)).toBeLessThan(0.06);
      expect(Math.abs(Math.sqrt(variance) - 0.5)).toBeLessThan(0.05);
    }
  });

  it('keeps the earlier points when there are more', () => {
    const before = fresh();
    const more = redraw(before, settingsWith({ points: 300 }));
    expect(more.candidates).toHaveLength(300);
    expect(more.candidates.slice(0, 200)).toEqual(before.candidates);
    expect(redraw(more, settingsWith({ points: 50 })).candidates).toEqual(before.candidates.slice(0, 50));
  });

  it('keeps the earlier simulated comparisons when there are more, and the later ones go first', () => {
    const before = fresh();
    const more = redraw(before, settingsWith({ simulated: 100 }));
    expect(more.comparisons).toHaveLength(100);
    expect(more.comparisons.slice(0, 40)).toEqual(before.comparisons);
    expect(new Set(more.comparisons.map(({ id }) => id)).size).toBe(100);
    expect(redraw(more, settingsWith({ simulated: 15 })).comparisons).toEqual(
      before.comparisons.slice(0, 15),
    );
  });

  it('numbers candidates and comparisons once', () => {
    const settings = settingsWith({ points: 20, simulated: 10 });
    let dataset = freshDataset(settings);
    dataset = labelled(dataset, settings);
    dataset = redraw(dataset, settingsWith({ points: 20, simulated: 30 }));
    dataset = labelled(dataset, settings);
    const ids = dataset.comparisons.map(({ id }) => id);
    expect(new Set(ids).size).toBe(32);
    expect(dataset.nextComparison).toBeGreaterThan(Math.max(...ids));
  });
});

describe('the held-out split', () => {
  const world = fc.record({
    seed: fc.nat(1000),
    points: fc.integer({ min: 4, max: 60 }),
    heldOut: fc.double({ min: 0, max: 0.5, noNaN: true }),
  });

  it('never separates the two of a simulated pair', () => {
    fc.assert(
      fc.property(world, (patch) => {
        const dataset = fresh({ ...patch, simulated: 30 });
        for (const { left, right } of pairsOf(dataset)) {
          expect(left).not.toBe(right);
          expect(sideOf(dataset, left, patch.heldOut)).toBe(sideOf(dataset, right, patch.heldOut));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(['start', 'policy'] as const)('never separates a pair on the cards from the %s', (pairSource) => {
    fc.assert(
      fc.property(world, (patch) => {
        const settings = settingsWith({ ...patch, simulated: 0, pairSource });
        let dataset = freshDataset(settings);
        for (let turn = 0; turn < 10; turn++) {
          dataset = withNextQuestion(dataset, settings, drifted);
          const [left, right] = pairOf(dataset);
          expect(left).not.toBe(right);
          expect(sideOf(dataset, left, patch.heldOut)).toBe(sideOf(dataset, right, patch.heldOut));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not separate the pair that asks about a point just added', () => {
    for (let seed = 0; seed < 40; seed++) {
      const settings = settingsWith({ seed, heldOut: 0.5 });
      const dataset = withNextQuestion(
        withCandidate(freshDataset(settings), contentOf(1, 1)),
        settings,
        null,
      );
      const [left, right] = pairOf(dataset);
      expect([left, right]).toContain(10_000);
      expect(sideOf(dataset, left, 0.5)).toBe(sideOf(dataset, right, 0.5));
    }
  });

  it('does not separate the pair on the cards when the seed or the share changes', () => {
    for (let seed = 0; seed < 40; seed++) {
      const settings = settingsWith({ seed, heldOut: 0.3 });
      const dataset = redraw(fresh(), settings);
      const [left, right] = pairOf(dataset);
      expect(sideOf(dataset, left, 0.3)).toBe(sideOf(dataset, right, 0.3));
    }
  });

  it('does not separate simulated pairs about the policy', () => {
    const dataset = withPolicyComparisons(fresh({ simulated: 0 }), defaultSettings, drifted, 50);
    for (const { left, right } of pairsOf(dataset))
      expect(sideOf(dataset, left, 0.2)).toBe(sideOf(dataset, right, 0.2));
  });

  it('holds out about the share it is given', () => {
    const { candidates } = fresh({ points: 1000 });
    for (const share of [0, 0.1, 0.2, 0.5])
      expect(Math.abs(shareOf(candidates, (candidate) => isHeldOut(candidate, share)) - share)).toBeLessThan(
        0.04,
      );
  });

  it('only tests with pairs of two held-out candidates', () => {
    const dataset = fresh({ points: 40 });
    const byId = candidateMap(dataset);
    const [held, train] = [true, false].map((side) =>
      dataset.candidates.filter((candidate) => isHeldOut(candidate, 0.2) === side),
    ) as [Candidate[], Candidate[]];
    const pair = (left: Candidate, right: Candidate) => ({
      ...pairsOf(dataset)[0]!,
      left: left.id,
      right: right.id,
    });
    expect(isTest(pair(held[0]!, held[1]!), byId, 0.2)).toBe(true);
    expect(isTest(pair(train[0]!, train[1]!), byId, 0.2)).toBe(false);
    expect(isTest(pair(train[0]!, held[0]!), byId, 0.2)).toBe(false);
  });
});

describe('the simulated annotator', () => {
  it('prefers what the gold reward prefers, the more surely the colder and the less noisy', () => {
    const agreement = (patch: Partial<Settings>) => {
      const settings = settingsWith({ simulated: 400, ...patch });
      const dataset = freshDataset(settings);
      const gold = scenarioOf(settings).gold(settings, nothingOwn);
      const value = (id: number) => {
        const { x, y } = placeOf(dataset, id);
        return gold(contentOf(x, y));
      };
      return shareOf(pairsOf(dataset), ({ left, right, verdict }) => {
        const [l, r] = [value(left), value(right)];
        return verdict === (l > r ? 'left' : 'right');
      });
    };
    expect(agreement({ noise: 0, temperature: 0.02 })).toBeGreaterThan(0.97);
    const usual = agreement({ noise: 0.1, temperature: 0.2 });
    expect(usual).toBeGreaterThan(0.75);
    expect(usual).toBeLessThan(0.95);
    expect(agreement({ noise: 0.3, temperature: 0.02 })).toBeLessThan(0.75);
    expect(Math.abs(agreement({ noise: 0.5, temperature: 0.02 }) - 0.5)).toBeLessThan(0.07);
    expect(agreement({ noise: 0, temperature: 5 })).toBeLessThan(0.7);
  });

  it('relabels only unedited simulated comparisons when its noise or temperature changes', () => {
    let dataset = fresh({ simulated: 200 });
    dataset = labelled(dataset, defaultSettings, 'right');
    const edited = dataset.comparisons[0]!.id;
    dataset = withFlipped(dataset, edited);
    for (const patch of [{ noise: 0.5 }, { temperature: 5 }]) {
      const again = redraw(dataset, settingsWith({ simulated: 200, ...patch }));
      const pairs = pairsOf(dataset);
      const same = pairsOf(again).map((comparison, i) => comparison.verdict === pairs[i]!.verdict);
      expect(pairsOf(again).map(({ id, left, right }) => [id, left, right])).toEqual(
        pairs.map(({ id, left, right }) => [id, left, right]),
      );
      expect(same.filter((stayed) => !stayed).length).toBeGreaterThan(10);
      expect(again.comparisons[0]).toEqual(dataset.comparisons[0]);
      expect(again.comparisons.at(-1)).toEqual(dataset.comparisons.at(-1));
      expect(again.candidates).toEqual(dataset.candidates);
    }
  });

  it('is asked again about pairs of the policy as well', () => {
    const before = withPolicyComparisons(fresh({ simulated: 0 }), defaultSettings, drifted, 60);
    const edited = withFlipped(before, before.comparisons[3]!.id);
    const after = redraw(edited, settingsWith({ simulated: 0, noise: 0.5 }));
    const pairs = pairsOf(edited);
    const changed = pairsOf(after).filter(({ verdict }, i) => verdict !== pairs[i]!.verdict);
    expect(changed.length).toBeGreaterThan(5);
    expect(after.comparisons[3]).toEqual(edited.comparisons[3]);
    // Back to the first noise: the first answers.
    expect(redraw(after, settingsWith({ simulated: 0 })).comparisons).toEqual(edited.comparisons);
  });

  it('shows the better one on either side', () => {
    const settings = settingsWith({ simulated: 400, noise: 0, temperature: 0.02 });
    const pairs = pairsOf(freshDataset(settings));
    expect(Math.abs(shareOf(pairs, ({ verdict }) => verdict === 'left') - 0.5)).toBeLessThan(0.08);
  });
});

describe('what was made by hand stays', () => {
  const changes: [string, Partial<Settings>][] = [
    ['the seed', { seed: 1234 }],
    ['the spread', { spread: 0.9 }],
    ['the points', { points: 20 }],
    ['the landscape', { landscape: 'ring' }],
    ['the held-out share', { heldOut: 0.5 }],
    ['the number of simulated comparisons', { simulated: 0 }],
  ];

  it.each(changes)('human labels and the places of what they are about, when %s changes', (_, patch) => {
    let dataset = fresh();
    for (const verdict of ['left', 'right', 'tie'] as const)
      dataset = labelled(dataset, defaultSettings, verdict);
    const yours = pairsOf(dataset).slice(-3);
    const again = redraw(dataset, settingsWith(patch));
    expect(again.comparisons.filter(({ annotator }) => annotator === 'you')).toEqual(yours);
    for (const { left, right } of yours)
      for (const id of [left, right]) expect(placeOf(again, id)).toEqual(placeOf(dataset, id));
  });

  it.each(changes)('an edited simulated comparison and its places, when %s changes', (_, patch) => {
    const before = fresh();
    const edited = withFlipped(before, before.comparisons[5]!.id);
    const again = redraw(edited, settingsWith(patch));
    const kept = pairsOf(again).find(({ id }) => id === before.comparisons[5]!.id)!;
    expect(kept).toEqual(edited.comparisons[5]);
    expect(placeOf(again, kept.left)).toEqual(placeOf(before, kept.left));
  });

  it.each(changes)('moved and added points, when %s changes', (_, patch) => {
    const moved = withContent(withCandidate(fresh(), contentOf(0.5, -0.75)), 150, contentOf(2, -2));
    const again = redraw(moved, settingsWith(patch));
    expect(placeOf(again, 150)).toEqual({ x: 2, y: -2 });
    expect(placeOf(again, 10_000)).toEqual({ x: 0.5, y: -0.75 });
    expect(new Set(again.candidates.map(({ id }) => id)).size).toBe(again.candidates.length);
  });

  it('the points that nobody touched are drawn anew meanwhile', () => {
    const again = redraw(withContent(fresh(), 150, contentOf(2, -2)), settingsWith({ seed: 8 }));
    const untouched = again.candidates.filter(({ id }) => id !== 150);
    expect(untouched).toEqual(fresh({ seed: 8 }).candidates.filter(({ id }) => id !== 150));
  });

  it('a removed simulated answer does not come back', () => {
    const before = fresh();
    const gone = before.comparisons[7]!;
    const removed = withoutComparison(before, gone.id);
    for (const patch of [{}, { simulated: 90 }, { noise: 0.3 }, { seed: 3 }]) {
      const again = redraw(redraw(removed, settingsWith(patch)), defaultSettings);
      expect(again.comparisons).toHaveLength(39);
      expect(again.comparisons.some(({ draw }) => draw === gone.draw)).toBe(false);
    }
    expect(redraw(removed, settingsWith({ simulated: 90 })).comparisons).toHaveLength(89);
  });

  it('a point that is moved takes its simulated comparisons along', () => {
    const before = fresh();
    const { id, left } = pairsOf(before)[0]!;
    const moved = redraw(withContent(before, left, contentOf(2, 2)), defaultSettings);
    expect(pairsOf(moved).find((comparison) => comparison.id === id)!.left).toBe(left);
  });
});

describe('flipping', () => {
  it('turns left into right and back, marks it as edited, and leaves a tie alone', () => {
    const before = fresh();
    const [first] = pairsOf(before);
    const once = withFlipped(before, first!.id);
    expect(pairsOf(once)[0]!.verdict).toBe(first!.verdict === 'left' ? 'right' : 'left');
    expect(once.comparisons[0]!.edited).toBe(true);
    expect(pairsOf(withFlipped(once, first!.id))[0]!.verdict).toBe(first!.verdict);
    const tie = labelled(before, defaultSettings, 'tie');
    expect(pairsOf(withFlipped(tie, tie.comparisons.at(-1)!.id)).at(-1)!.verdict).toBe('tie');
    expect(once.comparisons.slice(1)).toEqual(before.comparisons.slice(1));
  });
});

describe('the pair on the cards', () => {
  it('is another one each time, and the same ones again from the same seed', () => {
    const settings = settingsWith({ simulated: 0 });
    const shown = (seed: number) => {
      let dataset = freshDataset({ ...settings, seed });
      return Array.from({ length: 20 }, () => {
        dataset = labelled(dataset, { ...settings, seed });
        return pairOf(dataset).join('/');
      });
    };
    expect(new Set(shown(1)).size).toBe(20);
    expect(shown(1)).toEqual(shown(1));
    expect(shown(1)).not.toEqual(shown(2));
  });

  it('is one that was not compared yet, while there are such', () => {
    const settings = settingsWith({ simulated: 0, points: 8, heldOut: 0 });
    let dataset = freshDataset(settings);
    const seen = new Set<string>();
    for (let turn = 0; turn < 12; turn++) {
      const [left, right] = pairOf(dataset);
      const key = [left, right].sort().join();
      expect(seen).not.toContain(key);
      seen.add(key);
      dataset = labelled(dataset, settings);
    }
  });

  it('asks about the point that was just added, on either side, until it is labelled', () => {
    const sides = Array.from({ length: 200 }, (_, seed) => {
      const settings = settingsWith({ seed, simulated: 0, points: 20 });
      const dataset = withNextQuestion(
        withCandidate(freshDataset(settings), contentOf(1, 1)),
        settings,
        null,
      );
      const [left, right] = pairOf(dataset);
      expect([left, right]).toContain(10_000);
      const after = labelled(dataset, settings);
      return { left: left === 10_000, again: after.question.shown.includes(10_000) };
    });
    expect(Math.abs(shareOf(sides, (side) => side.left) - 0.5)).toBeLessThan(0.12);
    // Then it is one of 21, like any other.
    expect(shareOf(sides, ({ again }) => again)).toBeLessThan(0.2);
  });

  it('is valid again when one of its points is gone', () => {
    const dataset = fresh({ points: 1000, simulated: 0 });
    const few = redraw(dataset, settingsWith({ points: 4, simulated: 0 }));
    const ids = few.candidates.map(({ id }) => id);
    for (const id of pairOf(few)) expect(ids).toContain(id);
  });
});

describe('pairs of the policy', () => {
  const settings = settingsWith({ pairSource: 'policy', simulated: 0 });

  it('are drawn from the policy as it is now', () => {
    const draws = drawFromPolicy(drifted, 1, 400, random(1, 'test'));
    const mean = draws.reduce((sum, one) => sum + xOf(one), 0) / 400;
    expect(Math.abs(mean - 1.5)).toBeLessThan(0.03);
    expect(draws.every(({ origin }) => origin === 'policy')).toBe(true);
  });

  it('join the candidates when they are labelled, and not before', () => {
    const shown = withNextQuestion(freshDataset(settings), settings, drifted);
    expect(shown.question.source).toBe('policy');
    expect(shown.candidates).toHaveLength(200);
    const [left, right] = pairOf(shown);
    const after = labelled(shown, settings);
    expect(after.candidates).toHaveLength(202);
    expect(after.candidates.slice(-2).map(({ id }) => id)).toEqual([left, right]);
    expect(after.comparisons.at(-1)).toMatchObject({ left, right, source: 'policy' });
    expect(withNextQuestion(shown, settings, drifted).candidates).toHaveLength(200);
  });

  it('get ids that nothing else has, whatever is added between', () => {
    let dataset = withNextQuestion(freshDataset(settings), settings, drifted);
    const shown = dataset.question;
    dataset = withCandidate(dataset, contentOf(0, 0));
    dataset = withPolicyComparisons(dataset, settings, drifted, 3);
    expect(dataset.question).toEqual(shown);
    dataset = labelled(dataset, settings);
    dataset = withCandidate(dataset, contentOf(1, 1));
    dataset = labelled(dataset, settings);
    const ids = [...dataset.candidates, ...dataset.question.fresh].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(dataset.nextCandidate).toBeGreaterThan(Math.max(...ids));
  });
});

describe('names', () => {
  it.each([
    [{ id: 12, origin: 'start' }, '#12'],
    [{ id: 10_000, origin: 'added' }, '+1'],
    [{ id: 10_004, origin: 'policy' }, 'π5'],
  ] as const)('%j is %s', (candidate, name) => expect(nameOf(candidate)).toBe(name));
});

describe('what the engine gets', () => {
  const settings = settingsWith({ simulated: 0, points: 30, heldOut: 0 });
  let dataset = withCandidate(freshDataset(settings), contentOf(0.25, -0.5));
  for (const verdict of ['left', 'tie', 'right', 'tie'] as const)
    dataset = labelled(dataset, settings, verdict);

  it('has a row for every candidate', () => {
    const { data } = pack(dataset, settings, 4);
    expect(data.version).toBe(4);
    expect([...data.ids]).toEqual(dataset.candidates.map(({ id }) => id));
    expect(data.contents.values).toHaveLength(2 * 31);
    expect([...data.contents.values.slice(-2)]).toEqual([0.25, -0.5]);
  });

  it('names chosen and rejected by row, and leaves ties out of these', () => {
    const { data, decided } = pack(dataset, settings, 1);
    const [first, , third] = pairsOf(dataset);
    expect(decided).toEqual([first!.id, third!.id]);
    expect([...data.chosen].map((row) => data.ids[row])).toEqual([first!.left, third!.right]);
    expect([...data.rejected].map((row) => data.ids[row])).toEqual([first!.right, third!.left]);
  });

  it('has everything that was said as observations, ties included', () => {
    const { observations: all } = pack(dataset, settings, 1).data;
    expect([...all.kind]).toEqual([0, 0, 0, 0]);
    expect([...all.start]).toEqual([0, 2, 4, 6, 8]);
    expect([...all.places]).toEqual([0, 1, 0, 0, 0, 1, 0, 0]);
    const [first, second, third, fourth] = pairsOf(dataset) as [PairComparison, ...PairComparison[]];
    expect([...all.rows].map((row) => dataset.candidates[row]!.id)).toEqual([
      ...[first.left, first.right, second!.left, second!.right],
      ...[third!.right, third!.left, fourth!.left, fourth!.right],
    ]);
    expect([...all.value]).toEqual([0, 0, 0, 0]);
    expect([...all.criterion]).toEqual([-1, -1, -1, -1]);
    expect([...all.heldOut]).toEqual([0, 0, 0, 0]);
  });

  it('has lists best first, ratings about the middle of the scale, strengths as shares, criteria by number', () => {
    const said = { annotator: 'you', source: 'start' } as const;
    const comparisons: Comparison[] = [
      { ...said, id: 7, kind: 'ranking', shown: [3, 1, 2], places: [2, 1, 2], criterion: 'near' },
      { ...said, id: 8, kind: 'best', shown: [4, 5, 6], best: 6 },
      { ...said, id: 9, kind: 'rating', item: 9, score: 4.5 },
      { ...said, id: 10, kind: 'pair', left: 1, right: 2, verdict: 'right', strength: 4, criterion: 'worth' },
      { ...said, id: 11, kind: 'pair', left: 1, right: 2, verdict: 'left', strength: 2, criterion: 'gone' },
      { ...said, id: 12, kind: 'pair', left: 1, right: 2, verdict: 'both-bad' },
    ];
    // Candidate id and row are the same here.
    const { data, decided } = pack({ ...freshDataset(settings), comparisons }, settings, 1);
    const all = data.observations;
    expect([...all.kind]).toEqual([2, 1, 3, 0, 0, 0]);
    expect([...all.start]).toEqual([0, 3, 6, 7, 9, 11, 13]);
    expect([...all.rows]).toEqual([1, 3, 2, 6, 4, 5, 9, 2, 1, 1, 2, 1, 2]);
    expect([...all.places]).toEqual([0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
    expect([...all.value]).toEqual([0, 0, 1.5, 1, Math.fround(1 / 3), 0]);
    expect([...all.criterion]).toEqual([1, -1, -1, 0, -1, -1]);
    expect(decided).toEqual([7, 7, 8, 8, 10, 11]);
    expect([...data.chosen]).toEqual([1, 1, 6, 6, 2, 1]);
    expect([...data.rejected]).toEqual([3, 2, 4, 5, 1, 2]);
    expect([...data.criterion]).toEqual([1, 1, -1, -1, 0, -1]);
  });

  it('marks the pairs that are only for testing', () => {
    const many = fresh({ simulated: 200 });
    const { data } = pack(many, settingsWith({ heldOut: 0.2 }), 1);
    const byId = candidateMap(many);
    expect([...data.heldOut]).toEqual(many.comparisons.map((c) => (isTest(c, byId, 0.2) ? 1 : 0)));
    expect(data.observations.heldOut).toEqual(data.heldOut);
    const tests = [...data.heldOut].filter(Boolean).length;
    expect(tests).toBeGreaterThan(15);
    expect(tests).toBeLessThan(80);
    expect([...pack(many, settings, 1).data.heldOut].some(Boolean)).toBe(false);
  });

  it('is empty, and not broken, without comparisons', () => {
    const { data, decided } = pack(freshDataset(settings), settingsWith(), 1);
    expect([data.chosen.length, data.rejected.length, data.heldOut.length]).toEqual([0, 0, 0]);
    expect([...data.observations.start]).toEqual([0]);
    expect(data.observations.rows).toHaveLength(0);
    expect(decided).toEqual([]);
  });
});
