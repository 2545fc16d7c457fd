/** The street scenes of `driving`, for its views: what there is, what a plan does there, and how a scene is edited. */
import type { Content } from '../domain/content';
import { goldTerms, type GoldPart, goldPartNames, goldParts } from '../scenarios/driving/gold';
import { measuresOf } from '../scenarios/driving/plans';
import {
  formatScene,
  mostThings,
  road,
  thing,
  thingKinds,
  withinScene,
  type Scene,
  type Thing,
  type ThingKind,
} from '../scenarios/driving/scene';
import { sceneOf, scenesOf } from '../scenarios/driving/scenes';
import { planOf, rollOut, tick, type Trajectory } from '../scenarios/driving/trajectory';
import { car, toFront } from '../scenarios/driving/vehicle';
import type { Playground } from './playground.svelte';

export { car, road, thingKinds, tick, toFront };
export type { Scene, Thing, ThingKind, Trajectory };

type Shown = Pick<Playground, 'settings' | 'dataset'>;

const textAt = ({ settings, dataset }: Shown, prompt: number): string =>
  scenesOf(settings.seed, dataset.own)[prompt]!;

export const sceneAt = (playground: Shown, prompt: number): Scene => sceneOf(textAt(playground, prompt));

/** Whether somebody edited or brought the scene. */
export const isOwnScene = ({ dataset }: Shown, prompt: number): boolean =>
  dataset.own.prompts[prompt] !== undefined;

/** What a plan does in its scene. */
export const drivenIn = (scene: Scene, values: readonly number[]): Trajectory =>
  rollOut(scene, planOf(values));

/** What each part adds to the gold of a plan, in standard deviations of the starting policy's gold from none of it. */
export function partsOf(
  playground: Shown,
  { prompt, values }: Content,
): readonly {
  readonly name: GoldPart;
  readonly label: string;
  readonly value: number;
  readonly of: number;
}[] {
  const terms = goldTerms(playground.settings, measuresOf(textAt(playground, prompt), values));
  return goldPartNames.map((name) => ({
    name,
    label: goldParts[name].label,
    value: terms[name],
    of: playground.settings[name],
  }));
}

const withThings = (scene: Scene, things: readonly Thing[]): string => formatScene({ ...scene, things });

/** Puts something of a scene elsewhere; it stays within the scene. */
export function moveThing(playground: Playground, prompt: number, at: number, x: number, y: number): void {
  const scene = sceneAt(playground, prompt);
  const moved = scene.things.map((one, i) =>
    i === at ? { ...one, x: withinScene('x', x), y: withinScene('y', y) } : one,
  );
  playground.setPrompt(prompt, withThings(scene, moved));
}

export function removeThing(playground: Playground, prompt: number, at: number): void {
  const scene = sceneAt(playground, prompt);
  playground.setPrompt(
    prompt,
    withThings(
      scene,
      scene.things.filter((_, i) => i !== at),
    ),
  );
}

/** What one can add, and where it comes: half way along. */
const added: Partial<Record<ThingKind, Thing>> = {
  pedestrian: thing('pedestrian', 24, -4.5, { vy: 1.2 }),
  car: thing('car', 20, -2.6),
  stop: thing('stop', 28),
};
export const addable = Object.keys(added) as ThingKind[];

export function addThing(playground: Playground, prompt: number, kind: ThingKind): void {
  const scene = sceneAt(playground, prompt);
  const one = added[kind];
  if (one && scene.things.length < mostThings)
    playground.setPrompt(prompt, withThings(scene, [...scene.things, one]));
}
