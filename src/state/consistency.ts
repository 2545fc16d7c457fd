import { cohenKappa, fleissKappa, krippendorffAlpha } from '../domain/agreement';
import { orderOf, type Comparison } from '../domain/comparison';
import {
  intransitiveTriads,
  positionBias,
  ratingsOf,
  repeatedPairs,
  type Judgement,
  type RepeatedPairs,
} from '../domain/consistency';
import type { Share } from '../domain/wilson';

/** Whether what was recorded fits together: the statistics of the domain, over comparisons of every kind. */

/** More judgements than these are not looked at: the newest count. A ranking of nine alone holds 36. */
const mostJudgements = 4000;

/** Candidate ids are below this, so that one number can say which candidate, by which criterion, as seen by whom. */
const stride = 2 ** 31;

interface Said extends Judgement {
  readonly annotator: string;
  readonly criterion: string;
}

/** Every pair that a comparison says or implies, ties included. A rating says nothing about pairs. */
function judgementsIn(comparison: Comparison): Said[] {
  const { annotator, criterion = '' } = comparison;
  if (comparison.kind === 'pair') {
    const { left, right, verdict } = comparison;
    return [{ left, right, verdict: verdict === 'both-bad' ? 'tie' : verdict, annotator, criterion }];
  }
  const { items, places } = orderOf(comparison);
  // Of a best of several, nothing is said about the others among each other.
  const firsts = comparison.kind === 'best' ? items.slice(0, 1) : items;
  return firsts.flatMap((left, i) =>
    items.slice(i + 1).map((right, k) => ({
      left,
      right,
      verdict: places[i] === places[i + 1 + k] ? ('tie' as const) : ('left' as const),
      annotator,
      criterion,
    })),
  );
}

/** The newest judgements, oldest first. @param annotator null for everybody */
function judged(comparisons: readonly Comparison[], annotator: string | null): Said[] {
  const parts: Said[][] = [];
  let count = 0;
  for (let i = comparisons.length - 1; i >= 0 && count < mostJudgements; i--) {
    if (annotator !== null && comparisons[i]!.annotator !== annotator) continue;
    const part = judgementsIn(comparisons[i]!);
    parts.push(part);
    count += part.length;
  }
  return parts.reverse().flat();
}

/** Judgements of different groups are kept apart by shifting their ids. */
function apart<T extends Said>(
  said: readonly T[],
  groupOf: (one: T) => string,
): { moved: T[]; groups: string[] } {
  const numbers = new Map<string, number>();
  const moved = said.map((one) => {
    const group = groupOf(one);
    const shift = (numbers.get(group) ?? numbers.set(group, numbers.size).get(group)!) * stride;
    return { ...one, left: one.left + shift, right: one.right + shift };
  });
  return { moved, groups: [...numbers.keys()] };
}

export interface Cycle {
  /** Each was preferred to the next, and the last to the first. */
  readonly items: readonly number[];
  readonly criterion: string | null;
}

export interface Cycles {
  readonly listed: readonly Cycle[];
  readonly count: number;
  readonly decided: number;
}

/** Intransitive triads within one criterion, by everybody together or by one annotator. */
export function cyclesIn(comparisons: readonly Comparison[], annotator: string | null): Cycles {
  const { moved, groups } = apart(judged(comparisons, annotator), ({ criterion }) => criterion);
  const { listed, count, decided } = intransitiveTriads(moved);
  return {
    listed: listed.map((triad) => ({
      items: triad.map((id) => id % stride),
      criterion: groups[Math.floor(triad[0] / stride)] || null,
    })),
    count,
    decided,
  };
}

/** Pairs that the same annotator judged again by the same criterion. */
export const repeatsIn = (comparisons: readonly Comparison[], annotator: string | null): RepeatedPairs =>
  repeatedPairs(
    apart(judged(comparisons, annotator), (said) => JSON.stringify([said.annotator, said.criterion])).moved,
  );

/**
 * How often the left one of two side by side was preferred. A question that several answered counts once, by majority:
 * that the better one happened to lie on the left is no bias of any of them, however many say so.
 */
export function sidesIn(comparisons: readonly Comparison[], annotator: string | null): Share {
  const pairs = comparisons.filter(({ kind }) => kind === 'pair');
  const questions = new Map<string, { left: number; right: number; net: number }>();
  for (const { left, right, verdict, criterion } of judged(pairs, annotator)) {
    const key = `${left} ${right} ${criterion}`;
    const question = questions.get(key) ?? { left, right, net: 0 };
    question.net += verdict === 'left' ? 1 : verdict === 'right' ? -1 : 0;
    questions.set(key, question);
  }
  return positionBias(
    Array.from(questions.values(), ({ left, right, net }) => ({
      left,
      right,
      verdict: net > 0 ? 'left' : net < 0 ? 'right' : 'tie',
    })),
  );
}

export interface Agreement {
  readonly annotators: readonly string[];
  /** Questions that at least two annotators answered. */
  readonly shared: number;
  /** Cohen's κ of the two annotators with the most questions in common. */
  readonly cohen: { readonly who: readonly [string, string]; readonly kappa: number } | null;
  /** Fleiss' κ over the questions that were answered by the number of annotators that is most common above one. */
  readonly fleiss: { readonly raters: number; readonly questions: number; readonly kappa: number } | null;
  /** Krippendorff's α, nominal: all questions that at least two answered. */
  readonly alpha: number;
}

/** How far annotators agree on what several of them answered. */
export function agreementIn(comparisons: readonly Comparison[]): Agreement {
  const { moved } = apart(judged(comparisons, null), ({ criterion }) => criterion);
  const { annotators, ratings } = ratingsOf(moved);
  const counts = Array.from(ratings[0] ?? [], (_, unit) =>
    ratings.reduce((total, row) => total + (row[unit] === null ? 0 : 1), 0),
  );
  const shared = counts.filter((count) => count > 1).length;
  return {
    annotators,
    shared,
    cohen: shared > 0 ? cohenOf(annotators, ratings) : null,
    fleiss: shared > 0 ? fleissOf(ratings, counts) : null,
    alpha: krippendorffAlpha(ratings, 'nominal'),
  };
}

type Ratings = ReturnType<typeof ratingsOf>['ratings'];

function cohenOf(annotators: readonly string[], ratings: Ratings): Agreement['cohen'] {
  let [best, who] = [0, [0, 0] as [number, number]];
  for (let a = 0; a < ratings.length; a++)
    for (let b = a + 1; b < ratings.length; b++) {
      const common = ratings[a]!.filter((label, unit) => label !== null && ratings[b]![unit] !== null).length;
      if (common > best) [best, who] = [common, [a, b]];
    }
  const [a, b] = who;
  return { who: [annotators[a]!, annotators[b]!], kappa: cohenKappa(ratings[a]!, ratings[b]!) };
}

function fleissOf(ratings: Ratings, counts: readonly number[]): Agreement['fleiss'] {
  const times: number[] = [];
  for (const count of counts) if (count > 1) times[count] = (times[count] ?? 0) + 1;
  const raters = times.reduce((best, time, count) => (time >= (times[best] ?? 0) ? count : best), 0);
  const rows = counts.flatMap((count, unit) =>
    count === raters ? [[-1, 0, 1].map((label) => ratings.filter((row) => row[unit] === label).length)] : [],
  );
  return { raters, questions: rows.length, kappa: fleissKappa(rows) };
}
