/**
 * A street seen from above, in metres and seconds: x runs along the road from the rear axle of the car at the start, y to the
 * left of the middle of its lane. A scene is written down as a short JSON text, so that it can be edited, kept and sent.
 */

/** What may stand or move in a scene. */
export const thingKinds = {
  pedestrian: { label: 'pedestrian', length: 0.6, width: 0.6, solid: true, person: true },
  bicycle: { label: 'cyclist', length: 1.8, width: 0.6, solid: true, person: true },
  car: { label: 'car', length: 4.4, width: 1.8, solid: true, person: false },
  stop: { label: 'stop sign', length: 0, width: 0, solid: false, person: false },
  light: { label: 'traffic light', length: 0, width: 0, solid: false, person: false },
  speed: { label: 'speed sign', length: 0, width: 0, solid: false, person: false },
  crossing: { label: 'zebra crossing', length: 3, width: 0, solid: false, person: false },
} as const;

export type ThingKind = keyof typeof thingKinds;

export interface Thing {
  readonly kind: ThingKind;
  /** Middle of it, at the start. */
  readonly x: number;
  readonly y: number;
  /** Velocity, m/s: it keeps that. */
  readonly vx: number;
  readonly vy: number;
  /** Along and across the road. */
  readonly length: number;
  readonly width: number;
  /** What a speed sign allows from there on, m/s. */
  readonly limit?: number;
  /** Of the detector that saw it, where one did. */
  readonly confidence?: number;
}

export interface Scene {
  /** Where the trip ends, for the front of the car. */
  readonly goal: number;
  /** Of the car at the start, m/s. */
  readonly speed: number;
  /** What is allowed before the first speed sign, m/s. */
  readonly limit: number;
  readonly things: readonly Thing[];
}

/** Across the road, from right to left. */
export const road = { rightKerb: -3.75, laneRight: -1.75, laneLeft: 1.75, leftKerb: 5.25 } as const;

/** So many solid things a scene may hold: each is looked at in every tenth of a second of every plan. */
export const mostThings = 60;

const ranges = {
  x: [-20, 120],
  y: [-20, 20],
  vx: [-20, 20],
  vy: [-5, 5],
  length: [0, 20],
  width: [0, 5],
  limit: [1, 40],
  confidence: [0, 1],
  goal: [10, 100],
  speed: [0, 15],
} as const satisfies Record<string, readonly [number, number]>;

/** Keeps a place where things may be. */
export const withinScene = (axis: 'x' | 'y', value: number): number =>
  Math.min(ranges[axis][1], Math.max(ranges[axis][0], value));

/**
 * Reads a scene.
 * @throws Error with a sentence that names the field that is wrong, and what it takes
 */
export function parseScene(text: string): Scene {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error('A scene is JSON, and this is none, or it was cut short.', { cause: error });
  }
  if (!isRecord(found)) throw new Error('A scene is a JSON object with goal, speed, limit and things.');
  const { things } = found;
  if (!Array.isArray(things)) throw new Error('The scene has no list called "things". An empty one is [].');
  if (things.length > mostThings)
    throw new Error(`The scene has ${things.length} things. It can hold at most ${mostThings}.`);
  return {
    goal: numberIn(found, 'goal', 'goal'),
    speed: numberIn(found, 'speed', 'speed'),
    limit: numberIn(found, 'limit', 'limit'),
    things: things.map(parseThing),
  };
}

function parseThing(found: unknown, i: number): Thing {
  const where = `things[${i}]`;
  if (!isRecord(found)) throw new Error(`The scene’s ${where} is no object with kind, x and y.`);
  const { kind } = found;
  if (typeof kind !== 'string' || !Object.hasOwn(thingKinds, kind))
    throw new Error(
      `The scene’s ${where}.kind is ${shown(kind)}. It takes one of ${Object.keys(thingKinds).join(', ')}.`,
    );
  const known = kind as ThingKind;
  const field = (name: keyof typeof ranges, otherwise?: number) =>
    numberIn(found, name, `${where}.${name}`, otherwise);
  return {
    kind: known,
    x: field('x'),
    y: field('y', 0),
    vx: field('vx', 0),
    vy: field('vy', 0),
    length: field('length', thingKinds[known].length),
    width: field('width', thingKinds[known].width),
    ...(known === 'speed' ? { limit: field('limit') } : {}),
    ...(found['confidence'] === undefined ? {} : { confidence: field('confidence') }),
  };
}

function numberIn(
  from: Readonly<Record<string, unknown>>,
  name: keyof typeof ranges,
  path: string,
  otherwise?: number,
): number {
  const value = from[name];
  if (value === undefined && otherwise !== undefined) return otherwise;
  const [least, most] = ranges[name];
  if (typeof value !== 'number' || !(value >= least && value <= most))
    throw new Error(`The scene’s ${path} is ${shown(value)}. It takes a number from ${least} to ${most}.`);
  return value;
}

/** Writes a scene down, to centimetres, leaving out what is as usual. */
export function formatScene({ goal, speed, limit, things }: Scene): string {
  return JSON.stringify({
    goal: rounded(goal),
    speed: rounded(speed),
    limit: rounded(limit),
    things: things.map((thing) => {
      const usual = { y: 0, vx: 0, vy: 0, ...sizeOf(thing.kind) };
      return Object.fromEntries(
        Object.entries(thing)
          .filter(
            ([name, value]) =>
              value !== undefined && (!(name in usual) || value !== usual[name as keyof typeof usual]),
          )
          .map(([name, value]: [string, unknown]) => [
            name,
            typeof value === 'number' ? rounded(value) : value,
          ]),
      );
    }),
  });
}

const sizeOf = (kind: ThingKind) => ({ length: thingKinds[kind].length, width: thingKinds[kind].width });

/** A thing with the usual size, standing still. */
export const thing = (kind: ThingKind, x: number, y = 0, more: Partial<Thing> = {}): Thing => ({
  kind,
  x,
  y,
  vx: 0,
  vy: 0,
  ...sizeOf(kind),
  ...more,
});

const kmh = (speed: number) => Math.round(speed * 3.6);

/** The scene in words. */
export function describeScene({ goal, limit, things }: Scene): string {
  const parts = things.map(({ kind, x, y, vx, vy, limit: signed }) => {
    const at = `${Math.round(x)} m ahead`;
    const side = y < road.laneRight ? ' on the right' : y > road.laneLeft ? ' on the left' : '';
    if (kind === 'speed') return `a sign for ${kmh(signed!)} km/h ${at}`;
    const { label, solid } = thingKinds[kind];
    if (!solid) return `a ${label} ${at}`;
    if (kind === 'car')
      return `${vx < 0 ? 'an oncoming' : vx > 0 ? 'a moving' : 'a parked'} car${side} ${at}`;
    const moves =
      Math.abs(vy) > 0.1
        ? `crossing from the ${vy > 0 ? 'right' : 'left'}`
        : Math.abs(vx) > 0.1
          ? 'going along the road'
          : 'standing';
    return `a ${label}${side}, ${moves}, ${at}`;
  });
  const what = parts.length === 0 ? 'nothing in the way' : parts.join('; ');
  return `Drive ${Math.round(goal)} m along a street with a limit of ${kmh(limit)} km/h: ${what}.`;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const rounded = (value: number): number => Math.round(value * 100) / 100;

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
