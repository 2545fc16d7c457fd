import type { Settings } from '../domain/settings';
import type { PolicyNow } from './policy-now';
import { candidateMap, isTest, withNextQuestion, withPolicyComparisons, type Dataset } from './dataset';

/** What labels of the drifted policy are for: to train on, or only to test. */
export type Purpose = 'train' | 'test';

/** Above every held-out share, and below every one. */
const splitKeys: Readonly<Record<Purpose, number>> = { train: 1, test: -1 };

/** `count` simulated answers about what the policy does now, all for one purpose. */
export function withDriftedLabels(
  dataset: Dataset,
  settings: Settings,
  policy: PolicyNow,
  count: number,
  purpose: Purpose,
): Dataset {
  const labelled = withPolicyComparisons(dataset, settings, policy, count);
  const isNew = (id: number) => id >= dataset.nextCandidate;
  return {
    ...labelled,
    candidates: labelled.candidates.map((candidate) =>
      isNew(candidate.id) ? { ...candidate, splitKey: splitKeys[purpose] } : candidate,
    ),
  };
}

/** The next question is about what the policy does now, and its answer is only for testing. */
export function withDriftedQuestion(dataset: Dataset, settings: Settings, policy: PolicyNow): Dataset {
  const asked = withNextQuestion(dataset, { ...settings, pairSource: 'policy' }, policy);
  const fresh = asked.question.fresh.map((candidate) => ({ ...candidate, splitKey: splitKeys.test }));
  return { ...asked, question: { ...asked.question, fresh } };
}

/** How often the reward model agrees with the held-out preferences about what the policy did. */
export function heldOutAgreement(
  dataset: Dataset,
  { heldOut }: Settings,
  marginOf: (comparison: number) => number | undefined,
): { readonly count: number; readonly agreement: number } {
  const byId = candidateMap(dataset);
  const margins = dataset.comparisons
    .filter((comparison) => comparison.source === 'policy' && isTest(comparison, byId, heldOut))
    .map(({ id }) => marginOf(id))
    .filter((margin) => margin !== undefined);
  const agreed = margins.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin === 0 ? 0.5 : 0), 0);
  return { count: margins.length, agreement: agreed / margins.length };
}
