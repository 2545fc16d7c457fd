import { expect, it } from 'vitest';
import { defaultSettings, settingNames, type SettingName, type Settings } from '../../src/domain/settings.ts';
import type { Comparison } from '../../src/domain/comparison.ts';
import { presented } from '../../src/state/presented.ts';

const said = { annotator: 'you', source: 'start' } as const;
const comparisons: readonly Comparison[] = [
  { id: 1, kind: 'pair', left: 1, right: 2, verdict: 'left', ...said },
  { id: 2, kind: 'pair', left: 1, right: 3, verdict: 'tie', ...said },
  { id: 3, kind: 'pair', left: 2, right: 3, verdict: 'both-bad', ...said },
  { id: 4, kind: 'ranking', shown: [1, 2, 3], places: [1, 1, 2], ...said },
  { id: 5, kind: 'rating', item: 1, score: 4, ...said },
  { id: 6, kind: 'rating', item: 2, score: 2, ...said },
];
const shown = (name: SettingName, patch: Partial<Settings> = {}, of = comparisons) =>
  presented(name, { ...defaultSettings, ...patch }, of);
const options = (name: SettingName, of = comparisons) => {
  const definition = shown(name, {}, of);
  return definition.kind === 'choice' ? (definition.optionLabels ?? {}) : {};
};

it('a loss that cannot use what was recorded says so beside its name', () => {
  expect(options('loss')).toMatchObject({
    'bradley-terry': 'Bradley–Terry (leaves 2 aside)',
    hinge: 'hinge (leaves 2 aside)',
    davidson: 'ties: Davidson',
    'noise-floor': 'noise floor',
  });
  expect(options('rankingLoss')).toMatchObject({
    'plackett-luce': 'Plackett–Luce',
    'best-of-k': 'best of k (leaves 1 aside)',
  });
  expect(shown('ratingWeight').label).toBe('weight of ratings');
  expect(shown('ratingWeight', { ratingWeight: 0 }).label).toBe('weight of ratings (leaves 2 aside)');
});

it('where there is nothing of the kind, there is nothing to leave aside', () => {
  const pair = comparisons.slice(0, 1);
  expect(options('loss', pair)['bradley-terry']).toBe('Bradley–Terry');
  expect(shown('rankingLoss', {}, pair).label).toBe('loss of rankings: none yet');
  expect(shown('ratingWeight', { ratingWeight: 0 }, pair).label).toBe('weight of ratings: none yet');
});

it('the weights of criteria have the scenario’s words, and everything keeps its meaning', () => {
  expect(shown('criterionWeight1').label).toMatch(/^weight of \S/);
  for (const name of settingNames) expect(shown(name).meaning).toMatch(/\S/);
});
