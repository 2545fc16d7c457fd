import { mostThings, thing, withinScene, type Scene, type Thing, type ThingKind } from './scene';

/** How the camera stands: flat ground, no roll, and the horizon says how far it looks down. */
export interface Camera {
  /** Above the road, m. */
  readonly height: number;
  /** Where the horizon is, as a share of the image's height from the top. */
  readonly horizon: number;
  /** From the left edge of the image to the right one, degrees. */
  readonly fieldOfView: number;
}

/** What a detector saw: its box in shares of the image. */
export interface Seen {
  readonly name: string;
  readonly confidence: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** From the rear axle to the camera behind the windscreen, m. */
const toCamera = 1.7;

/** What the classes of COCO become. Whoever has another height than width on the ground is told by `size`. */
const classes: Readonly<Record<string, { kind: ThingKind; size?: Pick<Thing, 'length' | 'width'> }>> = {
  person: { kind: 'pedestrian' },
  bicycle: { kind: 'bicycle' },
  motorcycle: { kind: 'bicycle', size: { length: 2.1, width: 0.8 } },
  car: { kind: 'car' },
  truck: { kind: 'car', size: { length: 8, width: 2.5 } },
  bus: { kind: 'car', size: { length: 11, width: 2.5 } },
  'traffic light': { kind: 'light' },
  'stop sign': { kind: 'stop' },
};

/** Signs hang: how far away they are follows from how large they look, m. */
const heights: Partial<Record<ThingKind, number>> = { stop: 0.75, light: 0.9 };

/** Further ahead, or further to the side, nothing is placed, m. */
const reach = { ahead: 100, aside: 15 } as const;

export interface Placed {
  readonly scene: Scene;
  /** What was left out, and why: 'other class', 'above the horizon', 'too far away', 'too many'. */
  readonly ignored: readonly { readonly name: string; readonly why: string; readonly count: number }[];
}

/**
 * Places detections on the road by the pinhole model: with the focal length f = (w/2) / tan(fov/2), what stands on flat
 * ground and ends v below the horizon is height · f / v ahead, and (u · distance) / f beside. What hangs is as far away
 * as its size says: real height · f / height in the image.
 * @param width, height of the image
 */
export function placeDetections(
  seen: readonly Seen[],
  { width, height }: { readonly width: number; readonly height: number },
  camera: Camera,
): Placed {
  const focal = width / 2 / Math.tan((camera.fieldOfView * Math.PI) / 360);
  const ignored = new Map<string, { name: string; why: string; count: number }>();
  const ignore = (name: string, why: string) => {
    const key = `${name}/${why}`;
    ignored.set(key, { name, why, count: (ignored.get(key)?.count ?? 0) + 1 });
  };
  const things: { name: string; one: Thing }[] = [];
  for (const { name, confidence, left, right, top, bottom } of seen) {
    const known = Object.hasOwn(classes, name) ? classes[name] : undefined;
    if (!known) {
      ignore(name, 'other class');
      continue;
    }
    const size = known.size ?? {};
    const base = thing(known.kind, 0, 0, size);
    const hangs = heights[known.kind];
    const below = hangs === undefined ? (bottom - camera.horizon) * height : (bottom - top) * height;
    const distance = below > 0 ? ((hangs ?? camera.height) * focal) / below : Infinity;
    const aside = (((0.5 - (left + right) / 2) * width) / focal) * distance;
    if (distance === Infinity) ignore(name, 'above the horizon');
    else if (distance > reach.ahead || Math.abs(aside) > reach.aside) ignore(name, 'too far away');
    else {
      const x = withinScene('x', toCamera + distance + base.length / 2);
      things.push({ name, one: { ...base, x, y: withinScene('y', aside), confidence } });
    }
  }
  things.sort((a, b) => a.one.x - b.one.x);
  for (const { name } of things.slice(mostThings)) ignore(name, 'too many');
  const kept = things.slice(0, mostThings).map(({ one }) => one);
  return {
    scene: { goal: 45, speed: 8, limit: 30 / 3.6, things: kept },
    ignored: [...ignored.values()].sort((a, b) => b.count - a.count),
  };
}
