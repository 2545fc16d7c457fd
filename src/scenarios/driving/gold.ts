import type { Measures } from './measures';

/** 0 up to `from`, 1 from `to` on, linear between; falls where `to` is smaller. */
const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/** The parts of what is good, each from 0 (bad) to 1 (as good as it gets): beyond what people notice, more is not better. */
export const goldParts = {
  /** Enough room to people and cars, and slow beside people. */
  distance: ({ peopleGap, carGap, nearPeople }: Measures) =>
    0.4 * ramp(peopleGap, 0.2, 1.5) + 0.2 * ramp(carGap, 0.1, 0.6) + 0.4 * ramp(nearPeople, 11, 3),
  /** Stops at the line, keeps to the limit, does not race over crossings. */
  rules: ({ stopLine, overSpeed, crossing }: Measures) =>
    0.3 * ramp(stopLine, 9, 0.5) + 0.4 * ramp(overSpeed, 3, 0) + 0.3 * ramp(crossing, 11, 5),
  comfort: ({ maxJerk, meanJerk, maxLateral, braking }: Measures) =>
    (ramp(meanJerk, 2.5, 0.5) + ramp(maxJerk, 8, 2) + ramp(maxLateral, 3, 0.5) + ramp(braking, 5, 1.5)) / 4,
  lane: ({ outside, offRoad, offset }: Measures) =>
    0.4 * ramp(outside, 3, 0) + 0.4 * ramp(offRoad, 0.5, 0) + 0.2 * ramp(offset, 1, 0.2),
  /** Gets there, and in good time. */
  progress: ({ progress, time }: Measures) => 0.7 * progress + 0.3 * ramp(time, 8, 7),
} as const;

export type GoldPart = keyof typeof goldParts;

/** What a collision takes away, from 0 (none) to 1: as much as half at walking pace, and all of it at 8 m/s. */
export const harm = ({ touches, impact }: Measures): number =>
  touches === 0 ? 0 : 0.6 + 0.4 * ramp(impact, 0, 8);
