import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohenKappa, fleissKappa, krippendorffAlpha, type Level } from '../../src/domain/agreement.ts';

/** The textbook example: 10 subjects, 14 raters, 5 categories. */
const textbook = [
  [0, 0, 0, 0, 14],
  [0, 2, 6, 4, 2],
  [0, 0, 3, 5, 6],
  [0, 3, 9, 2, 0],
  [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0],
  [3, 2, 6, 3, 0],
  [2, 5, 3, 2, 2],
  [6, 5, 2, 1, 0],
  [0, 2, 2, 3, 7],
];

/** Fleiss 1971: 30 patients, each diagnosed by 6 psychiatrists as 1 to 5. */
const diagnoses =
  '444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555'
    .split(' ')
    .map((patient) => [1, 2, 3, 4, 5].map((d) => [...patient].filter((label) => Number(label) === d).length));

/** Near each other, or both undefined. */
const expectSame = (a: number, b: number) =>
  Number.isNaN(b) ? expect(a).toBeNaN() : expect(a).toBeCloseTo(b, 9);

const rows = (text: string) =>
  text.split('\n').map((row) =>
    row
      .trim()
      .split(/ +/)
      .map((cell) => (cell === '*' ? null : Number(cell))),
  );

/** Three coders, fifteen units (the encyclopaedia's example). */
const threeCoders = rows(`* * * * * 3 4 1 2 1 1 3 3 * 3
  1 * 2 1 3 3 4 3 * * * * * * *
  * * 2 1 3 4 4 * 2 1 1 3 3 * 4`);

/** Krippendorff 2011: four observers, twelve units. */
const fourObservers = rows(`1 2 3 3 2 1 4 1 2 * * *
  1 2 3 3 2 2 4 1 2 5 * 3
  * 3 3 3 2 3 4 2 2 5 1 *
  1 2 3 3 2 4 4 1 2 5 1 *`);

describe('Fleiss’ κ', () => {
  it('has its published values', () => {
    expect(fleissKappa(textbook)).toBeCloseTo(0.20993, 5);
    expect(fleissKappa(diagnoses)).toBeCloseTo(0.4302445, 7);
  });

  it('refuses units with different numbers of labels, and says which', () => {
    expect(() =>
      fleissKappa([
        [2, 1],
        [3, 0],
        [1, 1],
      ]),
    ).toThrow(/unit 1 has 3 and unit 3 has 2/);
  });

  it('is 1 where all agree, and undefined where there is one category or one rater', () => {
    expect(
      fleissKappa([
        [3, 0],
        [0, 3],
      ]),
    ).toBe(1);
    expect(
      fleissKappa([
        [3, 0],
        [3, 0],
      ]),
    ).toBeNaN();
    expect(
      fleissKappa([
        [1, 0],
        [0, 1],
      ]),
    ).toBeNaN();
    expect(fleissKappa([])).toBeNaN();
  });
});

describe('Cohen’s κ', () => {
  it('has the value SAS prints for a 3 × 3 table', () => {
    const table = [
      [0, 4, 1],
      [0, 8, 0],
      [0, 1, 5],
    ];
    const pairs = table.flatMap((row, i) => row.flatMap((n, j) => Array.from({ length: n }, () => [i, j])));
    expect(
      cohenKappa(
        pairs.map(([a]) => a!),
        pairs.map(([, b]) => b!),
      ),
    ).toBeCloseTo(0.4842, 4);
  });

  it('takes any labels and leaves out what one of them has not labelled', () => {
    expect(cohenKappa(['a', 'b', 'a', null], ['a', 'b', 'b', 'a'])).toBeCloseTo(0.4, 12);
    expect(cohenKappa([null], ['a'])).toBeNaN();
    expect(cohenKappa(['a', 'a'], ['a', 'a'])).toBeNaN();
  });
});

describe('Krippendorff’s α', () => {
  it('has its published values', () => {
    expect(krippendorffAlpha(threeCoders, 'nominal')).toBeCloseTo(0.691358, 6);
    expect(krippendorffAlpha(threeCoders, 'interval')).toBeCloseTo(0.810845, 6);
    expect(krippendorffAlpha(fourObservers, 'nominal')).toBeCloseTo(0.743, 3);
    expect(krippendorffAlpha(fourObservers, 'ordinal')).toBeCloseTo(0.815, 3);
    expect(krippendorffAlpha(fourObservers, 'interval')).toBeCloseTo(0.849, 3);
  });

  it('is undefined without two labels of one unit, or with one value only', () => {
    expect(
      krippendorffAlpha(
        [
          [1, null],
          [null, 2],
        ],
        'nominal',
      ),
    ).toBeNaN();
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        'interval',
      ),
    ).toBeNaN();
    expect(krippendorffAlpha([], 'ordinal')).toBeNaN();
  });

  const label = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
  const table = fc.array(fc.array(label, { minLength: 6, maxLength: 6 }), { minLength: 2, maxLength: 5 });
  const levels: Level[] = ['nominal', 'ordinal', 'interval'];

  it('does not depend on the order of annotators, nor interval α on scale and origin', () => {
    fc.assert(
      fc.property(table, (ratings) => {
        for (const level of levels) {
          const alpha = krippendorffAlpha(ratings, level);
          expectSame(krippendorffAlpha([...ratings].reverse(), level), alpha);
          expect(!(alpha > 1 + 1e-12)).toBe(true);
        }
        const moved = ratings.map((row) => row.map((value) => (value === null ? null : 3 * value - 7)));
        for (const level of levels)
          expectSame(krippendorffAlpha(moved, level), krippendorffAlpha(ratings, level));
      }),
    );
  });

  it('is 1 exactly where every unit has one value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 12 }), (units) => {
        fc.pre(new Set(units).size > 1);
        for (const level of levels) expect(krippendorffAlpha([units, units, units], level)).toBe(1);
      }),
    );
  });
});
