import type { Candidate } from '../domain/candidate';
import { itemsOf, strengthNames, type Comparison } from '../domain/comparison';
import { modeOf, type Mode } from './annotator';
import { nameOf } from './dataset';

/** Which comparisons a history shows, and in which order. Pure: derived once for a change, not while scrolling. */

export const orders = ['newest', 'oldest', 'margin', 'doubt', 'annotator'] as const;
export const traits = ['all', 'held-out', 'doubtful', 'unused', 'edited', 'noted'] as const;

export interface Query {
  readonly order: (typeof orders)[number];
  readonly trait: (typeof traits)[number];
  /** Words that must all be in what a row says; "#12" is that candidate alone, not #123. */
  readonly text: string;
  readonly annotator: string | null;
  readonly mode: Mode | null;
  readonly criterion: string | null;
  /** Only comparisons of these candidates among each other. */
  readonly within: readonly number[] | null;
}

export const everything: Query = {
  order: 'newest',
  trait: 'all',
  text: '',
  annotator: null,
  mode: null,
  criterion: null,
  within: null,
};

/** What a query may ask about a comparison beside what is in it. Asked for only where the query needs it. */
export interface Facts {
  readonly byId: ReadonlyMap<number, Candidate>;
  readonly labelOf: (criterion: string) => string;
  readonly marginOf: (id: number) => number | undefined;
  /** The margin by models that were not trained on it, where that was checked; else the same. */
  readonly supportOf: (comparison: Comparison) => number | undefined;
  readonly isHeldOut: (comparison: Comparison) => boolean;
  readonly isUnused: (comparison: Comparison) => boolean;
}

/** The model gives the opposite more than e times the odds: the label is likely wrong. */
export const isDoubtful = (margin: number | undefined): boolean => margin !== undefined && margin < -1;

/** Who doubts a label, and how sure one can be of that. */
export const doubtOf = ({ by }: { readonly by: 'held-out' | 'live' }): string =>
  by === 'held-out' ? 'likely wrong' : 'doubted by the live model';

/** What a row says beside the order: who said it, how, by what, and the remark. */
export function saidBeside(comparison: Comparison, labelOf: Facts['labelOf']): string[] {
  const { annotator, criterion, note } = comparison;
  return [
    annotator,
    ...(comparison.kind === 'pair' && comparison.verdict === 'both-bad' ? ['both bad'] : []),
    ...(comparison.kind === 'pair' && comparison.strength ? [strengthNames[comparison.strength]] : []),
    ...(criterion === undefined ? [] : [`by ${labelOf(criterion)}`]),
    ...(note === undefined ? [] : [`“${note}”`]),
  ];
}

/** Whether all words are in what is said about a comparison. */
function finder(text: string, { byId, labelOf }: Facts): (comparison: Comparison) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const names = words.filter((word) => /^[#+π]\d+$/.test(word));
  const rest = words.filter((word) => !names.includes(word));
  return (comparison) => {
    const shown = () => itemsOf(comparison).map((id) => nameOf(byId.get(id) ?? { id, origin: 'start' }));
    if (names.length > 0) {
      const all = shown();
      if (!names.every((name) => all.includes(name))) return false;
    }
    if (rest.length === 0) return true;
    const said = [...saidBeside(comparison, labelOf), ...shown()].join(' ').toLowerCase();
    return rest.every((word) => said.includes(word));
  };
}

function tester(trait: Query['trait'], facts: Facts): ((comparison: Comparison) => boolean) | null {
  switch (trait) {
    case 'all':
      return null;
    case 'held-out':
      return (comparison) => facts.isHeldOut(comparison);
    case 'doubtful':
      return (comparison) => isDoubtful(facts.supportOf(comparison));
    case 'unused':
      return (comparison) => facts.isUnused(comparison);
    case 'edited':
      return ({ edited }) => edited === true;
    case 'noted':
      return ({ note }) => note !== undefined;
  }
}

/** What has no margin, as a tie or a rating, comes last. */
function lowestFirst(
  comparisons: readonly Comparison[],
  marginOf: (comparison: Comparison) => number | undefined,
): Comparison[] {
  const keyed = comparisons.map((comparison) => ({ comparison, margin: marginOf(comparison) ?? Infinity }));
  return keyed
    .sort((a, b) => (a.margin === b.margin ? 0 : a.margin - b.margin))
    .map(({ comparison }) => comparison);
}

function sorted(comparisons: Comparison[], order: Query['order'], facts: Facts): Comparison[] {
  switch (order) {
    case 'oldest':
      return comparisons;
    case 'newest':
      return comparisons.reverse();
    case 'margin':
      return lowestFirst(comparisons, ({ id }) => facts.marginOf(id));
    case 'doubt':
      return lowestFirst(comparisons, facts.supportOf);
    case 'annotator': {
      const by = new Map<string, Comparison[]>();
      for (const comparison of comparisons.reverse()) {
        const theirs = by.get(comparison.annotator);
        if (theirs) theirs.push(comparison);
        else by.set(comparison.annotator, [comparison]);
      }
      return [...by.keys()].sort().flatMap((annotator) => by.get(annotator)!);
    }
  }
}

/**
 * The comparisons that a query asks for, in its order.
 * @param comparisons oldest first @param keep the id of one that is shown whatever the query says, as it is being edited
 */
export function listed(
  comparisons: readonly Comparison[],
  query: Query,
  facts: Facts,
  keep: number | null = null,
): readonly Comparison[] {
  const { annotator, mode, criterion, within } = query;
  const has = tester(query.trait, facts);
  const says = query.text.trim() === '' ? null : finder(query.text, facts);
  const found = comparisons.filter(
    (comparison) =>
      comparison.id === keep ||
      ((annotator === null || comparison.annotator === annotator) &&
        (mode === null || modeOf(comparison) === mode) &&
        (criterion === null || comparison.criterion === criterion) &&
        (within === null || itemsOf(comparison).every((id) => within.includes(id))) &&
        (!has || has(comparison)) &&
        (!says || says(comparison))),
  );
  return sorted(found, query.order, facts);
}

/** What there is to choose from in the filters. */
export function variety(comparisons: readonly Comparison[]): {
  readonly annotators: readonly string[];
  readonly modes: readonly Mode[];
  readonly criteria: readonly string[];
} {
  const annotators = new Set<string>();
  const modes = new Set<Mode>();
  const criteria = new Set<string>();
  for (const comparison of comparisons) {
    annotators.add(comparison.annotator);
    modes.add(modeOf(comparison));
    if (comparison.criterion !== undefined) criteria.add(comparison.criterion);
  }
  return { annotators: [...annotators].sort(), modes: [...modes], criteria: [...criteria] };
}
