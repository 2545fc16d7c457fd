import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  intransitiveTriads,
  likelyWrong,
  positionBias,
  ratingsOf,
  repeatedPairs,
  type Judgement,
} from '../../src/domain/consistency.ts';
import { krippendorffAlpha } from '../../src/domain/agreement.ts';

const beats = (winner: number, loser: number): Judgement => ({ left: winner, right: loser, verdict: 'left' });

const judgement: fc.Arbitrary<Judgement> = fc.record({
  left: fc.nat(7),
  right: fc.nat(7),
  verdict: fc.constantFrom('left', 'right', 'tie'),
});
const judgements = fc.array(judgement, { maxLength: 40 });
/** The same answers with the sides exchanged. */
const turned = (list: readonly Judgement[]): Judgement[] =>
  list.map(({ left, right, verdict }) => ({
    left: right,
    right: left,
    verdict: verdict === 'tie' ? 'tie' : verdict === 'left' ? 'right' : 'left',
  }));

/** Every three, one by one. */
function triadsByHand(list: readonly Judgement[]) {
  const net = (a: number, b: number) =>
    list.reduce((sum, { left, right, verdict }) => {
      if (verdict === 'tie') return sum;
      const sign = verdict === 'left' ? 1 : -1;
      return sum + (left === a && right === b ? sign : left === b && right === a ? -sign : 0);
    }, 0);
  let [count, decided] = [0, 0];
  for (let a = 0; a < 8; a++)
    for (let b = a + 1; b < 8; b++)
      for (let c = b + 1; c < 8; c++) {
        const signs = [net(a, b), net(b, c), net(c, a)].map(Math.sign);
        if (signs.includes(0)) continue;
        decided += 1;
        if (Math.abs(signs[0]! + signs[1]! + signs[2]!) === 3) count += 1;
      }
  return { count, decided };
}

describe('intransitive triads', () => {
  it('are found, in the order in which each was preferred to the next', () => {
    const found = intransitiveTriads([beats(5, 2), beats(2, 9), beats(9, 5), beats(2, 3), beats(5, 3)]);
    expect(found).toEqual({ listed: [[2, 9, 5]], count: 1, decided: 2 });
  });

  it('are those that one finds by looking at every three', () => {
    fc.assert(
      fc.property(judgements, (list) => {
        const { count, decided, listed } = intransitiveTriads(list);
        expect({ count, decided }).toEqual(triadsByHand(list));
        expect(listed).toHaveLength(count);
        for (const [a, b, c] of listed) {
          const three = list.filter(
            ({ left, right }) => [a, b, c].includes(left) && [a, b, c].includes(right),
          );
          expect(intransitiveTriads(three).count).toBe(1);
        }
        expect(intransitiveTriads(turned(list)).count).toBe(count);
      }),
    );
  });

  it('are listed up to a number and counted beyond it', () => {
    const cycles = Array.from({ length: 30 }, (_, k) => [
      beats(3 * k, 3 * k + 1),
      beats(3 * k + 1, 3 * k + 2),
      beats(3 * k + 2, 3 * k),
    ]).flat();
    const { listed, count } = intransitiveTriads(cycles, 10);
    expect(listed).toHaveLength(10);
    expect(count).toBe(30);
  });

  it('never come from one hidden order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 100 }), (pairs) => {
        const list = pairs.map(([a, b]) => beats(Math.max(a, b), Math.min(a, b)));
        expect(intransitiveTriads(list).count).toBe(0);
      }),
    );
  });
});

describe('repeated pairs', () => {
  it('agree where the same candidate was preferred, whatever its side', () => {
    const list = [
      beats(1, 2),
      { left: 2, right: 1, verdict: 'right' } as const,
      beats(3, 4),
      beats(4, 3),
      beats(5, 6),
    ];
    const { pairs, agreement } = repeatedPairs(list);
    expect(pairs).toBe(2);
    expect(agreement).toMatchObject({ count: 1, of: 2, share: 0.5 });
    expect(repeatedPairs([beats(1, 2)]).agreement.share).toBeNaN();
  });

  it('do not change with the sides', () => {
    fc.assert(
      fc.property(judgements, (list) => {
        const apart = list.filter(({ left, right }) => left !== right);
        expect(repeatedPairs(turned(apart))).toEqual(repeatedPairs(apart));
      }),
    );
  });
});

describe('the position bias', () => {
  it('is the share of left among the decided, with its interval', () => {
    const list = [beats(1, 2), beats(2, 1), beats(3, 4), { left: 1, right: 4, verdict: 'right' } as const];
    const bias = positionBias([...list, { left: 1, right: 2, verdict: 'tie' }]);
    expect(bias).toMatchObject({ count: 3, of: 4, share: 0.75 });
    expect(bias.low).toBeCloseTo(0.3006, 4);
    expect(bias.high).toBeCloseTo(0.9544, 4);
  });

  it('turns with the sides', () => {
    fc.assert(
      fc.property(judgements, (list) => {
        const [one, other] = [positionBias(list), positionBias(turned(list))];
        expect(other.count).toBe(one.of - one.count);
      }),
    );
  });
});

it('labels are likely wrong where the model is sure of the other one, the surest first', () => {
  const margins = new Map([
    ['a', 2],
    ['b', -1.5],
    ['c', -0.5],
    ['d', -4],
  ]);
  expect(likelyWrong(margins)).toEqual([
    { id: 'd', margin: -4 },
    { id: 'b', margin: -1.5 },
  ]);
  expect(likelyWrong(margins, 0).map(({ id }) => id)).toEqual(['d', 'b', 'c']);
});

it('the judgements of annotators become ratings of pairs, whatever the sides', () => {
  const by = (annotator: string, judgement: Judgement) => ({ ...judgement, annotator });
  const list = [
    by('ann', beats(1, 2)),
    by('ben', { left: 2, right: 1, verdict: 'right' }),
    by('ann', beats(4, 3)),
    by('ben', { left: 3, right: 4, verdict: 'tie' }),
    by('ben', beats(5, 6)),
    by('ann', beats(3, 4)),
  ];
  const { annotators, ratings } = ratingsOf(list);
  expect(annotators).toEqual(['ann', 'ben']);
  expect(ratings).toEqual([
    [1, 1, null],
    [1, 0, 1],
  ]);
  expect(krippendorffAlpha(ratings, 'nominal')).toBeCloseTo(0, 12);
});
