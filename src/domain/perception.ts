/** What keeps an annotator from answering by the worth of things alone. Pure functions of the settings. */
import type { Settings } from './settings';

export interface Shown {
  /** What it is worth, in standard deviations of the gold. */
  readonly worth: number;
  /** How long it is, in standard deviations; 0 where nothing is long. */
  readonly length: number;
}

/**
 * What each of those shown seems to be worth, before chance: its worth, plus the length bias for each standard deviation
 * of its length, plus the position bias for whatever stands first. One alone has no position.
 */
export const seemingWorth = (
  shown: readonly Shown[],
  { positionBias, lengthBias }: Pick<Settings, 'positionBias' | 'lengthBias'>,
): number[] =>
  shown.map(
    ({ worth, length }, i) => worth + lengthBias * length + (i === 0 && shown.length > 1 ? positionBias : 0),
  );

/**
 * Share of mistakes after `answered` answers: noise + (½ − noise)(1 − e^(−fatigue · answered / 100)). Whoever is wholly
 * tired guesses.
 */
export const mistakeShare = (
  { noise, fatigue }: Pick<Settings, 'noise' | 'fatigue'>,
  answered: number,
): number => (fatigue === 0 ? noise : noise + (0.5 - noise) * -Math.expm1((-fatigue * answered) / 100));

/**
 * Places from 1 for the best. What is less than `threshold` below the best of its place shares it, so that near ties do
 * not chain into one big tie.
 */
export function placesOf(perceived: readonly number[], threshold: number): number[] {
  const order = perceived.map((_, i) => i).sort((a, b) => perceived[b]! - perceived[a]!);
  const places = perceived.map(() => 0);
  let [place, best] = [0, Infinity];
  for (const i of order) {
    if (place === 0 || best - perceived[i]! >= threshold) {
      place += 1;
      best = perceived[i]!;
    }
    places[i] = place;
  }
  return places;
}
