import { orderOf, type Comparison } from '../domain/comparison';
import type { HeldOutMargins } from '../engine/protocol';

/** What held-out models made of the labels as they were then. */
export interface JudgedLabels {
  readonly steps: number;
  readonly folds: number;
  /** How many they could judge: those in which something is preferred. */
  readonly count: number;
  /** Margin of a label; undefined where it was not judged, or says something else now. */
  marginOf(comparison: Comparison): number | undefined;
  /** How many labels were added, changed or deleted since. */
  changes(comparisons: readonly Comparison[]): number;
}

const saysOf = (comparison: Comparison): string =>
  JSON.stringify([
    orderOf(comparison),
    comparison.kind,
    comparison.criterion,
    'score' in comparison && comparison.score,
  ]);

/** @param comparisons that were judged, in the order of the margins */
export function judgedLabels(
  comparisons: readonly Comparison[],
  { steps, folds, margins }: HeldOutMargins,
): JudgedLabels {
  const judged = new Map(
    comparisons.map((comparison, i) => [comparison.id, { comparison, margin: margins[i]! }]),
  );
  const find = (comparison: Comparison) => {
    const known = judged.get(comparison.id);
    const same =
      known && (known.comparison === comparison || saysOf(known.comparison) === saysOf(comparison));
    return same ? known : undefined;
  };
  return {
    steps,
    folds,
    count: margins.reduce((count, margin) => count + Number(!Number.isNaN(margin)), 0),
    marginOf: (comparison) => {
      const margin = find(comparison)?.margin;
      return Number.isNaN(margin) ? undefined : margin;
    },
    changes: (now) => {
      if (now === comparisons) return 0;
      const ids = new Set(now.map(({ id }) => id));
      const gone = comparisons.filter(({ id }) => !ids.has(id)).length;
      return gone + now.filter((comparison) => !find(comparison)).length;
    },
  };
}
