import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyRanking,
  moved,
  orderedBy,
  placesOf,
  rankingOf,
  tieToggled,
  toggled,
  type Ranking,
} from '../../../src/views/preferences/ranking.ts';

const shown = [10, 20, 30, 40];
const pressed = (...items: number[]) => items.reduce(toggled, emptyRanking);
const places = (ranking: Ranking) => placesOf(ranking, shown);

describe('a ranking by digits', () => {
  it('gives places in the order of the presses; the one that is left over comes last', () => {
    expect(places(pressed(30, 10, 40, 20))).toEqual([2, 4, 1, 3]);
    expect(places(pressed(30, 10, 40))).toEqual([2, 4, 1, 3]);
    expect(places(pressed(30, 10))).toBeNull();
    expect(orderedBy(pressed(30), shown)).toEqual([30, 10, 20, 40]);
  });

  it('a second press takes the place back', () => {
    expect(pressed(30, 10, 30)).toEqual(pressed(10));
  });

  it('ties share a place, and the next place is left out', () => {
    expect(places(tieToggled(pressed(30, 10, 40, 20), shown, 10))).toEqual([1, 4, 1, 3]);
    const three = tieToggled(tieToggled(pressed(30, 10, 40, 20), shown, 10), shown, 40);
    expect(places(three)).toEqual([1, 4, 1, 1]);
    expect(places(tieToggled(three, shown, 10))).toEqual([2, 4, 1, 2]);
  });

  it('the first one has nobody to be tied with', () => {
    expect(tieToggled(pressed(30, 10), shown, 30)).toEqual(pressed(30, 10));
  });

  it('who was tied with one that is taken out keeps the place of the others', () => {
    const tied = tieToggled(tieToggled(pressed(10, 20, 30), shown, 20), shown, 30);
    expect(toggled(tied, 20)).toEqual([
      { item: 10, tied: false },
      { item: 30, tied: true },
    ]);
    expect(toggled(tied, 10)).toEqual([
      { item: 20, tied: false },
      { item: 30, tied: true },
    ]);
    const pair = tieToggled(pressed(10, 20, 30), shown, 30);
    expect(toggled(pair, 20)).toEqual(pressed(10, 30));
  });
});

describe('a ranking by moving', () => {
  it('all that stands in the list has a place then', () => {
    expect(places(moved(emptyRanking, shown, 30, 0))).toEqual([2, 3, 1, 4]);
    expect(places(moved(pressed(40), shown, 10, 3))).toEqual([4, 2, 3, 1]);
    expect(places(moved(emptyRanking, shown, 10, 99))).toEqual([4, 1, 2, 3]);
  });

  it('between two that are tied it joins them; out of a tie the others stay tied', () => {
    const tied = tieToggled(pressed(10, 20, 30, 40), shown, 30);
    expect(places(moved(tied, shown, 40, 2))).toEqual([1, 2, 2, 2]);
    expect(places(moved(tied, shown, 40, 1))).toEqual([1, 3, 3, 2]);
    expect(places(moved(tied, shown, 20, 3))).toEqual([1, 4, 2, 3]);
  });
});

describe('any ranking', () => {
  const actions = fc.array(
    fc.tuple(
      fc.constantFrom('press', 'move', 'tie'),
      fc.constantFrom(...shown),
      fc.integer({ min: -1, max: 5 }),
    ),
    { maxLength: 20 },
  );

  it('holds nothing twice, starts without a tie, and reads back what it says', () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const ranking = steps.reduce<Ranking>((now, [what, item, to]) => {
          if (what === 'press') return toggled(now, item);
          return what === 'move' ? moved(now, shown, item, to) : tieToggled(now, shown, item);
        }, emptyRanking);
        expect(new Set(ranking.map(({ item }) => item)).size).toBe(ranking.length);
        expect(ranking[0]?.tied ?? false).toBe(false);
        expect([...orderedBy(ranking, shown)].sort()).toEqual(shown);
        const said = places(ranking);
        if (said) expect(places(rankingOf(shown, said))).toEqual(said);
      }),
    );
  });
});
