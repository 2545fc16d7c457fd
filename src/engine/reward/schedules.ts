import type { Settings } from '../../domain/settings';

/**
 * What the learning rate is multiplied by at a step, from 0. The registry: a new schedule is one line here.
 * @param length the schedule's length in steps
 */
export const schedules: Record<Settings['schedule'], (step: number, length: number) => number> = {
  constant: () => 1,
  // Half a cosine from 1 to 0 (Loshchilov and Hutter 2017), then 0.
  cosine: (step, length) => 0.5 * (1 + Math.cos(Math.PI * Math.min(1, step / length))),
  warmup: (step, length) => Math.min(1, (step + 1) / length),
};
