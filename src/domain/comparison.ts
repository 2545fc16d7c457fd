/** Recorded preferences: what was shown, and what somebody said about it. Items are candidate ids throughout. */

export type Verdict = 'left' | 'right' | 'tie' | 'both-bad';
/** How a question was chosen: at random, from what the policy does, as what the model is unsure of, or again. */
export type PairSource = 'start' | 'policy' | 'uncertain' | 'disagreement' | 'repeat';

/** How much better, in four grades each way (as Llama 2 asks): 1 hardly, 2 slightly, 3 better, 4 much better. */
export type Strength = 1 | 2 | 3 | 4;
const strengths = [1, 2, 3, 4] as const satisfies readonly Strength[];
export const strengthNames: Readonly<Record<Strength, string>> = {
  1: 'hardly better',
  2: 'slightly better',
  3: 'better',
  4: 'much better',
};

/** The scores of a rating. */
export const ratingScale = { min: 1, max: 5 } as const;

/** How many items a ranking may have: digits rank them, and a screen must hold them. */
const listLimits = { min: 2, max: 9 } as const;

interface Recorded {
  readonly id: number;
  /** Who said so: 'you', or the name of a simulated annotator. */
  readonly annotator: string;
  readonly source: PairSource;
  /** By what it was judged; absent: by everything together. A criterion's id. */
  readonly criterion?: string;
  /** A remark of whoever keeps the history. */
  readonly note?: string;
  /** Which answer of the simulated annotator this is; with the settings it determines the whole comparison. */
  readonly draw?: number;
  /** Changed by hand: it is no longer redrawn when the annotator's settings change. */
  readonly edited?: boolean;
}

/** Two side by side. The sides are kept as they were shown, so that a position bias can be measured. */
export interface PairComparison extends Recorded {
  readonly kind: 'pair';
  readonly left: number;
  readonly right: number;
  readonly verdict: Verdict;
  /** Only with a winner, and only where it was asked for. */
  readonly strength?: Strength;
}

/** The best of several; nothing is said about the order of the others. */
interface BestOfComparison extends Recorded {
  readonly kind: 'best';
  readonly shown: readonly number[];
  readonly best: number;
}

/** Several in order. */
interface RankingComparison extends Recorded {
  readonly kind: 'ranking';
  readonly shown: readonly number[];
  /** Place of each shown item, from 1 for the best; equal places are ties. */
  readonly places: readonly number[];
}

/** One by itself, on the rating scale. */
interface RatingComparison extends Recorded {
  readonly kind: 'rating';
  readonly item: number;
  readonly score: number;
}

export type Comparison = PairComparison | BestOfComparison | RankingComparison | RatingComparison;
export type ComparisonKind = Comparison['kind'];

type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never;
/** A comparison that has no number yet. */
export type NewComparison = Without<Comparison, 'id'>;
/** What was said, without who said it and where the question came from. */
export type Statement = Without<Comparison, 'id' | 'annotator' | 'source' | 'draw' | 'edited'>;

/** Whether the pair has a winner. */
export const isDecided = ({ verdict }: Pick<PairComparison, 'verdict'>): boolean =>
  verdict === 'left' || verdict === 'right';

/** The preferred candidate; for a tie, the left one. */
export const chosenOf = ({
  verdict,
  left,
  right,
}: Pick<PairComparison, 'verdict' | 'left' | 'right'>): number => (verdict === 'right' ? right : left);

/** The candidate that was not preferred; for a tie, the right one. */
export const rejectedOf = ({
  verdict,
  left,
  right,
}: Pick<PairComparison, 'verdict' | 'left' | 'right'>): number => (verdict === 'right' ? left : right);

/** Everything that was shown, in the order it was shown. */
export function itemsOf(comparison: Statement): readonly number[] {
  switch (comparison.kind) {
    case 'pair':
      return [comparison.left, comparison.right];
    case 'best':
    case 'ranking':
      return comparison.shown;
    case 'rating':
      return [comparison.item];
  }
}

/** What was shown, best first, with the place of each: 0 for the best, equal for ties. */
export function orderOf(comparison: Statement): { items: readonly number[]; places: readonly number[] } {
  switch (comparison.kind) {
    case 'pair':
      return {
        items: [chosenOf(comparison), rejectedOf(comparison)],
        places: isDecided(comparison) ? [0, 1] : [0, 0],
      };
    case 'best': {
      const { shown, best } = comparison;
      return {
        items: [best, ...shown.filter((id) => id !== best)],
        places: shown.map((_, i) => (i ? 1 : 0)),
      };
    }
    case 'ranking': {
      const first = Math.min(...comparison.places);
      const order = comparison.shown
        .map((id, i) => ({ id, place: comparison.places[i]! - first }))
        .sort((a, b) => a.place - b.place);
      return { items: order.map(({ id }) => id), places: order.map(({ place }) => place) };
    }
    case 'rating':
      return { items: [comparison.item], places: [0] };
  }
}

/** Every pair with a winner that a comparison says or implies: [chosen, rejected]. */
export function decidedPairs(comparison: Statement): (readonly [number, number])[] {
  const { items, places } = orderOf(comparison);
  return items.flatMap((chosen, i) =>
    items.slice(i + 1).flatMap((rejected, k) => {
      const better = places[i]! < places[i + 1 + k]!;
      return better ? [[chosen, rejected] as const] : [];
    }),
  );
}

/** The opposite answer. Of a best-of-k there is none: it stays. */
export function flipped<T extends Comparison>(comparison: T): T {
  switch (comparison.kind) {
    case 'pair': {
      const opposite = { left: 'right', right: 'left', tie: 'tie', 'both-bad': 'both-bad' } as const;
      return { ...comparison, verdict: opposite[comparison.verdict], edited: true };
    }
    case 'ranking': {
      const last = Math.max(...comparison.places);
      return { ...comparison, places: comparison.places.map((place) => last + 1 - place), edited: true };
    }
    case 'rating': {
      const { min, max } = ratingScale;
      return { ...comparison, score: min + max - comparison.score, edited: true };
    }
    case 'best':
      return comparison;
  }
}

const list = (ids: readonly number[]) => ids.join(', ');

/**
 * Checks what somebody wants to record.
 * @param known whether there is a candidate with this id
 * @throws Error with a sentence: an unknown kind or candidate, one twice, a strength, rating or place out of range
 */
export function checkComparison(comparison: Statement, known: (id: number) => boolean): void {
  checkShape(comparison);
  const items = itemsOf(comparison);
  for (const id of items)
    if (!known(id))
      throw new Error(`There is no candidate with the id ${String(id)}. See playground.candidates().`);
  switch (comparison.kind) {
    case 'pair': {
      const { left, right, verdict, strength } = comparison;
      if (left === right) throw new Error(`A candidate cannot be compared with itself (id ${left}).`);
      if (!Object.hasOwn(verdictNames, verdict))
        throw new Error(
          `A verdict is one of ${Object.keys(verdictNames).join(', ')}, but got ${JSON.stringify(verdict)}.`,
        );
      if (strength === undefined) return;
      if (!strengths.includes(strength))
        throw new Error(
          `A strength is a whole number from 1 (hardly better) to 4 (much better), but got ${String(strength)}.`,
        );
      if (!isDecided(comparison)) throw new Error('A tie has no strength: leave it out, or choose a side.');
      return;
    }
    case 'best':
      checkList(items);
      if (!items.includes(comparison.best))
        throw new Error(`The best one (id ${comparison.best}) is not among those shown: ${list(items)}.`);
      return;
    case 'ranking': {
      checkList(items);
      const { places } = comparison;
      if (places.length !== items.length)
        throw new Error(
          `A ranking of ${items.length} needs ${items.length} places, but got ${places.length}.`,
        );
      const wrong = places.find((place) => !Number.isInteger(place) || place < 1 || place > items.length);
      if (wrong !== undefined)
        throw new Error(
          `A place is a whole number from 1 (best) to ${items.length}, but got ${String(wrong)}.`,
        );
      return;
    }
    case 'rating': {
      const { score } = comparison;
      if (typeof score !== 'number' || !(score >= ratingScale.min && score <= ratingScale.max))
        throw new Error(
          `A rating is a number from ${ratingScale.min} to ${ratingScale.max}, but got ${JSON.stringify(score)}.`,
        );
    }
  }
}

/** Scripts may hand over anything at all. */
function checkShape(given: Partial<Record<'kind' | 'shown' | 'places', unknown>> | null | undefined): void {
  const kind = given?.kind;
  if (typeof kind !== 'string' || !['pair', 'best', 'ranking', 'rating'].includes(kind))
    throw new Error(
      `A comparison is of the kind pair, best, ranking or rating, but got ${JSON.stringify(kind)}.`,
    );
  if ((kind === 'best' || kind === 'ranking') && !Array.isArray(given?.shown))
    throw new Error(
      `A ${kind === 'best' ? 'best of several' : kind} needs "shown": a list of candidate ids.`,
    );
  if (kind === 'ranking' && !Array.isArray(given?.places))
    throw new Error('A ranking needs "places": the place of each shown candidate, from 1 for the best.');
}

const verdictNames: Readonly<Record<Verdict, string>> = {
  left: 'left',
  right: 'right',
  tie: 'tie',
  'both-bad': 'both bad',
};

function checkList(items: readonly number[]): void {
  const { min, max } = listLimits;
  if (items.length < min || items.length > max)
    throw new Error(`A ranking takes ${min} to ${max} candidates, but got ${items.length}.`);
  const twice = items.find((id, i) => items.indexOf(id) !== i);
  if (twice !== undefined)
    throw new Error(`A ranking cannot hold a candidate twice: id ${twice} is in it more than once.`);
}

/** A copy with who won said outright, as scripts and files want it: `chosen` and `rejected` of a pair, null for none. */
export function spelledOut(comparison: Comparison) {
  if (comparison.kind !== 'pair') return structuredClone(comparison);
  const decided = isDecided(comparison);
  return {
    ...comparison,
    chosen: decided ? chosenOf(comparison) : null,
    rejected: decided ? rejectedOf(comparison) : null,
  };
}
