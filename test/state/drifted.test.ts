import { describe, expect, it } from 'vitest';
import { decidedPairs } from '../../src/domain/comparison.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { candidateMap, freshDataset, isTest } from '../../src/state/dataset.ts';
import { heldOutAgreement, withDriftedLabels, withDriftedQuestion } from '../../src/state/drifted.ts';
import { drawing, xOf } from '../support/contents.ts';

const drifted = drawing({ mean: [1.2, 1.1], logStd: [-2, -2] });

describe.each([0, 0.2, 0.5])('with a held-out share of %f', (heldOut) => {
  const settings = { ...defaultSettings, heldOut };
  const before = freshDataset(settings);

  it.each(['train', 'test'] as const)(
    'labels of the drifted policy are all for one purpose: %s',
    (purpose) => {
      const after = withDriftedLabels(before, settings, drifted, 25, purpose);
      const byId = candidateMap(after);
      const added = after.comparisons.slice(before.comparisons.length);
      expect(added).toHaveLength(25);
      for (const comparison of added) {
        expect(comparison).toMatchObject({ source: 'policy' });
        expect(isTest(comparison, byId, heldOut)).toBe(purpose === 'test');
        for (const id of decidedPairs(comparison).flat()) expect(xOf(byId.get(id)!)).toBeGreaterThan(0.3);
      }
      // Nothing else changed its side.
      expect(after.candidates.slice(0, before.candidates.length)).toEqual(before.candidates);
    },
  );

  it('a question about it is only for testing', () => {
    const { question } = withDriftedQuestion(before, settings, drifted);
    expect(question.source).toBe('policy');
    expect(question.fresh.map(({ splitKey }) => splitKey < heldOut)).toEqual([true, true]);
  });
});

it('agreement counts held-out preferences about the drifted policy alone, an equal reward half', () => {
  const settings = { ...defaultSettings, heldOut: 0 };
  const trained = withDriftedLabels(freshDataset(settings), settings, drifted, 10, 'train');
  const all = withDriftedLabels(trained, settings, drifted, 4, 'test');
  const margins = [1, -2, 0, 3];
  const ids = all.comparisons.slice(-4).map(({ id }) => id);
  const found = heldOutAgreement(all, settings, (id) => margins[ids.indexOf(id)] ?? 99);
  expect(found).toEqual({ count: 4, agreement: 2.5 / 4 });
});
