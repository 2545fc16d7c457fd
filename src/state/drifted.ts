import type { Settings } from '../domain/settings';
import type { PlaneGaussian } from '../scenarios';
import { withNextQuestion, withPolicyComparisons, type Dataset } from './dataset';

/** What labels of the drifted policy are for: to train on, or only to test. */
export type Purpose = 'train' | 'test';

/** Above every held-out share, and below every one. */
const splitKeys: Readonly<Record<Purpose, number>> = { train: 1, test: -1 };

/** `count` simulated answers about what the policy does now, all for one purpose. */
export function withDriftedLabels(
  dataset: Dataset,
  settings: Settings,
  policy: PlaneGaussian,
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
export function withDriftedQuestion(dataset: Dataset, settings: Settings, policy: PlaneGaussian): Dataset {
  const asked = withNextQuestion(dataset, { ...settings, pairSource: 'policy' }, policy);
  const fresh = asked.question.fresh.map((candidate) => ({ ...candidate, splitKey: splitKeys.test }));
  return { ...asked, question: { ...asked.question, fresh } };
}
