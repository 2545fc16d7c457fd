import type { Mention } from '../preferences';
import { quoted, RowTrouble } from '../trouble';
import { listOf, promptRole } from './cells';
import type { PreferenceLayout } from './layout';
import { textOf } from './messages';

/**
 * UltraFeedback: an instruction and several completions, each with an overall score and ratings by aspect. The overall
 * scores give a ranking, the aspects ratings by criterion.
 */
export const ultraFeedback: PreferenceLayout = {
  name: 'ultrafeedback',
  label: 'UltraFeedback: rated completions',
  gives: 'preferences',
  roles: [
    { ...promptRole, guesses: ['instruction', ...promptRole.guesses] },
    { name: 'completions', label: 'completions', guesses: ['completions'] },
  ],
  fits: (found) => {
    const [first] = listOf(found.example('completions')) ?? [];
    return typeof first === 'object' && first !== null && 'response' in first;
  },
  start: (pen) => ({
    row: (cells) => {
      const prompt = textOf(cells('prompt'), 'instruction');
      const completions = listOf(cells('completions'));
      if (!completions) throw new RowTrouble('The completions are missing.');
      const items: Mention[] = [];
      const scores: number[] = [];
      for (const given of completions) {
        const { response, annotations, overall_score: overall } = (given ?? {}) as Record<string, unknown>;
        const item = { text: textOf(response, 'response'), prompt };
        const ratings = ratingsOf(annotations);
        const mean = ratings.reduce((sum, [, score]) => sum + score, 0) / ratings.length;
        const score = numeric(overall) ?? mean;
        for (const [criterion, rating] of ratings) pen.rate(item, rating, { criterion });
        if (Number.isFinite(score)) {
          items.push(item);
          scores.push(score);
        }
      }
      if (items.length < 2) throw new RowTrouble(`Only ${items.length} of the completions has a score.`);
      pen.rank(
        items,
        scores.map((score) => -score),
      );
    },
  }),
};

/** The ratings that are numbers; others are given as "N/A". */
function ratingsOf(annotations: unknown): [string, number][] {
  if (typeof annotations !== 'object' || annotations === null) return [];
  return Object.entries(annotations).flatMap(([criterion, given]): [string, number][] => {
    const rating = numeric((given as { Rating?: unknown } | null)?.Rating);
    if (rating === undefined) return [];
    if (rating < 1 || rating > 5)
      throw new RowTrouble(`The rating of ${criterion} is ${quoted(rating)}; it is 1 to 5.`);
    return [[criterion, rating]];
  });
}

function numeric(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
