import { itemsOf, spelledOut } from '../domain/comparison';
import type { Exporter } from './exporter';

/** Comparisons with the candidates they are about, and every setting: the project's own JSON. */
export const comparisons: Exporter = {
  file: 'comparisons.json',
  type: 'application/json',
  format: ({ settings, candidates, comparisons: recorded }) => {
    const used = new Set(recorded.flatMap(itemsOf));
    const body = {
      format: 'reward-model-playground/comparisons',
      version: 3,
      settings,
      candidates: candidates
        .filter(({ id }) => used.has(id))
        .map(({ id, prompt, values, text, origin }) => ({ id, prompt, values, text, origin })),
      comparisons: recorded.map(spelledOut),
    };
    return `${JSON.stringify(body, null, 2)}\n`;
  },
};
