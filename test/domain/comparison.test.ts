import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkComparison,
  chosenOf,
  decidedPairs,
  flipped,
  isDecided,
  itemsOf,
  orderOf,
  rejectedOf,
  spelledOut,
  type Comparison,
  type PairComparison,
  type Statement,
  type Verdict,
} from '../../src/domain/comparison.ts';

type Of<Kind extends Comparison['kind']> = Extract<Comparison, { kind: Kind }>;

const recorded = { id: 1, annotator: 'you', source: 'start' } as const;
const asked = { ...recorded, kind: 'pair', left: 10, right: 20 } as const;
const comparison = (verdict: Verdict): PairComparison => ({ ...asked, verdict });
const best: Of<'best'> = { ...recorded, kind: 'best', shown: [3, 1, 2], best: 1 };
const ranking = (shown: number[], places: number[]): Of<'ranking'> => ({
  ...recorded,
  kind: 'ranking',
  shown,
  places,
});
const rating = (score: number): Of<'rating'> => ({ ...recorded, kind: 'rating', item: 5, score });

/** Two to nine different candidates. */
const list = fc.uniqueArray(fc.nat(10_100), { minLength: 2, maxLength: 9 });
const anyPair = fc
  .record({
    shown: fc.uniqueArray(fc.nat(10_100), { minLength: 2, maxLength: 2 }),
    verdict: fc.constantFrom<Verdict>('left', 'right', 'tie', 'both-bad'),
  })
  .map(({ shown, verdict }): Comparison => ({ ...asked, left: shown[0]!, right: shown[1]!, verdict }));
const anyBest = list
  .chain((shown) => fc.record({ shown: fc.constant(shown), best: fc.constantFrom(...shown) }))
  .map((said): Comparison => ({ ...recorded, kind: 'best', ...said }));
const anyRanking = list
  .chain((shown) => {
    const place = fc.integer({ min: 1, max: shown.length });
    const places = fc.array(place, { minLength: shown.length, maxLength: shown.length });
    return fc.record({ shown: fc.constant(shown), places });
  })
  .map(({ shown, places }) => ranking(shown, places));
const anyRating = fc.double({ min: 1, max: 5, noNaN: true }).map(rating);
const any = fc.oneof(anyPair, anyBest, anyRanking, anyRating);

describe('a pair', () => {
  it.each([
    ['left', 10, 20, true],
    ['right', 20, 10, true],
    ['tie', 10, 20, false],
    ['both-bad', 10, 20, false],
  ] as const)('%s: chosen %i, rejected %i, decided: %s', (verdict, chosen, rejected, decided) => {
    expect(chosenOf(comparison(verdict))).toBe(chosen);
    expect(rejectedOf(comparison(verdict))).toBe(rejected);
    expect(isDecided(comparison(verdict))).toBe(decided);
  });

  it('turned round prefers the other side, and knows that a hand did it', () => {
    expect(flipped(comparison('left'))).toEqual({ ...asked, verdict: 'right', edited: true });
    expect(flipped(comparison('right'))).toEqual({ ...asked, verdict: 'left', edited: true });
    expect(flipped(comparison('tie')).verdict).toBe('tie');
    expect(flipped(comparison('both-bad')).verdict).toBe('both-bad');
  });

  it('turned round is as strong as before, and keeps what else belongs to it', () => {
    const whole = { ...comparison('left'), strength: 3, criterion: 'near', note: 'sure', draw: 4 } as const;
    expect(flipped(whole)).toEqual({ ...whole, verdict: 'right', edited: true });
  });

  it('turned round twice says what it said, and the sides stay where they were shown', () => {
    const twice = flipped(flipped(comparison('left')));
    expect(twice).toMatchObject(comparison('left'));
  });

  it('turned round leaves the original as it was', () => {
    const original = Object.freeze(comparison('left'));
    flipped(original);
    expect(original).toEqual(comparison('left'));
  });
});

describe('what was shown, and in which order it was put', () => {
  it.each<[string, Comparison, number[], number[], number[], [number, number][]]>([
    ['left', comparison('left'), [10, 20], [10, 20], [0, 1], [[10, 20]]],
    ['right', comparison('right'), [10, 20], [20, 10], [0, 1], [[20, 10]]],
    ['a tie', comparison('tie'), [10, 20], [10, 20], [0, 0], []],
    ['both bad', comparison('both-bad'), [10, 20], [10, 20], [0, 0], []],
    [
      'the best of three',
      best,
      [3, 1, 2],
      [1, 3, 2],
      [0, 1, 1],
      [
        [1, 3],
        [1, 2],
      ],
    ],
    [
      'a ranking',
      ranking([7, 8, 9], [3, 1, 2]),
      [7, 8, 9],
      [8, 9, 7],
      [0, 1, 2],
      [
        [8, 9],
        [8, 7],
        [9, 7],
      ],
    ],
    [
      'a ranking with a tie',
      ranking([7, 8, 9], [2, 1, 2]),
      [7, 8, 9],
      [8, 7, 9],
      [0, 1, 1],
      [
        [8, 7],
        [8, 9],
      ],
    ],
    ['a ranking without a winner', ranking([7, 8], [2, 2]), [7, 8], [7, 8], [0, 0], []],
    ['a ranking that begins at 2', ranking([7, 8], [3, 2]), [7, 8], [8, 7], [0, 1], [[8, 7]]],
    ['a rating', rating(4), [5], [5], [0], []],
  ])('%s', (_, said, shown, order, places, pairs) => {
    expect(itemsOf(said)).toEqual(shown);
    expect(orderOf(said)).toEqual({ items: order, places });
    expect(decidedPairs(said)).toEqual(pairs);
  });

  it('has everything that was shown once, places that never fall, and 0 for the best', () => {
    fc.assert(
      fc.property(any, (said) => {
        const { items, places } = orderOf(said);
        expect(items.toSorted()).toEqual(itemsOf(said).toSorted());
        expect(places).toHaveLength(items.length);
        expect(places[0]).toBe(0);
        expect(places.every((place, i) => i === 0 || place >= places[i - 1]!)).toBe(true);
      }),
    );
  });

  it('never decides between an item and itself, nor one pair both ways', () => {
    fc.assert(
      fc.property(any, (said) => {
        const shown = itemsOf(said);
        const pairs = decidedPairs(said);
        for (const [chosen, rejected] of pairs) {
          expect(chosen).not.toBe(rejected);
          expect(shown).toContain(chosen);
          expect(shown).toContain(rejected);
        }
        const keys = pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join());
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('decides every pair of a ranking with different places', () => {
    fc.assert(
      fc.property(anyRanking, (said) => {
        const expected = said.shown.flatMap((a, i) =>
          said.shown.flatMap((b, j) => (said.places[i]! < said.places[j]! ? [`${a} over ${b}`] : [])),
        );
        expect(
          decidedPairs(said)
            .map(([a, b]) => `${a} over ${b}`)
            .toSorted(),
        ).toEqual(expected.toSorted());
      }),
    );
  });
});

describe('turned round', () => {
  it('a ranking has its order reversed', () => {
    expect(flipped(ranking([7, 8, 9], [3, 1, 2]))).toEqual({
      ...ranking([7, 8, 9], [1, 3, 2]),
      edited: true,
    });
    expect(orderOf(flipped(ranking([7, 8, 9], [2, 1, 2])))).toEqual({ items: [7, 9, 8], places: [0, 0, 1] });
  });

  it.each([
    [1, 5],
    [2, 4],
    [3, 3],
    [4.5, 1.5],
  ])('a rating of %d is one of %d', (score, other) => {
    expect(flipped(rating(score))).toEqual({ ...rating(other), edited: true });
  });

  it('the best of several has no opposite, and stays the very same', () => {
    expect(flipped(best)).toBe(best);
  });

  it('decides every pair the other way', () => {
    fc.assert(
      fc.property(fc.oneof(anyPair, anyRanking), (said) => {
        const keys = (pairs: (readonly [number, number])[]) => pairs.map((pair) => pair.join()).toSorted();
        const opposite = decidedPairs(said).map(([chosen, rejected]) => [rejected, chosen] as const);
        expect(keys(decidedPairs(flipped(said)))).toEqual(keys(opposite));
      }),
    );
  });

  it('twice, it says what it said, about what was shown', () => {
    fc.assert(
      fc.property(any, (said) => {
        const twice = flipped(flipped(said));
        expect(itemsOf(twice)).toEqual(itemsOf(said));
        expect(orderOf(twice).items).toEqual(orderOf(said).items);
        expect(decidedPairs(twice)).toEqual(decidedPairs(said));
        if (said.kind === 'pair') expect(twice).toEqual({ ...said, edited: true });
        if (said.kind === 'rating') expect((twice as Of<'rating'>).score).toBeCloseTo(said.score, 12);
      }),
    );
  });

  it('is still something that can be recorded', () => {
    fc.assert(fc.property(any, (said) => checkComparison(flipped(said), () => true)));
  });
});

describe('what can be recorded', () => {
  const known = (id: number) => id >= 1 && id <= 30;
  const pair = { kind: 'pair', left: 1, right: 2, verdict: 'left' } as const;
  const of = (shown: unknown, places: unknown) => ({ kind: 'ranking', shown, places });
  const tooMany = Array.from({ length: 10 }, (_, i) => i + 1);

  it.each<Statement>([
    pair,
    { ...pair, strength: 1 },
    { ...pair, verdict: 'right', strength: 4, criterion: 'near' },
    { ...pair, verdict: 'tie' },
    { ...pair, verdict: 'both-bad' },
    { kind: 'best', shown: [1, 2], best: 2 },
    { kind: 'ranking', shown: [1, 2, 3], places: [1, 1, 1] },
    { kind: 'ranking', shown: tooMany.slice(1), places: tooMany.slice(0, 9) },
    { kind: 'rating', item: 30, score: 1 },
    { kind: 'rating', item: 30, score: 5 },
    { kind: 'rating', item: 30, score: 2.5 },
  ])('%j', (said) => expect(() => checkComparison(said, known)).not.toThrow());

  it.each<[unknown, string]>([
    [{ ...pair, left: 31 }, 'There is no candidate with the id 31. See playground.candidates().'],
    [{ ...pair, right: undefined }, 'There is no candidate with the id undefined.'],
    [{ kind: 'rating', item: 0, score: 3 }, 'There is no candidate with the id 0.'],
    [of([1, 99, 2], [1, 2, 3]), 'There is no candidate with the id 99.'],
    [{ kind: 'best', shown: [1, -1], best: 1 }, 'There is no candidate with the id -1.'],

    [{ ...pair, right: 1 }, 'A candidate cannot be compared with itself (id 1).'],
    [{ ...pair, verdict: 'top' }, 'A verdict is one of left, right, tie, both-bad, but got "top".'],
    [{ ...pair, verdict: 'toString' }, 'but got "toString".'],
    [{ ...pair, verdict: undefined }, 'but got undefined.'],
    [
      { ...pair, strength: 5 },
      'A strength is a whole number from 1 (hardly better) to 4 (much better), but got 5.',
    ],
    [{ ...pair, strength: 0 }, 'but got 0.'],
    [{ ...pair, strength: 1.5 }, 'but got 1.5.'],
    [{ ...pair, strength: '2' }, 'A strength is a whole number from 1 (hardly better)'],
    [{ ...pair, strength: NaN }, 'but got NaN.'],
    [{ ...pair, verdict: 'tie', strength: 2 }, 'A tie has no strength: leave it out, or choose a side.'],
    [{ ...pair, verdict: 'both-bad', strength: 2 }, 'A tie has no strength'],

    [{ kind: 'best', shown: [1, 2, 3], best: 4 }, 'The best one (id 4) is not among those shown: 1, 2, 3.'],
    [{ kind: 'best', shown: [1], best: 1 }, 'A ranking takes 2 to 9 candidates, but got 1.'],
    [
      { kind: 'best', shown: [1, 2, 1], best: 2 },
      'A ranking cannot hold a candidate twice: id 1 is in it more than once.',
    ],
    [{ kind: 'best', best: 1 }, 'A best of several needs "shown": a list of candidate ids.'],

    [of(tooMany, tooMany), 'A ranking takes 2 to 9 candidates, but got 10.'],
    [of([], []), 'A ranking takes 2 to 9 candidates, but got 0.'],
    [of([4, 5, 5], [1, 2, 3]), 'id 5 is in it more than once.'],
    [of([1, 2, 3], [1, 2]), 'A ranking of 3 needs 3 places, but got 2.'],
    [of([1, 2], [0, 1]), 'A place is a whole number from 1 (best) to 2, but got 0.'],
    [of([1, 2], [1, 3]), 'A place is a whole number from 1 (best) to 2, but got 3.'],
    [of([1, 2], [1, 1.5]), 'but got 1.5.'],
    [of([1, 2], [1, NaN]), 'but got NaN.'],
    [of('12', [1, 2]), 'A ranking needs "shown": a list of candidate ids.'],
    [
      of([1, 2], undefined),
      'A ranking needs "places": the place of each shown candidate, from 1 for the best.',
    ],

    [{ kind: 'rating', item: 1, score: 0.9 }, 'A rating is a number from 1 to 5, but got 0.9.'],
    [{ kind: 'rating', item: 1, score: 6 }, 'A rating is a number from 1 to 5, but got 6.'],
    [{ kind: 'rating', item: 1, score: NaN }, 'A rating is a number from 1 to 5, but got'],
    [{ kind: 'rating', item: 1, score: '4' }, 'A rating is a number from 1 to 5, but got "4".'],
    [{ kind: 'rating', item: 1 }, 'A rating is a number from 1 to 5, but got undefined.'],

    [
      { left: 1, right: 2, verdict: 'left' },
      'A comparison is of the kind pair, best, ranking or rating, but got undefined.',
    ],
    [{ ...pair, kind: 'duel' }, 'but got "duel".'],
    [null, 'A comparison is of the kind pair, best, ranking or rating, but got undefined.'],
    ['left', 'A comparison is of the kind pair, best, ranking or rating, but got undefined.'],
  ])('not %j: %s', (said, sentence) => {
    expect(() => checkComparison(said as Statement, known)).toThrow(sentence);
  });

  it('is anything in range', () => {
    fc.assert(fc.property(any, (said) => checkComparison(said, () => true)));
  });
});

describe('spelled out for scripts and files', () => {
  it('a pair says who was chosen and who was not, and nobody where nothing won', () => {
    expect(spelledOut(comparison('right'))).toEqual({ ...comparison('right'), chosen: 20, rejected: 10 });
    for (const verdict of ['tie', 'both-bad'] as const)
      expect(spelledOut(comparison(verdict))).toEqual({
        ...comparison(verdict),
        chosen: null,
        rejected: null,
      });
  });

  it.each<Comparison>([best, ranking([7, 8], [2, 1]), rating(4)])(
    '$kind: a copy down to its lists',
    (said) => {
      const before = structuredClone(said);
      const copy = spelledOut(said);
      expect(copy).toEqual(said);
      if ('shown' in copy) (copy.shown as number[]).push(99);
      if ('places' in copy) (copy.places as number[])[0] = 99;
      expect(said).toEqual(before);
    },
  );
});
