import { isHeldOut } from '../../domain/candidate';
import type { Situation } from './strategy';

/** How many random questions are weighed against each other. */
const considered = 256;

/**
 * Of a few hundred random questions the one with the highest score. Questions about held-out candidates are left to
 * chance, as often as chance has them: chosen ones would make the test harder than the world is.
 * @param score NaN for a question that cannot be judged
 * @returns null where chance is to decide, or none can be judged
 */
export function bestOf(situation: Situation, score: (items: readonly number[]) => number): number[] | null {
  if (isHeldOut(situation.random[0]!, situation.heldOut)) return null;
  let [best, most]: [number[] | null, number] = [null, -Infinity];
  for (let tried = 0; tried < considered; tried++) {
    const drawn = situation.draw();
    const items = drawn.map(({ id }) => id);
    if (isHeldOut(drawn[0]!, situation.heldOut) || situation.wasAsked(items)) continue;
    const value = score(items);
    if (value > most) [best, most] = [items, value];
  }
  return best;
}
