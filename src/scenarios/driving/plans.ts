import { random } from '../../domain/random';
import { measurePlan, measureNames, type Measures } from './measures';
import { generatedScenes, sceneOf } from './scenes';
import { offsetKnots, speedKnots } from './trajectory';

/**
 * The starting policy sees nothing: in every scene it drives about straight on, about this fast, and a part of its
 * plans ends in somebody.
 */
export const startingPolicy = {
  mean: [...offsetKnots.map(() => 0), ...speedKnots.map(() => 9)],
  std: [...offsetKnots.map(() => 0.5), ...speedKnots.map(() => 2)],
} as const;

/** A plan of the starting policy, by a stream of its own. */
export function startingPlan(seed: number, ...keys: (string | number)[]): number[] {
  const source = random(seed, ...keys);
  return startingPolicy.mean.map((mean, i) => Math.fround(mean + startingPolicy.std[i]! * source.normal()));
}

const perScene = 32;
const known = new Map<number, readonly Measures[]>();

/** What the starting policy does in the generated scenes of a seed: what everything is shifted and scaled by. */
export function startingMeasures(seed: number): readonly Measures[] {
  let found = known.get(seed);
  if (!found) {
    found = generatedScenes(seed).flatMap((text, scene) =>
      Array.from({ length: perScene }, (_, k) =>
        measurePlan(sceneOf(text), startingPlan(seed, 'driving-scale', scene, k)),
      ),
    );
    if (known.size > 8) known.clear();
    known.set(seed, found);
  }
  return found;
}

/** Mean and standard deviation of each measure under the starting policy. */
export function startingMoments(seed: number): Readonly<Record<string, { mean: number; std: number }>> {
  const all = startingMeasures(seed);
  return Object.fromEntries(measureNames.map((name) => [name, moments(all.map((one) => one[name]))]));
}

export function moments(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}
