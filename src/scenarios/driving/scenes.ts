import type { Own } from '../../domain/content';
import { random, type Random } from '../../domain/random';
import { formatScene, parseScene, thing, type Scene, type Thing } from './scene';

/** The speed at which whoever does not look would arrive, m/s: what crosses the road is timed by it. */
const blindSpeed = 9.5;

type Recipe = (source: Random) => readonly Thing[];

const between = (source: Random, least: number, most: number) => least + (most - least) * source.uniform();

/** Somebody who walks across and is in the middle of the lane about when the car would be there. */
function crossing(source: Random, x: number, side: 'left' | 'right', late = 0): Thing {
  const speed = between(source, 1.1, 1.6);
  const meets = x / blindSpeed + late + 1.3 * source.normal();
  const vy = side === 'right' ? speed : -speed;
  return thing('pedestrian', x, -vy * Math.max(1.5, meets), { vy });
}

const parked = (x: number, y: number) => thing('car', x, y);
const onZebra = (source: Random, side: 'left' | 'right', late = 0): readonly Thing[] => {
  const x = between(source, 22, 36);
  return [thing('crossing', x), crossing(source, x, side, late)];
};

/** One recipe for each scene, so that any seed has all that one should be able to deal with. */
const recipes: readonly Recipe[] = [
  (source) => [thing('speed', between(source, 15, 25), 0, { limit: 20 / 3.6 })],
  (source) => onZebra(source, 'right', 2.8),
  (source) => onZebra(source, 'left', -2.4),
  (source) => {
    const x = between(source, 24, 34);
    return [thing('crossing', x), thing('pedestrian', x, -2.4)];
  },
  (source) => [parked(between(source, 22, 32), between(source, -2.3, -2))],
  (source) => {
    const x = between(source, 18, 24);
    return [
      parked(x, -2.6),
      parked(x + 8, -2.6),
      thing('pedestrian', x + 4, -5.5, { vy: between(source, 1.2, 1.8) }),
    ];
  },
  (source) => [thing('stop', between(source, 22, 32))],
  (source) => {
    const x = between(source, 20, 26);
    return [thing('stop', x), thing('crossing', x + 4), crossing(source, x + 4, 'left', 3)];
  },
  (source) => [
    thing('speed', 8, 0, { limit: 20 / 3.6 }),
    thing('pedestrian', between(source, 22, 34), between(source, -1.6, -1.2)),
  ],
  (source) => [thing('pedestrian', between(source, 12, 16), between(source, -1.7, -1.3), { vx: 1.2 })],
  (source) => {
    const x = between(source, 24, 32);
    return [thing('crossing', x), crossing(source, x, 'left', -2.6), crossing(source, x + 0.8, 'right', 3.2)];
  },
  (source) => [
    parked(between(source, 22, 28), between(source, -2.2, -1.9)),
    thing('car', between(source, 70, 85), 3.5, { vx: -8 }),
  ],
  (source) => {
    const x = between(source, 28, 36);
    return [thing('crossing', x), thing('pedestrian', x, 3.5, { vy: 1.3 })];
  },
  (source) => [thing('bicycle', between(source, 12, 16), between(source, -1.8, -1.5), { vx: 4 })],
  (source) => [thing('stop', between(source, 28, 36)), parked(between(source, 12, 16), -2.15)],
  (source) => [
    thing('speed', 6, 0, { limit: 20 / 3.6 }),
    thing('pedestrian', between(source, 24, 30), -2.1),
    thing('pedestrian', between(source, 30, 36), 2.2),
  ],
];

/** Scene `index` of a seed. It is rounded as it is written down, so that editing it moves nothing else. */
function generated(seed: number, index: number): string {
  const source = random(seed, 'scene', index);
  const things = recipes[index]!(source);
  const goal = between(source, 42, 48);
  return formatScene({ goal, speed: between(source, 8.5, 10.5), limit: 30 / 3.6, things });
}

const made = new Map<number, readonly string[]>();

/** The scenes of a seed, written down. */
export function generatedScenes(seed: number): readonly string[] {
  let found = made.get(seed);
  if (!found) {
    found = recipes.map((_, index) => generated(seed, index));
    if (made.size > 20) made.clear();
    made.set(seed, found);
  }
  return found;
}

const parsed = new Map<string, Scene>();

/** A scene of a text, read once. @throws Error as `parseScene` */
export function sceneOf(text: string): Scene {
  let found = parsed.get(text);
  if (!found) {
    found = parseScene(text);
    if (parsed.size > 400) parsed.clear();
    parsed.set(text, found);
  }
  return found;
}

const usable = (text: string): boolean => {
  try {
    sceneOf(text);
    return true;
  } catch {
    return false;
  }
};

const emptyStreet = formatScene({ goal: 45, speed: 8, limit: 30 / 3.6, things: [] });

/** More scenes than this are none that somebody made here. */
const mostScenes = 200;

const listed = new WeakMap<Own, { readonly seed: number; readonly scenes: readonly string[] }>();

/**
 * All scenes, written down: those of the seed, in their places or after them those that somebody edited or brought. One
 * that cannot be read, out of a damaged link, leaves the generated one or an empty street.
 */
export function scenesOf(seed: number, own: Own): readonly string[] {
  const found = listed.get(own);
  if (found?.seed === seed) return found.scenes;
  const generated = generatedScenes(seed);
  const places = Object.keys(own.prompts)
    .map(Number)
    .filter((place) => place >= 0 && place < mostScenes);
  const count = Math.max(generated.length, ...places.map((place) => place + 1));
  const scenes = Array.from({ length: count }, (_, place) => {
    const text = own.prompts[place];
    return text !== undefined && usable(text) ? text : (generated[place] ?? emptyStreet);
  });
  listed.set(own, { seed, scenes });
  return scenes;
}
