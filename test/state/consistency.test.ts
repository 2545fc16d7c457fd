import { describe, expect, it } from 'vitest';
import type { Comparison, NewComparison, Verdict } from '../../src/domain/comparison.ts';
import { agreementIn, cyclesIn, repeatsIn, sidesIn } from '../../src/state/consistency.ts';

const recorded = (all: readonly NewComparison[]): Comparison[] =>
  all.map((one, i) => ({ ...one, id: i + 1 }));
const pair = (
  left: number,
  right: number,
  verdict: Verdict,
  annotator = 'you',
  criterion?: string,
): NewComparison => ({
  kind: 'pair',
  left,
  right,
  verdict,
  annotator,
  source: 'start',
  ...(criterion === undefined ? {} : { criterion }),
});

describe('cycles', () => {
  const cycle = [pair(1, 2, 'left'), pair(2, 3, 'left'), pair(1, 3, 'right')];

  it('are found in pairs, rankings and bests of several together', () => {
    expect(cyclesIn(recorded(cycle), null)).toEqual({
      listed: [{ items: [1, 2, 3], criterion: null }],
      count: 1,
      decided: 1,
    });
    const lists = recorded([
      { kind: 'ranking', shown: [3, 1, 2], places: [3, 1, 2], annotator: 'you', source: 'start' },
      { kind: 'best', shown: [3, 1], best: 3, annotator: 'you', source: 'start' },
      { kind: 'best', shown: [1, 3], best: 3, annotator: 'you', source: 'start' },
    ]);
    expect(cyclesIn(lists, null).listed).toEqual([{ items: [1, 2, 3], criterion: null }]);
  });

  it('are not made of answers by different criteria', () => {
    const mixed = cycle.map((one, i) => ({ ...one, criterion: ['a', 'b', 'a'][i]! }));
    expect(cyclesIn(recorded(mixed), null)).toEqual({ listed: [], count: 0, decided: 0 });
    const by = cycle.map((one) => ({ ...one, criterion: 'b' }));
    expect(cyclesIn(recorded([pair(8, 9, 'left', 'you', 'a'), ...by]), null).listed).toEqual([
      { items: [1, 2, 3], criterion: 'b' },
    ]);
  });

  it('of one annotator are that one’s alone', () => {
    const two = recorded(cycle.map((one, i) => ({ ...one, annotator: i < 2 ? 'Ada' : 'Ben' })));
    expect(cyclesIn(two, null).count).toBe(1);
    expect(cyclesIn(two, 'Ada').count).toBe(0);
  });
});

describe('asked again', () => {
  it('counts what one annotator answered again by the same criterion, whichever side it was on', () => {
    const all = recorded([
      pair(1, 2, 'left'),
      pair(2, 1, 'right'),
      pair(1, 2, 'right'),
      pair(1, 2, 'left', 'Ada'),
      pair(1, 2, 'left', 'you', 'near'),
      pair(3, 4, 'tie'),
      pair(3, 4, 'both-bad'),
    ]);
    const { pairs, agreement } = repeatsIn(all, null);
    expect(pairs).toBe(2);
    // Three answers about one pair are three twos, of which one agrees; the ties agree.
    expect([agreement.count, agreement.of]).toEqual([2, 4]);
    expect(repeatsIn(all, 'Ada').pairs).toBe(0);
  });
});

describe('sides', () => {
  it('a question that several answered counts once, by majority', () => {
    const names = ['Ada', 'Ben', 'Cleo'];
    const all = recorded([
      ...names.map((name) => pair(1, 2, 'left', name)),
      ...names.map((name, i) => pair(3, 4, i === 0 ? 'left' : 'right', name)),
      ...names.slice(0, 2).map((name, i) => pair(5, 6, i === 0 ? 'left' : 'right', name)),
      pair(7, 8, 'both-bad'),
      { kind: 'best', shown: [1, 2], best: 1, annotator: 'you', source: 'start' },
    ]);
    expect(sidesIn(all, null)).toMatchObject({ count: 1, of: 2, share: 0.5 });
    expect(sidesIn(all, 'Ada')).toMatchObject({ count: 3, of: 3 });
  });
});

describe('agreement', () => {
  it('of nobody, and of one alone, is not defined', () => {
    expect(agreementIn([])).toMatchObject({
      annotators: [],
      shared: 0,
      cohen: null,
      fleiss: null,
      alpha: NaN,
    });
    expect(agreementIn(recorded([pair(1, 2, 'left'), pair(1, 2, 'left')]))).toMatchObject({ shared: 0 });
  });

  it('of two is by what they both answered, whichever side it was on', () => {
    const all = recorded([
      ...[1, 3, 5, 7].map((id) => pair(id, id + 1, id < 5 ? 'left' : 'right', 'Ada')),
      ...[1, 3, 5, 7].map((id) => pair(id + 1, id, id < 5 ? 'right' : 'left', 'Ben')),
      pair(9, 10, 'left', 'Ben'),
    ]);
    const { shared, cohen, fleiss, alpha } = agreementIn(all);
    expect(shared).toBe(4);
    expect(cohen).toEqual({ who: ['Ada', 'Ben'], kappa: 1 });
    expect(fleiss).toEqual({ raters: 2, questions: 4, kappa: 1 });
    expect(alpha).toBe(1);
  });

  it('takes the two with the most in common, and the most common number of answers', () => {
    const all = recorded([
      ...[1, 3, 5, 7].flatMap((id) => [
        pair(id, id + 1, id === 7 ? 'right' : 'left', 'Ada'),
        pair(id, id + 1, id >= 5 ? 'right' : 'left', 'Ben'),
      ]),
      pair(1, 2, 'left', 'Cleo'),
    ]);
    const { cohen, fleiss } = agreementIn(all);
    expect(cohen!.who).toEqual(['Ada', 'Ben']);
    // Three of four alike; by chance 3/4 · 2/4 + 1/4 · 2/4 = 1/2.
    expect(cohen!.kappa).toBeCloseTo(0.5, 12);
    expect([fleiss!.raters, fleiss!.questions]).toEqual([2, 3]);
  });

  it('keeps criteria apart, and reads rankings as their pairs', () => {
    const ranking = (annotator: string, places: number[]): NewComparison => ({
      kind: 'ranking',
      shown: [1, 2, 3],
      places,
      annotator,
      source: 'start',
    });
    expect(agreementIn(recorded([ranking('Ada', [1, 2, 3]), ranking('Ben', [1, 2, 2])])).shared).toBe(3);
    const criteria = recorded([pair(1, 2, 'left', 'Ada', 'a'), pair(1, 2, 'left', 'Ben', 'b')]);
    expect(agreementIn(criteria).shared).toBe(0);
  });
});
