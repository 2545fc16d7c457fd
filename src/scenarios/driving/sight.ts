import { road, thingKinds, type Scene, type Thing } from './scene';
import { generatedScenes, sceneOf } from './scenes';
import { momentsOf } from './plans';

/** How soon the car would be somewhere if it did not look, m/s. */
const usualSpeed = 9.5;

/** 1 for what is here, falling to 0 for what is 60 m ahead or further, or behind. */
const nearness = (x: number): number => (x < 0 || x > 60 ? 0 : 1 - x / 60);

/** Where on the road something will be when the car would come by; it moves on, and so does the car. */
function meeting({ x, y, vx, vy }: Thing): { seconds: number; y: number } {
  const closing = Math.max(0.5, usualSpeed - vx);
  const seconds = Math.min(12, Math.max(0, x / closing));
  return { seconds, y: y + vy * seconds };
}

/** How far something will reach into the lane by then: 1 in the middle of it, 0 beside it. */
function inTheWay(one: Thing): number {
  const gap = Math.abs(meeting(one).y) - one.width / 2;
  return Math.max(0, 1 - Math.max(0, gap) / (road.laneLeft + 0.8));
}

/** What the policy sees of a scene: a few numbers, as a perception system would hand them on. */
function glimpse({ goal, speed, limit, things }: Scene): number[] {
  const ahead = things.filter(({ x }) => x > 0);
  const people = ahead.filter(({ kind }) => thingKinds[kind].person);
  const worst = (of: readonly Thing[]) =>
    of.reduce<Thing | null>((found, one) => (!found || inTheWay(one) > inTheWay(found) ? one : found), null);
  const someone = worst(people);
  const car = worst(ahead.filter(({ kind, vx }) => kind === 'car' && vx >= 0));
  const line = ahead.find(({ kind }) => kind === 'stop' || kind === 'light');
  const allowed = Math.min(limit, ...ahead.flatMap((one) => one.limit ?? []));
  return [
    goal,
    speed,
    allowed,
    line ? 1 : 0,
    line ? nearness(line.x) : 0,
    ahead.some(({ kind }) => kind === 'crossing') ? 1 : 0,
    people.length > 0 ? 1 : 0,
    someone ? inTheWay(someone) : 0,
    // To which side there is more room, and how late somebody who walks across is.
    someone ? inTheWay(someone) * Math.sign(meeting(someone).y) : 0,
    someone ? nearness(meeting(someone).seconds * usualSpeed) * inTheWay(someone) : 0,
    someone && someone.vy !== 0 ? inTheWay(someone) : 0,
    someone ? someone.vx * inTheWay(someone) : 0,
    car ? inTheWay(car) : 0,
    car ? nearness(car.x) : 0,
    ahead.some(({ kind, vx }) => kind === 'car' && vx < 0) ? 1 : 0,
  ];
}

/** What the policy sees of each scene, [scenes · dimension], in standard deviations over the generated scenes of the seed. */
export function sightOf(seed: number, scenes: readonly Scene[]): { states: Float32Array; dimension: number } {
  const usual = generatedScenes(seed).map((text) => glimpse(sceneOf(text)));
  const dimension = usual[0]!.length;
  const scale = Array.from({ length: dimension }, (_, i) => momentsOf(usual.map((one) => one[i]!)));
  // Some scene that somebody made may be unlike all others: the policy sees no more than five deviations of that.
  const standardised = (value: number, i: number) => {
    const { mean, std } = scale[i]!;
    return Math.max(-5, Math.min(5, (value - mean) / (std || 1)));
  };
  const states = Float32Array.from(scenes.flatMap((scene) => glimpse(scene).map(standardised)));
  return { states, dimension };
}
