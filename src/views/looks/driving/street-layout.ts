import { road, toFront, type Scene } from '../../../state/street';

/** Room around the road, m: pavements, and a bit of street behind the car and beyond the goal. */
const around = { behind: 2.5, beyond: 3, pavement: 2 } as const;
/** Across the road everything is drawn up to so many times as large as along it: half a metre is what it is about. */
const mostStretch = 2;
/** Kept free at the upper and lower edge, for words. */
const edge = 14;

/** Speeds that the profile reaches to, m/s. */
export const fastest = 15;

/** Where things are in a picture: the street goes up; beside it, at the same height, how fast. */
export interface StreetLayout {
  /** Left edge of the picture of the street, and its width. */
  readonly left: number;
  readonly width: number;
  readonly height: number;
  /** Pixels a metre along the road and across it. */
  readonly along: number;
  readonly across: number;
  readonly toX: (y: number) => number;
  readonly toY: (x: number) => number;
  /** The other way round. */
  readonly fromX: (left: number) => number;
  readonly fromY: (top: number) => number;
  /** Where the profile of speeds is; null without one. */
  readonly profile: { readonly left: number; readonly width: number } | null;
  readonly toSpeed: (speed: number) => number;
}

export function streetLayout(
  { goal }: Pick<Scene, 'goal'>,
  width: number,
  height: number,
  profile: boolean,
): StreetLayout {
  const end = Math.max(goal, 20) + around.beyond;
  const margin = profile ? edge : 2;
  const along = (height - 2 * margin) / (end + around.behind);
  const [rightmost, leftmost] = [road.rightKerb - around.pavement, road.leftKerb + around.pavement];
  const room = profile ? width * 0.62 : width;
  const across = Math.min(along * mostStretch, room / (leftmost - rightmost));
  const street = (leftmost - rightmost) * across;
  const left = profile ? 0 : (width - street) / 2;
  const gap = 10;
  const chart = profile ? { left: street + gap, width: Math.max(10, width - street - gap - 3) } : null;
  return {
    left,
    width: street,
    height,
    along,
    across,
    toX: (y) => left + (leftmost - y) * across,
    toY: (x) => margin + (end - x) * along,
    fromX: (at) => leftmost - (at - left) / across,
    fromY: (at) => end - (at - margin) / along,
    profile: chart,
    toSpeed: (speed) => (chart ? chart.left + (Math.min(speed, fastest) / fastest) * chart.width : 0),
  };
}

/** Where the front of a car is whose rear axle is there. */
export const frontOf = (x: number, y: number, heading: number) => ({
  x: x + toFront * Math.cos(heading),
  y: y + toFront * Math.sin(heading),
});
