import type { RepeatedPairs } from '../../../domain/consistency';
import type { Share } from '../../../domain/wilson';
import type { Cycles } from '../../../state/consistency';
import { percent } from '../../controls/number';

/** What the statistics say, in sentences a teacher can read out. */

export const percentOf = ({ share }: Share): string => percent(share);

/** (70 to 96) */
export const interval = ({ low, high }: Share): string =>
  `(${Math.round(100 * low)} to ${Math.round(100 * high)})`;

export const coefficient = (value: number): string =>
  Number.isNaN(value) ? '–' : value.toFixed(2).replace('-', '−');

/** @param untrained how many of them are doubted by models that were not trained on them */
export function doubtsSay({
  count,
  of,
  untrained,
}: {
  readonly count: number;
  readonly of: number;
  readonly untrained: number;
}): string {
  if (of === 0) return 'The model has learned nothing yet: train it, and it will say which labels it doubts.';
  if (count === 0) return 'None of the labels is doubted.';
  const held =
    untrained === 0
      ? 'The model was trained on all of them, and still doubts them.'
      : untrained === count
        ? 'The models that doubt them were not trained on them.'
        : `${untrained} of them are doubted by models that were not trained on them.`;
  return `Look at them first: either the label is a slip, or the model is wrong. ${held}`;
}

export function cyclesSay({ count, decided }: Pick<Cycles, 'count' | 'decided'>): string {
  if (decided === 0)
    return 'No three candidates were all compared with each other yet. With fewer points there soon are.';
  if (count === 0) return `All ${decided} threes that were compared in full can be put in order.`;
  return `${percent(count / decided)} of the threes cannot be put in order; by coin tosses it would be 25 %. Each is a slip, a close call, or a question that means two things.`;
}

export function repeatsSay({ pairs, agreement }: RepeatedPairs): string {
  if (pairs === 0) return 'Nobody was asked the same pair twice. Repeats show how sure the answers are.';
  const over = `${pairs} ${pairs === 1 ? 'pair' : 'pairs'} asked again.`;
  // Who answers by chance p gives two alike answers with p² + (1 − p)², and is foreseen with max(p, 1 − p) at best.
  const most = (1 + Math.sqrt(Math.max(0, 2 * agreement.share - 1))) / 2;
  return agreement.share > 0.95
    ? `${over} The answers are steady.`
    : `${over} Who answers like that can be foreseen in at most ${percent(most)} of the cases: no model is more accurate.`;
}

export function sidesSay({ of, low, high, share }: Share): string {
  if (of === 0) return 'No pair has a winner yet.';
  if (low <= 0.5 && high >= 0.5) return 'One half lies in the interval: no taste for one side can be seen.';
  return `One half is outside the interval: the ${share > 0.5 ? 'left' : 'right'} side is preferred, whatever is on it.`;
}

/** The bounds are Krippendorff's own (Content Analysis, 2004). */
export function agreementSays(alpha: number, shared: number): string {
  const over = `Over ${shared} ${shared === 1 ? 'question' : 'questions'} that several answered. `;
  if (Number.isNaN(alpha)) return `${over}All answers are the same, so chance cannot be told from agreement.`;
  if (alpha >= 0.8) return `${over}From 0.8 on, labels are taken to be reliable.`;
  if (alpha >= 0.667) return `${over}Between 0.67 and 0.8: fit for tentative conclusions.`;
  return `${over}Below 0.67: people see this differently, or guess. One reward for all will please none.`;
}

export const fleissSays = ({ raters, questions }: { raters: number; questions: number }): string =>
  `Over ${questions} ${questions === 1 ? 'question' : 'questions'} that ${raters} annotators answered each.`;
