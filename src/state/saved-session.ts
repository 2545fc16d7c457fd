import type { Settings } from '../domain/settings';
import type { Dataset, Question } from './dataset';

/** Counts up whenever what is kept takes another shape; older ones are upgraded. */
export const sessionVersion = 2 as const;

/** What is kept of a visitor's work. */
export interface SavedSession {
  readonly version: 2;
  readonly settings: Settings;
  readonly dataset: Dataset;
}

/** What version 1 had: only pairs, of which none said that it was one. */
interface Version1 {
  readonly version: 1;
  readonly settings: Settings;
  readonly dataset: Omit<Dataset, 'question'> & {
    readonly pair: Omit<Question, 'shown'> & { readonly left: number; readonly right: number };
  };
}

/** @returns the session in its present shape; null where it is of a version that is not known here */
export function upgraded(saved: { readonly version: number }): SavedSession | null {
  if (saved.version === sessionVersion) return saved as SavedSession;
  if (saved.version !== 1) return null;
  const { settings, dataset } = saved as Version1;
  const { pair, ...rest } = dataset;
  const { left, right, ...question } = pair;
  return {
    version: sessionVersion,
    settings,
    dataset: {
      ...rest,
      comparisons: rest.comparisons.map(
        (comparison) => ({ ...comparison, kind: 'pair' }) as typeof comparison,
      ),
      question: { ...question, shown: [left, right] },
    },
  };
}
