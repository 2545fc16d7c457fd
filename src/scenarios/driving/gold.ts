import type { Content, Own } from '../../domain/content';
import type { Settings } from '../../domain/settings';
import type { Criterion } from '../scenario';
import type { Measures } from './measures';
import { momentsOf, startOf } from './plans';

/** 0 at `from`, 1 at `to` and beyond, linear between; `to` may be the smaller one. */
const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)));

/**
 * What makes a plan good, each part from 0 (bad) to 1 (as good as it gets): beyond what people notice, more is not
 * better. A collision is a part by itself: 0 is none, 1 one at full speed.
 */
export const goldParts = {
  collisionWeight: {
    label: 'no hit',
    of: ({ touches, impact }: Measures) => (touches === 0 ? 0 : -(0.6 + 0.4 * ramp(impact, 0, 8))),
  },
  distanceWeight: {
    label: 'distance',
    of: ({ peopleGap, carGap, nearPeople }: Measures) =>
      0.4 * ramp(peopleGap, 0.2, 1.5) + 0.2 * ramp(carGap, 0.1, 0.6) + 0.4 * ramp(nearPeople, 11, 3),
  },
  rulesWeight: {
    label: 'rules',
    of: ({ stopLine, overSpeed, crossing }: Measures) =>
      0.3 * ramp(stopLine, 9, 0.5) + 0.4 * ramp(overSpeed, 3, 0) + 0.3 * ramp(crossing, 11, 5),
  },
  comfortWeight: {
    label: 'comfort',
    of: ({ maxJerk, meanJerk, maxLateral, braking }: Measures) =>
      (ramp(meanJerk, 2.5, 0.5) + ramp(maxJerk, 8, 2) + ramp(maxLateral, 3, 0.5) + ramp(braking, 5, 1.5)) / 4,
  },
  laneWeight: {
    label: 'lane',
    of: ({ outside, offRoad, offset }: Measures) =>
      0.6 * ramp(outside, 2.5, 0) + 0.3 * ramp(offRoad, 0.5, 0) + 0.1 * ramp(offset, 1, 0.2),
  },
  progressWeight: {
    label: 'progress',
    of: ({ progress, time }: Measures) => 0.7 * progress + 0.3 * ramp(time, 8, 7),
  },
} as const satisfies Partial<Record<keyof Settings, { label: string; of: (measures: Measures) => number }>>;

export type GoldPart = keyof typeof goldParts;
export const goldPartNames = Object.keys(goldParts) as GoldPart[];

/** What each part adds to the gold, before that is shifted and scaled. */
export const goldTerms = (
  settings: Pick<Settings, GoldPart>,
  measures: Measures,
): Readonly<Record<GoldPart, number>> =>
  Object.fromEntries(
    goldPartNames.map((name) => [name, settings[name] * goldParts[name].of(measures)]),
  ) as Record<GoldPart, number>;

const total = (settings: Pick<Settings, GoldPart>, measures: Measures): number =>
  goldPartNames.reduce((sum, name) => sum + settings[name] * goldParts[name].of(measures), 0);

/** The same in standard deviations from the mean of the starting policy. */
function standardised(seed: number, worth: (measures: Measures) => number): (measures: Measures) => number {
  const { mean, std } = momentsOf(startOf(seed).measures.map(worth));
  return (measures) => (worth(measures) - mean) / Math.max(std, 1e-9);
}

/** The weighted sum of the parts, shifted and scaled to mean 0 and variance 1 under the starting policy. */
export const goldOf = (settings: Settings): ((measures: Measures) => number) =>
  standardised(settings.seed, (measures) => total(settings, measures));

type Judgement = Omit<Criterion, 'gold'> & { readonly of: (measures: Measures) => number };

/** Three sides of a plan. */
const judgements: readonly Judgement[] = [
  {
    id: 'safe',
    label: 'safe',
    question: 'Which is safer?',
    of: (measures) =>
      8 * goldParts.collisionWeight.of(measures) +
      2 * goldParts.distanceWeight.of(measures) +
      goldParts.rulesWeight.of(measures),
  },
  {
    id: 'comfortable',
    label: 'comfortable',
    question: 'In which would you rather sit?',
    of: goldParts.comfortWeight.of,
  },
  {
    id: 'quick',
    label: 'quick',
    question: 'Which gets there sooner?',
    // Whoever does not get there would need as long again for what is left.
    of: ({ time, progress }) => -time * (2 - progress),
  },
];

/** Measures contents in the scenes that there are. */
export type Measuring = (settings: Settings, own: Own) => (content: Content) => Measures;

export const drivingCriteria = (measuring: Measuring): readonly Criterion[] =>
  judgements.map(({ of, ...criterion }) => ({
    ...criterion,
    gold: (settings, own) => {
      const worth = standardised(settings.seed, of);
      const measures = measuring(settings, own);
      return (content) => worth(measures(content));
    },
  }));
