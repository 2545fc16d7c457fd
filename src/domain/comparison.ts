export type Verdict = 'left' | 'right' | 'tie';
type Annotator = 'you' | 'simulated';
export type PairSource = 'start' | 'policy';

/** One recorded preference. The sides are kept as they were shown, so that a position bias can be measured. */
export interface Comparison {
  readonly id: number;
  /** Candidate ids. */
  readonly left: number;
  readonly right: number;
  readonly verdict: Verdict;
  readonly annotator: Annotator;
  readonly source: PairSource;
  /** Which answer of the simulated annotator this is; with the settings it determines the whole comparison. */
  readonly draw?: number;
  /** Changed by hand: it is no longer redrawn when the annotator's settings change. */
  readonly edited?: boolean;
}

/** The preferred candidate; for a tie, the left one. */
export const chosenOf = ({ verdict, left, right }: Comparison): number =>
  verdict === 'right' ? right : left;

/** The candidate that was not preferred; for a tie, the right one. */
export const rejectedOf = ({ verdict, left, right }: Comparison): number =>
  verdict === 'right' ? left : right;

export const flipped = (comparison: Comparison): Comparison => ({
  ...comparison,
  verdict: comparison.verdict === 'tie' ? 'tie' : comparison.verdict === 'left' ? 'right' : 'left',
  edited: true,
});
