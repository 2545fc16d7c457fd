import { road, type Scene, type Thing } from './scene';
import { far, planOf, rollOut, standing, steps, tick, type Trajectory } from './trajectory';
import { car, toFront, toMiddle } from './vehicle';

/** What is measured of a driven plan. Every feature, every part of the gold and every number on a card is one of these. */
interface MeasureDefinition {
  readonly label: string;
  readonly unit: string;
  readonly meaning: string;
  /** Differences smaller than this are none: what hardly varies at the start is scaled by it. */
  readonly least: number;
}

export const measureTable = {
  peopleGap: { label: 'gap to people', unit: 'm', meaning: 'smallest, up to 4 m', least: 0.1 },
  carGap: { label: 'gap to cars', unit: 'm', meaning: 'smallest, up to 3 m', least: 0.1 },
  impact: { label: 'speed at impact', unit: 'm/s', meaning: '0 if nothing is touched', least: 0.5 },
  touches: { label: 'collision', unit: '', meaning: '1 if anything is touched', least: 0.2 },
  nearPeople: {
    label: 'speed near people',
    unit: 'm/s',
    meaning: 'largest within 4 m of somebody',
    least: 0.5,
  },
  crossing: {
    label: 'speed over crossings',
    unit: 'm/s',
    meaning: 'largest on a zebra crossing',
    least: 0.5,
  },
  stopLine: {
    label: 'speed over the stop line',
    unit: 'm/s',
    meaning: 'lowest on the last metres before it; 0 if it stops',
    least: 0.5,
  },
  overSpeed: { label: 'over-speed', unit: 'm/s', meaning: 'above the limit, on average', least: 0.3 },
  topSpeed: { label: 'top speed', unit: 'm/s', meaning: 'largest', least: 0.5 },
  meanSpeed: {
    label: 'mean speed',
    unit: 'm/s',
    meaning: 'until the goal, or over eight seconds',
    least: 0.5,
  },
  slowest: { label: 'lowest speed', unit: 'm/s', meaning: 'smallest', least: 0.5 },
  waiting: { label: 'standing', unit: 's', meaning: 'time at less than 0.3 m/s', least: 4 },
  meanJerk: { label: 'mean jerk', unit: 'm/s³', meaning: 'change of acceleration, on average', least: 0.1 },
  maxJerk: {
    label: 'largest jerk',
    unit: 'm/s³',
    meaning: 'change of acceleration, over half a second',
    least: 0.3,
  },
  braking: { label: 'hardest braking', unit: 'm/s²', meaning: 'largest deceleration', least: 0.2 },
  meanLateral: {
    label: 'mean side force',
    unit: 'm/s²',
    meaning: 'lateral acceleration, on average',
    least: 0.05,
  },
  maxLateral: { label: 'largest side force', unit: 'm/s²', meaning: 'lateral acceleration', least: 0.2 },
  offset: {
    label: 'off the middle',
    unit: 'm',
    meaning: 'distance from the middle of the lane, on average',
    least: 0.05,
  },
  outside: {
    label: 'over a line',
    unit: 's',
    meaning: 'time with a part of the car outside its lane',
    least: 0.5,
  },
  offRoad: {
    label: 'over the kerb',
    unit: 's',
    meaning: 'time with a part of the car off the road',
    least: 2,
  },
  progress: { label: 'progress', unit: '', meaning: 'share of the way to the goal', least: 1 },
  arrived: {
    label: 'goal reached',
    unit: '',
    meaning: '1 if it gets there within eight seconds',
    least: 1,
  },
  time: { label: 'time', unit: 's', meaning: 'to the goal, or all eight seconds', least: 0.5 },
} as const satisfies Record<string, MeasureDefinition>;

export type MeasureName = keyof typeof measureTable;
export type Measures = Readonly<Record<MeasureName, number>>;

export const measureNames = Object.keys(measureTable) as MeasureName[];

/** What is told apart of a gap to a car ends here, m. */
const farFromCars = 3;
/** This near to somebody, speed counts, m. */
const nearSomebody = 4;
/** So far before a line a stop still counts as a stop there, m. */
const beforeLine = 6;
/** Jerk is taken over so many steps. */
const jerkSpan = 5;

/** Drives a plan in a scene and measures it. */
export const measurePlan = (scene: Scene, values: readonly number[]): Measures =>
  measure(scene, rollOut(scene, planOf(values)));

/** Measures a driven plan: means and shares are over its moments. */
export function measure(scene: Scene, driven: Trajectory): Measures {
  const { length, x, y, heading, speed, acceleration, lateral, toPeople, toCars, hit, reached } = driven;
  const crossings = scene.things.filter(({ kind }) => kind === 'crossing');
  const limits = scene.things.filter(({ kind }) => kind === 'speed').sort((a, b) => a.x - b.x);
  const lines = scene.things.filter(({ kind }) => kind === 'stop' || kind === 'light');
  const fronts = new Float32Array(length);
  const most = { nearPeople: 0, crossing: 0, topSpeed: 0, braking: 0, maxLateral: 0, maxJerk: 0 };
  const sum = {
    overSpeed: 0,
    meanSpeed: 0,
    meanLateral: 0,
    offset: 0,
    waiting: 0,
    outside: 0,
    offRoad: 0,
    jerk: 0,
  };
  let peopleGap: number = far;
  let carGap: number = farFromCars;
  let slowest = Infinity;
  for (let i = 0; i < length; i++) {
    const pace = speed[i]!;
    const front = x[i]! + toFront * Math.cos(heading[i]!);
    fronts[i] = front;
    peopleGap = Math.min(peopleGap, toPeople[i]!);
    carGap = Math.min(carGap, toCars[i]!);
    slowest = Math.min(slowest, pace);
    most.topSpeed = Math.max(most.topSpeed, pace);
    if (toPeople[i]! < nearSomebody) most.nearPeople = Math.max(most.nearPeople, pace);
    for (const zebra of crossings)
      if (Math.abs(front - zebra.x) <= zebra.length / 2) most.crossing = Math.max(most.crossing, pace);
    most.braking = Math.max(most.braking, -acceleration[i]!);
    most.maxLateral = Math.max(most.maxLateral, Math.abs(lateral[i]!));

    let allowed = scene.limit;
    for (const sign of limits) if (sign.x <= front) allowed = sign.limit!;
    sum.overSpeed += Math.max(0, pace - allowed);
    sum.meanSpeed += pace;
    sum.meanLateral += Math.abs(lateral[i]!);
    sum.offset += Math.abs(y[i]!);
    if (pace < standing) sum.waiting++;
    const middle = y[i]! + toMiddle * Math.sin(heading[i]!);
    const beside =
      (Math.abs(Math.sin(heading[i]!)) * car.length + Math.abs(Math.cos(heading[i]!)) * car.width) / 2;
    if (middle + beside > road.laneLeft || middle - beside < road.laneRight) sum.outside++;
    if (middle + beside > road.leftKerb || middle - beside < road.rightKerb) sum.offRoad++;
    if (i >= jerkSpan) {
      const jerk = Math.abs(acceleration[i]! - acceleration[i - jerkSpan]!) / (jerkSpan * tick);
      sum.jerk += jerk;
      most.maxJerk = Math.max(most.maxJerk, jerk);
    }
  }
  const seconds = (length - 1) * tick;
  return {
    peopleGap,
    carGap,
    impact: hit ? Math.hypot(speed[hit.moment]! - hit.thing.vx, hit.thing.vy) : 0,
    touches: hit ? 1 : 0,
    nearPeople: most.nearPeople,
    crossing: most.crossing,
    stopLine: overLines(lines, fronts, speed),
    overSpeed: sum.overSpeed / length,
    topSpeed: most.topSpeed,
    meanSpeed: sum.meanSpeed / length,
    slowest,
    waiting: sum.waiting * tick,
    meanJerk: sum.jerk / Math.max(1, length - jerkSpan),
    maxJerk: most.maxJerk,
    braking: most.braking,
    meanLateral: sum.meanLateral / length,
    maxLateral: most.maxLateral,
    offset: sum.offset / length,
    outside: sum.outside * tick,
    offRoad: sum.offRoad * tick,
    progress: Math.max(0, Math.min(1, (fronts[length - 1]! - toFront) / (scene.goal - toFront))),
    arrived: reached ? 1 : 0,
    time: reached ? seconds : steps * tick,
  };
}

/** Of each line that is crossed, the lowest speed on the last metres before it; the largest of these. */
function overLines(lines: readonly Thing[], fronts: Float32Array, speed: Float32Array): number {
  let worst = 0;
  for (const { x } of lines) {
    const over = fronts.findIndex((at) => at > x);
    if (over < 0) continue;
    let lowest = speed[over]!;
    for (let i = over; i >= 0 && fronts[i]! > x - beforeLine; i--) lowest = Math.min(lowest, speed[i]!);
    worst = Math.max(worst, lowest < standing ? 0 : lowest);
  }
  return worst;
}
