import { isHeldOut, type Candidate } from '../domain/candidate';
import { decidedPairs, itemsOf, type Comparison } from '../domain/comparison';
import type { Exportable } from './exporter';

/** One pair with a winner, as the formats of pairs hold it. */
interface ExportedPair {
  readonly chosen: Candidate;
  readonly rejected: Candidate;
  /** Share of the full margin that its strength asks for, where one was given (Llama 2's scale). */
  readonly margin: number | undefined;
  /** Only for testing. */
  readonly heldOut: boolean;
  readonly comparison: Comparison;
}

/**
 * Every pair with a winner: rankings and best-of-k taken apart; ties and ratings have none, and are left out of the
 * formats of pairs.
 */
export function exportedPairs({ candidates, comparisons, settings }: Exportable): ExportedPair[] {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const tests = (id: number) => isHeldOut(byId.get(id)!, settings.heldOut);
  return comparisons.flatMap((comparison) =>
    decidedPairs(comparison).map(([chosen, rejected]) => ({
      chosen: byId.get(chosen)!,
      rejected: byId.get(rejected)!,
      margin:
        comparison.kind === 'pair' && comparison.strength !== undefined
          ? (comparison.strength - 1) / 3
          : undefined,
      heldOut: itemsOf(comparison).every(tests),
      comparison,
    })),
  );
}

export const jsonLines = (rows: readonly object[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');
