import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOf,
  kinds,
  pairObservations,
  pickObservations,
  trainable,
  trainableIndices,
  withFlipped,
  type Observations,
} from '../../src/domain/observations.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import { isUsable } from '../../src/domain/usable.ts';

/** One observation by itself. */
interface Row {
  readonly kind: (typeof kinds)[number];
  readonly rows: readonly number[];
  readonly places: readonly number[];
  readonly value: number;
  readonly criterion: number;
  readonly heldOut: number;
}

function together(all: readonly Row[]): Observations {
  const start = [0];
  for (const { rows } of all) start.push(start.at(-1)! + rows.length);
  return {
    kind: Uint8Array.from(all, ({ kind }) => kinds.indexOf(kind)),
    start: Int32Array.from(start),
    rows: Int32Array.from(all.flatMap(({ rows }) => rows)),
    places: Uint8Array.from(all.flatMap(({ places }) => places)),
    value: Float32Array.from(all, ({ value }) => value),
    criterion: Int8Array.from(all, ({ criterion }) => criterion),
    heldOut: Uint8Array.from(all, ({ heldOut }) => heldOut),
  };
}

const apart = (all: Observations): Row[] =>
  Array.from({ length: countOf(all) }, (_, i) => {
    const [from, to] = [all.start[i]!, all.start[i + 1]!];
    return {
      kind: kinds[all.kind[i]!]!,
      rows: [...all.rows.slice(from, to)],
      places: [...all.places.slice(from, to)],
      value: all.value[i]!,
      criterion: all.criterion[i]!,
      heldOut: all.heldOut[i]!,
    };
  });

const rest = { value: 0, criterion: -1, heldOut: 0 };
const some: readonly Row[] = [
  { ...rest, kind: 'pair', rows: [4, 2], places: [0, 1], value: 0.5, criterion: 1 },
  { ...rest, kind: 'pair', rows: [4, 2], places: [0, 0] },
  { ...rest, kind: 'best', rows: [7, 1, 3], places: [0, 1, 1], heldOut: 1 },
  { ...rest, kind: 'ranking', rows: [9, 8, 7, 6], places: [0, 1, 1, 3] },
  { ...rest, kind: 'ranking', rows: [9, 8], places: [0, 0] },
  { ...rest, kind: 'ranking', rows: [9, 8, 5], places: [0, 0, 1] },
  { ...rest, kind: 'rating', rows: [3], places: [0], value: -1.5, criterion: 0 },
];

const anyRow: fc.Arbitrary<Row> = fc
  .record({ kind: fc.constantFrom(...kinds), length: fc.integer({ min: 2, max: 9 }) })
  .chain(({ kind, length }) => {
    const count = kind === 'rating' ? 1 : kind === 'pair' ? 2 : length;
    const many = { minLength: count, maxLength: count };
    return fc.record({
      kind: fc.constant(kind),
      rows: fc.uniqueArray(fc.nat(500), many),
      places: fc.array(fc.nat(8), many).map((places) => {
        if (kind === 'best') return places.map((_, i) => (i === 0 ? 0 : 1));
        const least = Math.min(...places);
        return places.map((place) => place - least).toSorted((a, b) => a - b);
      }),
      value: fc.float({ min: -2, max: 2, noNaN: true }),
      criterion: fc.integer({ min: -1, max: 2 }),
      heldOut: fc.constantFrom(0, 1),
    });
  });

describe('picking observations', () => {
  it('gives those that were asked for, whole, in that order, again where they were asked for again', () => {
    const picked = pickObservations(together(some), [5, 0, 6, 0]);
    expect(apart(picked)).toEqual([some[5], some[0], some[6], some[0]]);
    expect([...picked.start]).toEqual([0, 3, 5, 6, 8]);
  });

  it('gives none for none', () => {
    const none = pickObservations(together(some), []);
    expect(countOf(none)).toBe(0);
    expect([...none.start]).toEqual([0]);
    expect(none.rows).toHaveLength(0);
  });

  it('leaves what it picks from as it was', () => {
    const all = together(some);
    const picked = pickObservations(all, [3, 2]);
    picked.rows.fill(0);
    picked.places.fill(5);
    expect(apart(all)).toEqual(some);
  });

  it('of any, in any order', () => {
    const asked = fc
      .array(anyRow, { minLength: 1, maxLength: 12 })
      .chain((rows) => fc.record({ rows: fc.constant(rows), at: fc.array(fc.nat(rows.length - 1)) }));
    fc.assert(
      fc.property(asked, ({ rows, at }) => {
        expect(apart(pickObservations(together(rows), at))).toEqual(at.map((i) => rows[i]));
        expect(apart(pickObservations(together(rows), Int32Array.from(at)))).toEqual(at.map((i) => rows[i]));
      }),
    );
  });
});

describe('what is trained on', () => {
  const kept = (patch: Partial<Settings>) =>
    apart(trainable(together(some), { ...defaultSettings, ...patch })).map((row) =>
      some.findIndex(
        ({ kind, rows, places }) =>
          JSON.stringify([kind, rows, places]) === JSON.stringify([row.kind, row.rows, row.places]),
      ),
    );

  it.each<[Partial<Settings>, number[]]>([
    [{}, [0, 3, 5, 6]],
    [{ loss: 'davidson' }, [0, 1, 3, 5, 6]],
    [{ loss: 'hinge', ratingWeight: 0 }, [0, 3, 5]],
    [{ rankingLoss: 'all-pairs' }, [0, 3, 5, 6]],
    [{ rankingLoss: 'best-of-k' }, [0, 3, 6]],
    [{ rankingLoss: 'best-of-k', ratingWeight: 0, loss: 'noise-floor' }, [0, 1, 3]],
  ])('under %j', (patch, expected) => expect(kept(patch)).toEqual(expected));

  it('is what can be used and is not held out, and nothing else', () => {
    const choice = fc.record({
      loss: fc.constantFrom<Settings['loss']>('bradley-terry', 'rao-kupper'),
      rankingLoss: fc.constantFrom<Settings['rankingLoss']>('plackett-luce', 'all-pairs', 'best-of-k'),
      ratingWeight: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), choice, (rows, settings) => {
        const expected = rows.filter(({ kind, places, heldOut }) => {
          const ordered = new Set(places).size > 1;
          const winner = places.length > 1 && places.filter((place) => place === 0).length === 1;
          return heldOut === 0 && isUsable({ kind, ordered, winner }, settings);
        });
        expect(apart(trainable(together(rows), settings))).toEqual(expected);
      }),
    );
  });
});

describe('one turned round', () => {
  const turned = (i: number) => {
    const found = withFlipped(together(some), i);
    return found && apart(found);
  };

  it('has its sides exchanged, its order reversed or its score mirrored; the others stay', () => {
    const others = (rows: readonly Row[], i: number) => rows.filter((_, k) => k !== i);
    for (const [i, row] of [
      [0, { ...some[0]!, rows: [2, 4] }],
      [3, { ...some[3]!, rows: [6, 7, 8, 9], places: [0, 2, 2, 3] }],
      [5, { ...some[5]!, rows: [5, 8, 9], places: [0, 1, 1] }],
      [6, { ...some[6]!, value: 1.5 }],
    ] as const) {
      expect(turned(i)![i]).toEqual(row);
      expect(others(turned(i)!, i)).toEqual(others(some, i));
    }
  });

  it('has no opposite if it is a tie or the best of several', () => {
    expect([1, 2, 4].map(turned)).toEqual([null, null, null]);
  });

  it('twice is as it was, and nothing it is made from changes', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 6 }), fc.nat(), (rows, pick) => {
        const all = together(rows);
        const i = pick % rows.length;
        const once = withFlipped(all, i);
        expect(apart(all)).toEqual(rows);
        if (!once) return;
        const twice = apart(withFlipped(once, i)!);
        // Of those in one place the order is reversed, which means nothing.
        const order = ({ rows: items, places }: Row) =>
          items.map((item, k) => [places[k]!, item]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
        const kept = rows.map(order);
        if (rows[i]!.kind !== 'rating') expect(twice.map(order)).toEqual(kept);
        expect(twice.map(({ value }) => value)).toEqual(rows.map(({ value }) => value));
      }),
    );
  });
});

it('the indices of what is trained on are those of what is picked', () => {
  const all = together(some);
  expect(apart(pickObservations(all, trainableIndices(all, defaultSettings)))).toEqual(
    apart(trainable(all, defaultSettings)),
  );
});

describe('plain pairs as observations', () => {
  it('have the chosen one first', () => {
    expect(apart(pairObservations([5, 1], Int32Array.of(2, 9)))).toEqual([
      { ...rest, kind: 'pair', rows: [5, 2], places: [0, 1] },
      { ...rest, kind: 'pair', rows: [1, 9], places: [0, 1] },
    ]);
    expect(countOf(pairObservations([], []))).toBe(0);
  });
});
