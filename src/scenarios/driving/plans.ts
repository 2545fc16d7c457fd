import { normals, random } from '../../domain/random';
import { measureNames, measurePlan, type MeasureName, type Measures } from './measures';
import { generatedScenes, sceneOf } from './scenes';
import { planLength } from './trajectory';

/**
 * A plan of the starting policy, N(0, 1) eight times, out of the stream that the keys name. It sees nothing: in every
 * scene it drives about straight on, a bit too fast, and a part of its plans ends in somebody. Float32, as the engine
 * sends them.
 */
export const startingPlan = (seed: number, ...keys: (string | number)[]): number[] =>
  Array.from(normals(random(seed, ...keys), planLength));

const mostKept = 6000;
const kept = new Map<string, Measures>();

/** Drives and measures a plan in a scene that is written down; the same is asked again and again, so it is kept. */
export function measuresOf(scene: string, values: readonly number[]): Measures {
  const key = `${values.join()}/${scene}`;
  const found = kept.get(key);
  if (found) return found;
  const made = measurePlan(sceneOf(scene), values);
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, made);
  return made;
}

/** So many plans of the starting policy in each scene stand for all it does. */
const perScene = 24;

/** They are the same whatever the scene, so that editing one changes only what happens there. */
export const referencePlans = (seed: number, scene: number): readonly number[][] =>
  Array.from({ length: perScene }, (_, k) => startingPlan(seed, 'reference', scene, k));

export interface Moments {
  readonly mean: number;
  readonly std: number;
}

export function momentsOf(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}

/** What the starting policy does in the generated scenes of a seed: what everything is shifted and scaled by. */
export interface Start {
  readonly measures: readonly Measures[];
  readonly moments: Readonly<Record<MeasureName, Moments>>;
}

const starts = new Map<number, Start>();

export function startOf(seed: number): Start {
  const found = starts.get(seed);
  if (found) return found;
  const measures = generatedScenes(seed).flatMap((scene, index) =>
    referencePlans(seed, index).map((plan) => measurePlan(sceneOf(scene), plan)),
  );
  const moments = Object.fromEntries(
    measureNames.map((name) => [name, momentsOf(measures.map((one) => one[name]))]),
  ) as Record<MeasureName, Moments>;
  if (starts.size > 8) starts.clear();
  const start = { measures, moments };
  starts.set(seed, start);
  return start;
}
