import { chosenOf, rejectedOf } from '../domain/comparison';
import type { Exporter } from './exporter';

/** Comparisons with the candidates they are about, and every setting: the project's own JSON. */
export const comparisons: Exporter = {
  name: 'comparisons',
  label: 'Comparisons (JSON)',
  file: 'comparisons.json',
  type: 'application/json',
  format: ({ settings, candidates, comparisons: recorded }) => {
    const used = new Set(recorded.flatMap(({ left, right }) => [left, right]));
    const body = {
      format: 'reward-model-playground/comparisons',
      version: 1,
      settings,
      candidates: candidates
        .filter(({ id }) => used.has(id))
        .map(({ id, x, y, origin }) => ({ id, x, y, origin })),
      comparisons: recorded.map((comparison) => {
        const { id, left, right, verdict, annotator, source } = comparison;
        const decided = verdict !== 'tie';
        return {
          id,
          chosen: decided ? chosenOf(comparison) : null,
          rejected: decided ? rejectedOf(comparison) : null,
          left,
          right,
          verdict,
          annotator,
          source,
        };
      }),
    };
    return `${JSON.stringify(body, null, 2)}\n`;
  },
};
