import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/comparison.ts';
import { defaultSettings, settingsTable, type Settings } from '../../src/domain/settings.ts';
import { answerOf, isUsable, tieLosses, unusedBecause } from '../../src/domain/usable.ts';

const said = { id: 1, annotator: 'you', source: 'start' } as const;
const pair = { ...said, kind: 'pair', left: 1, right: 2 } as const;
const list = { ...said, kind: 'ranking', shown: [1, 2, 3] } as const;
const all = {
  won: { ...pair, verdict: 'right' },
  tie: { ...pair, verdict: 'tie' },
  bothBad: { ...pair, verdict: 'both-bad' },
  best: { ...said, kind: 'best', shown: [1, 2, 3], best: 2 },
  order: { ...list, places: [3, 1, 2] },
  sharedWin: { ...list, places: [1, 3, 1] },
  sharedRest: { ...list, places: [2, 1, 2] },
  allTied: { ...list, places: [2, 2, 2] },
  rating: { ...said, kind: 'rating', item: 1, score: 4 },
} as const satisfies Record<string, Comparison>;

const choose = (patch: Partial<Settings> = {}): Settings => ({ ...defaultSettings, ...patch });
const reasons = (patch: Partial<Settings>) =>
  Object.fromEntries(
    Object.entries(all)
      .map(([name, comparison]) => [name, unusedBecause(comparison, choose(patch))] as const)
      .filter(([, reason]) => reason !== null),
  );

describe('an answer', () => {
  it.each([
    ['won', 'pair', true, true],
    ['tie', 'pair', false, false],
    ['bothBad', 'pair', false, false],
    ['best', 'best', true, true],
    ['order', 'ranking', true, true],
    ['sharedWin', 'ranking', true, false],
    ['sharedRest', 'ranking', true, true],
    ['allTied', 'ranking', false, false],
    ['rating', 'rating', false, false],
  ] as const)('%s: a %s, ordered: %s, one before all others: %s', (name, kind, ordered, winner) => {
    expect(answerOf(all[name])).toEqual({ kind, ordered, winner });
  });
});

describe('what training leaves aside, and why', () => {
  const ties = {
    tie: 'this loss learns nothing from ties',
    bothBad: 'this loss learns nothing from ties',
  };
  const tied = { allTied: 'everything is tied' };

  it.each(settingsTable.loss.options)('under the loss %s', (loss) => {
    const expected = tieLosses.includes(loss) ? tied : { ...ties, ...tied };
    expect(reasons({ loss })).toEqual(expected);
  });

  it('the losses that know ties are those that are made for them', () => {
    expect(tieLosses).toEqual(['noise-floor', 'davidson', 'rao-kupper']);
  });

  it.each([
    ['plackett-luce', tied],
    ['all-pairs', tied],
    ['best-of-k', { sharedWin: 'several came first', allTied: 'several came first' }],
  ] as const)('of rankings, under %s', (rankingLoss, expected) => {
    expect(reasons({ rankingLoss, loss: 'davidson' })).toEqual(expected);
  });

  it('ratings where they have no weight', () => {
    expect(reasons({ ratingWeight: 0, loss: 'davidson' })).toEqual({
      ...tied,
      rating: 'ratings have no weight',
    });
    expect(reasons({ ratingWeight: 0.001, loss: 'davidson' })).toEqual(tied);
  });

  it('a reason is there exactly where it cannot be used', () => {
    for (const loss of settingsTable.loss.options)
      for (const rankingLoss of settingsTable.rankingLoss.options)
        for (const ratingWeight of [0, 1])
          for (const comparison of Object.values<Comparison>(all)) {
            const settings = choose({ loss, rankingLoss, ratingWeight });
            expect(unusedBecause(comparison, settings) === null).toBe(
              isUsable(answerOf(comparison), settings),
            );
          }
  });
});
