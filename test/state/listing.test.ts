import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { Comparison } from '../../src/domain/comparison.ts';
import { everything, listed, orders, variety, type Facts, type Query } from '../../src/state/listing.ts';

const byId = new Map<number, Candidate>(
  [1, 2, 3, 12, 123].map((id) => [id, { id, prompt: 0, values: [0, 0], origin: 'start', splitKey: 0.5 }]),
);
const said = { annotator: 'you', source: 'start' } as const;
const comparisons: readonly Comparison[] = [
  { id: 1, kind: 'pair', left: 1, right: 2, verdict: 'left', ...said, annotator: 'simulated' },
  { id: 2, kind: 'pair', left: 12, right: 3, verdict: 'tie', ...said, edited: true },
  { id: 3, kind: 'pair', left: 123, right: 1, verdict: 'right', strength: 4, ...said, note: 'Ask Ada again' },
  { id: 4, kind: 'ranking', shown: [1, 2, 3], places: [1, 2, 3], ...said, annotator: 'group B' },
  { id: 5, kind: 'pair', left: 2, right: 3, verdict: 'both-bad', criterion: 'near', ...said },
  { id: 6, kind: 'rating', item: 12, score: 2, ...said, annotator: 'simulated' },
];
const margins = new Map([
  [1, 0.5],
  [3, -2],
  [4, -0.5],
]);
/** The live model doubts the third; models that were not trained on it doubt the fourth instead. */
const heldOut = new Map([
  [3, 0.2],
  [4, -3],
]);
const facts: Facts = {
  byId,
  labelOf: (criterion) => (criterion === 'near' ? 'nearness' : criterion),
  marginOf: (id) => margins.get(id),
  supportOf: ({ id }) => heldOut.get(id) ?? margins.get(id),
  isHeldOut: ({ id }) => id === 4,
  isUnused: ({ kind }) => kind === 'rating',
};
const ids = (query: Partial<Query>, keep: number | null = null) =>
  listed(comparisons, { ...everything, ...query }, facts, keep).map(({ id }) => id);

describe('the order of the history', () => {
  it.each([
    ['newest', [6, 5, 4, 3, 2, 1]],
    ['oldest', [1, 2, 3, 4, 5, 6]],
    // What has no margin comes last, as it was recorded.
    ['margin', [3, 4, 1, 2, 5, 6]],
    ['doubt', [4, 3, 1, 2, 5, 6]],
    // Of each annotator the newest first.
    ['annotator', [4, 6, 1, 5, 3, 2]],
  ] as const)('%s', (order, expected) => {
    expect(ids({ order })).toEqual(expected);
  });

  it('leaves what it is given as it is', () => {
    const given = Object.freeze([...comparisons]);
    for (const order of orders) listed(given, { ...everything, order }, facts);
    expect(given).toEqual(comparisons);
  });
});

describe('the filters of the history', () => {
  it.each([
    ['held-out', [4]],
    ['doubtful', [4]],
    ['unused', [6]],
    ['edited', [2]],
    ['noted', [3]],
  ] as const)('%s', (trait, expected) => {
    expect(ids({ trait })).toEqual(expected);
  });

  it.each([
    ['#12', [6, 2]],
    ['#1 #2', [4, 1]],
    ['#1 sim', [1]],
    ['ada', [3]],
    ['AGAIN ask', [3]],
    ['much better', [3]],
    ['both bad', [5]],
    ['nearness', [5]],
    ['group b', [4]],
    ['   ', [6, 5, 4, 3, 2, 1]],
    ['nobody', []],
  ])('the words "%s"', (text, expected) => {
    expect(ids({ text })).toEqual(expected);
  });

  it('annotator, kind of question, criterion, and candidates among each other', () => {
    expect(ids({ annotator: 'simulated' })).toEqual([6, 1]);
    expect(ids({ mode: 'ranking' })).toEqual([4]);
    expect(ids({ mode: 'strength' })).toEqual([3]);
    expect(ids({ mode: 'criteria' })).toEqual([5]);
    expect(ids({ criterion: 'near' })).toEqual([5]);
    expect(ids({ within: [1, 2, 3] })).toEqual([5, 4, 1]);
    expect(ids({ within: [1, 2, 3], annotator: 'you' })).toEqual([5]);
  });

  it('what is being edited stays, whatever is asked for', () => {
    expect(ids({ trait: 'doubtful' }, 1)).toEqual([4, 1]);
    expect(ids({ text: 'nobody', order: 'oldest' }, 5)).toEqual([5]);
  });

  it('every order holds the same comparisons, whatever the filter', () => {
    const query = fc.record({
      trait: fc.constantFrom('all', 'held-out', 'doubtful', 'unused', 'edited', 'noted'),
      text: fc.constantFrom('', '#1', 'you', 'sim'),
      annotator: fc.constantFrom(null, 'you', 'simulated'),
    });
    fc.assert(
      fc.property(query, (filter) => {
        const sets = orders.map((order) => ids({ ...filter, order }).sort());
        for (const set of sets) expect(set).toEqual(sets[0]);
      }),
    );
  });

  it('offers what there is', () => {
    expect(variety(comparisons)).toEqual({
      annotators: ['group B', 'simulated', 'you'],
      modes: ['pair', 'strength', 'ranking', 'criteria', 'rating'],
      criteria: ['near'],
    });
  });
});
