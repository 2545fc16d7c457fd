import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flipped, type Statement } from '../../src/domain/comparison.ts';
import { random } from '../../src/domain/random.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import {
  freshDataset,
  redraw,
  withChanged,
  withComparison,
  withCandidate,
  withoutComparison,
  withContent,
  withPolicyComparisons,
  type Dataset,
} from '../../src/state/dataset.ts';
import { mostLinkCharacters, packWork, unpackWork } from '../../src/state/packed-work.ts';
import { contentOf } from '../../src/domain/content.ts';
import { drawing } from '../support/contents.ts';

const settings: Settings = { ...defaultSettings, points: 40, simulated: 12, seed: 5 };
const drifted = drawing({ mean: [1.5, 1], logStd: [-2, -2] });

/** What a link must bring back; the question is asked anew, and places keep six digits. */
const essence = ({
  candidates,
  comparisons,
  nextCandidate,
  nextComparison,
  turn,
  removedDraws,
}: Dataset) => ({
  candidates: candidates.map((candidate) => ({
    ...candidate,
    values: candidate.values.map((value) => Number(value.toPrecision(6))),
    splitKey: Number(candidate.splitKey.toPrecision(6)),
  })),
  comparisons,
  nextCandidate,
  nextComparison,
  turn,
  removedDraws,
});

const id = fc.integer({ min: 0, max: 39 });
const ids = fc.uniqueArray(id, { minLength: 3, maxLength: 6 });
const extra = fc.record(
  {
    criterion: fc.constantFrom('worth', 'near'),
    note: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }),
  },
  { requiredKeys: [] },
);
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc
    .tuple(
      fc.uniqueArray(id, { minLength: 2, maxLength: 2 }),
      fc.constantFrom('left', 'right'),
      fc.constantFrom(undefined, 1, 2, 3, 4),
      extra,
    )
    .map(
      ([[left, right], verdict, strength, more]) =>
        ({ kind: 'pair', left, right, verdict, ...(strength ? { strength } : {}), ...more }) as Statement,
    ),
  fc
    .tuple(fc.uniqueArray(id, { minLength: 2, maxLength: 2 }), fc.constantFrom('tie', 'both-bad'))
    .map(([[left, right], verdict]) => ({ kind: 'pair', left, right, verdict }) as Statement),
  fc
    .tuple(ids, fc.nat(), extra)
    .map(([shown, k, more]) => ({ kind: 'best' as const, shown, best: shown[k % shown.length]!, ...more })),
  fc.tuple(ids, fc.array(fc.nat(), { minLength: 6, maxLength: 6 })).map(([shown, places]) => ({
    kind: 'ranking' as const,
    shown,
    places: shown.map((_, i) => 1 + (places[i]! % shown.length)),
  })),
  fc
    .tuple(id, fc.integer({ min: 1, max: 5 }))
    .map(([item, score]) => ({ kind: 'rating' as const, item, score })),
);
const action = fc.oneof(
  statement.map((said) => (d: Dataset) => withComparison(d, { ...said, annotator: 'you', source: 'start' })),
  fc
    .nat()
    .map(
      (k) => (d: Dataset) =>
        d.comparisons.length ? withoutComparison(d, d.comparisons[k % d.comparisons.length]!.id) : d,
    ),
  fc
    .nat()
    .map(
      (k) => (d: Dataset) =>
        d.comparisons.length ? withChanged(d, flipped(d.comparisons[k % d.comparisons.length]!)) : d,
    ),
  fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), id).map(
    ([x, moved]) =>
      (d: Dataset) =>
        redraw(withContent(withCandidate(d, contentOf(x, -x)), moved, contentOf(x / 2, x)), settings),
  ),
  fc
    .integer({ min: 1, max: 4 })
    .map((count) => (d: Dataset) => withPolicyComparisons(d, settings, drifted, count)),
);

describe('labels in a link', () => {
  it('come back as they were, whatever was done', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const dataset = actions.reduce((d, act) => act(d), freshDataset(settings));
        const again = unpackWork(packWork(dataset, settings), settings);
        const sorted = (d: Dataset) => ({
          ...essence(d),
          candidates: essence(d).candidates.sort((a, b) => a.id - b.id),
        });
        expect(sorted(again)).toEqual(sorted(dataset));
      }),
      { numRuns: 120 },
    );
  });

  it('two thousand pairs fit into 8 kB', () => {
    const many = { ...defaultSettings, simulated: 0 };
    const source = random(1, 'link-capacity');
    let dataset = freshDataset(many);
    for (let k = 0; k < 2000; k++) {
      const left = source.integer(200);
      const right = (left + 1 + source.integer(199)) % 200;
      const verdict = source.uniform() < 0.5 ? ('left' as const) : ('right' as const);
      dataset = withComparison(dataset, {
        kind: 'pair',
        left,
        right,
        verdict,
        annotator: 'you',
        source: 'start',
      });
    }
    const { length } = packWork(dataset, many);
    console.log(`2,000 labels take ${length} characters`);
    expect(length).toBeLessThan(mostLinkCharacters - 400); // and the settings
  });

  it('are a few characters where everything follows from the settings', () => {
    expect(packWork(freshDataset(defaultSettings), defaultSettings).length).toBeLessThan(300);
  });

  it('are refused with a sentence when damaged, and never crash', () => {
    const text = packWork(
      withComparison(freshDataset(settings), {
        kind: 'rating',
        item: 3,
        score: 4,
        annotator: 'you',
        source: 'start',
      }),
      settings,
    );
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('A', '_', '!', ''), (at, letter) => {
        const damaged = text.slice(0, at) + letter + text.slice(at + 1);
        try {
          expect(unpackWork(damaged, settings).comparisons.length).toBeLessThan(100);
        } catch (error) {
          expect((error as Error).message).toMatch(/^[A-Z].*\.$/);
        }
      }),
      { numRuns: 300 },
    );
    expect(() => unpackWork('', settings)).toThrow(/damaged/);
    expect(() => unpackWork('e30', settings)).toThrow(/damaged/);
  });
});
