import type { Measures } from './measures';

const number = (value: number, digits = 1): string => value.toFixed(digits);

/** A driven plan in a sentence. */
export function describePlan(measures: Measures): string {
  const { arrived, time, progress, meanSpeed, waiting, touches, impact, peopleGap, outside, offRoad } =
    measures;
  const trip = arrived
    ? `Gets there in ${number(time)} s`
    : `Gets ${Math.round(100 * progress)} % of the way in ${number(time)} s`;
  const parts = [
    `at ${number(meanSpeed)} m/s on average, ${number(measures.topSpeed)} at most`,
    waiting > 0 ? `stands for ${number(waiting)} s` : '',
    `brakes with up to ${number(measures.braking)} m/s²`,
    touches
      ? `hits something at ${number(impact)} m/s`
      : peopleGap < 2
        ? `passes people at ${number(peopleGap)} m`
        : '',
    measures.stopLine > 0 ? `goes over the stop line at ${number(measures.stopLine)} m/s` : '',
    offRoad > 0
      ? `is over the kerb for ${number(offRoad)} s`
      : outside > 0
        ? `is over a line for ${number(outside)} s`
        : '',
  ];
  return `${[trip, ...parts.filter((part) => part !== '')].join(', ')}.`;
}
