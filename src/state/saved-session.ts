import type { Candidate } from '../domain/candidate';
import { nothingOwn } from '../domain/content';
import type { Settings } from '../domain/settings';
import type { Dataset, Question } from './dataset';

/** Counts up whenever what is kept takes another shape; older ones are upgraded. */
export const sessionVersion = 3 as const;

/** The work in one scenario. */
export interface Work {
  readonly settings: Settings;
  readonly dataset: Dataset;
}

/** What is kept of a visitor's work. */
export interface SavedSession extends Work {
  readonly version: 3;
  /** What was left in other scenarios. */
  readonly others?: Readonly<Partial<Record<Settings['scenario'], Work>>>;
}

/** What version 2 had: candidates that could only be points of the plane. */
interface Version2 {
  readonly version: 2;
  readonly settings: Settings;
  readonly dataset: Omit<Dataset, 'candidates' | 'question' | 'own'> & {
    readonly candidates: readonly Point[];
    readonly question: Omit<Question, 'fresh'> & { readonly fresh: readonly Point[] };
  };
}

type Point = Omit<Candidate, 'prompt' | 'values'> & { readonly x: number; readonly y: number };

/** What version 1 had: only pairs, of which none said that it was one. */
interface Version1 {
  readonly version: 1;
  readonly settings: Settings;
  readonly dataset: Omit<Version2['dataset'], 'question'> & {
    readonly pair: Omit<Version2['dataset']['question'], 'shown'> & {
      readonly left: number;
      readonly right: number;
    };
  };
}

/** @returns the session in its present shape; null where it is of a version that is not known here */
export function upgraded(saved: { readonly version: number }): SavedSession | null {
  switch (saved.version) {
    case sessionVersion:
      return saved as SavedSession;
    case 2:
      return fromVersion2(saved as Version2);
    case 1:
      return fromVersion2(fromVersion1(saved as Version1));
    default:
      return null;
  }
}

const candidateOf = ({ x, y, ...rest }: Point): Candidate => ({ ...rest, prompt: 0, values: [x, y] });

/** Files may hold anything: what is no list is left for the check to refuse. */
const candidatesOf = (points: readonly Point[]): readonly Candidate[] =>
  Array.isArray(points) ? points.map((point) => candidateOf((point ?? {}) as Point)) : (points as never);

function fromVersion2({ settings, dataset }: Version2): SavedSession {
  const { question, candidates } = dataset;
  return {
    version: sessionVersion,
    settings,
    dataset: {
      ...dataset,
      candidates: candidatesOf(candidates),
      question: { ...question, fresh: candidatesOf(question?.fresh ?? []) },
      own: nothingOwn,
    },
  };
}

function fromVersion1({ settings, dataset }: Version1): Version2 {
  const { pair, ...rest } = dataset;
  const { left, right, ...question } = pair;
  return {
    version: 2,
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
