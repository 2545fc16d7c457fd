import { csv } from './csv';
import type { Exporter } from './exporter';
import { exportedPairs } from './pairs';

/** Pairs with a winner as rows of candidate ids and texts. */
export const preferencesCsv: Exporter = {
  file: 'preferences.csv',
  type: 'text/csv',
  format: (work) =>
    csv([
      [
        'comparison',
        'chosen_id',
        'rejected_id',
        'chosen',
        'rejected',
        'margin',
        'held_out',
        'kind',
        'criterion',
        'annotator',
      ],
      ...exportedPairs(work).map(({ chosen, rejected, margin, heldOut, comparison }) => [
        comparison.id,
        chosen.id,
        rejected.id,
        work.textOf(chosen),
        work.textOf(rejected),
        margin,
        heldOut ? 1 : 0,
        comparison.kind,
        comparison.criterion,
        comparison.annotator,
      ]),
    ]),
};
