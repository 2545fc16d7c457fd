import { isDecided, orderOf, type Comparison, type ComparisonKind } from './comparison';
import type { Settings } from './settings';

/** What training can make of a comparison, under the losses that are chosen. Page and engine agree by this file. */

/** Losses of pairs that learn from ties; the others leave them aside. */
export const tieLosses: readonly Settings['loss'][] = ['noise-floor', 'davidson', 'rao-kupper'];

/** What decides whether an answer can be used. */
interface Answer {
  readonly kind: ComparisonKind;
  /** Something is preferred to something. */
  readonly ordered: boolean;
  /** One item is preferred to all others. */
  readonly winner: boolean;
}

export type LossChoice = Pick<Settings, 'loss' | 'rankingLoss' | 'ratingWeight'>;

export function isUsable({ kind, ordered, winner }: Answer, settings: LossChoice): boolean {
  switch (kind) {
    case 'pair':
      return ordered || tieLosses.includes(settings.loss);
    case 'best':
      return true;
    case 'ranking':
      return settings.rankingLoss === 'best-of-k' ? winner : ordered;
    case 'rating':
      return settings.ratingWeight > 0;
  }
}

export function answerOf(comparison: Comparison): Answer {
  if (comparison.kind === 'pair') {
    const ordered = isDecided(comparison);
    return { kind: 'pair', ordered, winner: ordered };
  }
  const { places } = orderOf(comparison);
  return {
    kind: comparison.kind,
    ordered: places[0]! < places[places.length - 1]!,
    winner: places.length > 1 && places[0]! < places[1]!,
  };
}

/** Why training leaves a comparison aside, as a sentence's end; null where it uses it. */
export function unusedBecause(comparison: Comparison, settings: LossChoice): string | null {
  if (isUsable(answerOf(comparison), settings)) return null;
  switch (comparison.kind) {
    case 'pair':
      return 'this loss learns nothing from ties';
    case 'ranking':
      return settings.rankingLoss === 'best-of-k' ? 'several came first' : 'everything is tied';
    default:
      return 'ratings have no weight';
  }
}
