import { countOf, type Observations } from './observations';
import { random } from './random';

/**
 * Cross-fitting: puts observations into folds of about the same size, of which each is judged by a model that was trained
 * on the others. All that was said about the same items is in one fold: a second answer about a pair tells on the first.
 * @param trained which observations are trained on: those are spread evenly over the folds, and the others as well
 * @param most folds; there are fewer where there are fewer questions
 * @returns the fold of each observation, and how many there are
 */
export function foldsOf(
  observations: Observations,
  trained: readonly number[],
  most: number,
  seed: number,
): { readonly fold: Uint8Array; readonly count: number } {
  const { rows, start } = observations;
  const question = Array.from({ length: countOf(observations) }, (_, i) =>
    rows
      .slice(start[i], start[i + 1])
      .sort()
      .join(),
  );
  const learned = new Set(trained.map((i) => question[i]!));
  const count = Math.min(most, Math.max(1, learned.size));
  const shuffled = Array.from(new Set(question), (key) => ({ key, at: random(seed, 'fold', key).uniform() }));
  shuffled.sort((a, b) => Number(learned.has(b.key)) - Number(learned.has(a.key)) || a.at - b.at);
  const folds = new Map(shuffled.map(({ key }, place) => [key, place % count]));
  return { fold: Uint8Array.from(question, (key) => folds.get(key)!), count };
}
