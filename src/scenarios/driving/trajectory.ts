import { boxToBox, discToBox, type Box } from './geometry';
import { thingKinds, type Scene, type Thing } from './scene';
import { car, drive, reachable, steerable, toFront, toMiddle, type Pose } from './vehicle';

/** Seconds between two moments of a trajectory, and how many steps a plan reaches ahead. */
export const tick = 0.1;
export const steps = 80;

/**
 * A plan is eight numbers: how far to the left of the lane's middle the car wants to be after so many metres, and how
 * fast it wants to be after so many seconds. They are written in standard deviations from the mean of the starting
 * policy, so that a step of the policy's learning is as large for all.
 */
const offsetKnots = [12, 24, 36, 48] as const;
const speedKnots = [2, 4, 6, 8] as const;
export const planLength = offsetKnots.length + speedKnots.length;

/** Of the starting policy: m, and m/s. */
const usual = { offset: { mean: 0, std: 0.5 }, speed: { mean: 10, std: 2 } } as const;

/** What is planned: metres at each of the `offsetKnots`, m/s at each of the `speedKnots`. */
export interface Plan {
  readonly offsets: readonly number[];
  readonly speeds: readonly number[];
}

/** @param values [planLength], or fewer: the rest is 0 */
export const planOf = (values: readonly number[]): Plan => ({
  offsets: offsetKnots.map((_, k) => usual.offset.mean + usual.offset.std * (values[k] ?? 0)),
  speeds: speedKnots.map(
    (_, k) => usual.speed.mean + usual.speed.std * (values[offsetKnots.length + k] ?? 0),
  ),
});

/** The values that plan this. */
export const valuesOf = ({ offsets, speeds }: Plan): number[] => [
  ...offsets.map((offset) => (offset - usual.offset.mean) / usual.offset.std),
  ...speeds.map((speed) => (speed - usual.speed.mean) / usual.speed.std),
];

/** A driven plan, moment by moment, until it reaches the goal or ends. What it touches does not stop it: it is a plan. */
export interface Trajectory {
  /** Moments, the start included. */
  readonly length: number;
  /** Of the rear axle, each [length]. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly heading: Float32Array;
  readonly speed: Float32Array;
  /** Along the way and across it, m/s². */
  readonly acceleration: Float32Array;
  readonly lateral: Float32Array;
  /** To the nearest person, and to the nearest car, m; `far` where there is none nearer. */
  readonly toPeople: Float32Array;
  readonly toCars: Float32Array;
  /** What it touches first, and at which moment; null if nothing. */
  readonly hit: { readonly thing: Thing; readonly moment: number } | null;
  readonly reached: boolean;
}

/** Nothing further away is looked at, m. */
export const far = 4;

/** Linear between knots; before the first from `from` at 0, after the last as there. */
function between(knots: readonly number[], values: readonly number[], from: number, at: number): number {
  let [before, value] = [0, from];
  for (let k = 0; k < knots.length; k++) {
    const [knot, next] = [knots[k]!, values[k]!];
    if (at < knot) return value + ((next - value) * (at - before)) / (knot - before);
    [before, value] = [knot, next];
  }
  return value;
}

/** Slower than this is standing, m/s. */
export const standing = 0.3;

/** How far ahead the car aims, in seconds and at least in metres; how soon it wants the speed that is planned. */
const aim = { seconds: 0.8, least: 4 } as const;
const speedLag = 0.5;

/**
 * Drives a plan by the bicycle model: pure pursuit (Coulter 1992) of the planned offsets, the planned speeds as fast as
 * the limits of the car allow.
 */
export function rollOut(scene: Scene, plan: Plan): Trajectory {
  const moments = steps + 1;
  const column = () => new Float32Array(moments);
  const [x, y, heading, speed, acceleration, lateral, toPeople, toCars] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  const solid = scene.things.filter(({ kind }) => thingKinds[kind].solid);
  const near = { people: far, cars: far, touched: null as Thing | null };
  let hit: Trajectory['hit'] = null;
  let pose: Pose = { x: 0, y: 0, heading: 0 };
  let [pace, pull, steering] = [scene.speed, 0, 0];
  let reached: boolean;
  let i = 0;
  for (; ; i++) {
    lookAround(solid, pose, pace, i * tick, near);
    if (near.touched) hit ??= { thing: near.touched, moment: i };
    x[i] = pose.x;
    y[i] = pose.y;
    heading[i] = pose.heading;
    speed[i] = pace;
    acceleration[i] = pull;
    lateral[i] = (pace * pace * Math.tan(steering)) / car.wheelbase;
    toPeople[i] = near.people;
    toCars[i] = near.cars;
    reached = pose.x + toFront * Math.cos(pose.heading) >= scene.goal;
    if (reached || i === steps) break;

    steering = steerable(steeringTo(pose, plan.offsets, pace), steering, pace, tick);
    const ahead = between(speedKnots, plan.speeds, scene.speed, i * tick + speedLag);
    const wanted = Math.min(car.maxSpeed, Math.max(0, ahead));
    pull = reachable((wanted - pace) / speedLag, pull, tick);
    // No reversing: the car stands, and stands without pulling.
    if (pace + pull * tick <= 0) pull = -pace / tick;
    const next = pace + pull * tick;
    pose = drive(pose, (pace + next) / 2, steering, tick);
    pace = next;
  }
  const length = i + 1;
  return { length, x, y, heading, speed, acceleration, lateral, toPeople, toCars, hit, reached };
}

function steeringTo({ x, y, heading }: Pose, offsets: readonly number[], pace: number): number {
  const reach = Math.max(aim.least, aim.seconds * pace);
  const target = between(offsetKnots, offsets, 0, x + reach);
  const angle = Math.atan2(target - y, reach) - heading;
  return Math.atan((2 * car.wheelbase * Math.sin(angle)) / Math.hypot(reach, target - y));
}

/** The rectangle the car covers. */
const bodyAt = ({ x, y, heading }: Pose): Box => {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  return {
    x: x + toMiddle * cos,
    y: y + toMiddle * sin,
    halfLength: car.length / 2,
    halfWidth: car.width / 2,
    cos,
    sin,
  };
};

/** Writes what is nearest at a moment into `near`: this runs eighty times for every plan. */
function lookAround(
  things: readonly Thing[],
  pose: Pose,
  pace: number,
  at: number,
  near: { people: number; cars: number; touched: Thing | null },
): void {
  near.people = far;
  near.cars = far;
  near.touched = null;
  const body = bodyAt(pose);
  for (const thing of things) {
    const tx = thing.x + thing.vx * at;
    const ty = thing.y + thing.vy * at;
    const reach = far + thing.length + car.length;
    if (Math.abs(tx - body.x) > reach || Math.abs(ty - body.y) > reach) continue;
    const gap =
      thing.kind === 'pedestrian'
        ? discToBox(tx, ty, thing.width / 2, body)
        : boxToBox(body, boxOf(thing, tx, ty));
    const { person } = thingKinds[thing.kind];
    if (person) near.people = Math.min(near.people, gap);
    else near.cars = Math.min(near.cars, gap);
    // Who walks into a car that stands has not been hit by it.
    if (gap === 0 && (pace > standing || !person)) near.touched ??= thing;
  }
}

const boxOf = ({ length, width }: Thing, x: number, y: number): Box => ({
  x,
  y,
  halfLength: length / 2,
  halfWidth: width / 2,
  cos: 1,
  sin: 0,
});
