/** Between a setting's value and its slider's position; reading and writing a setting's value as text. */
import { describeRange, type NumberSetting } from '../../domain/settings';
import { readNumber, short } from './number';

/** A slider has this many steps, unless the setting has fewer values. */
const STEPS = 200;

/** With `min` 0 a logarithm has no left end: below this value the slider is at 0. */
const floorOf = ({ min, max, integer }: NumberSetting): number =>
  min > 0 ? min : integer ? 1 : Math.min(max / 10, max * 1e-5);

/** The position that holds exactly 0 on a log slider with `min` 0; the rest is for the logarithm. */
const zeroPart = ({ min }: NumberSetting): number => (min > 0 ? 0 : 1 / STEPS);

const threeDigits = (value: number): number => Number(value.toPrecision(3));

function tidy(definition: NumberSetting, value: number): number {
  const { min, max, integer } = definition;
  const near = integer ? Math.round(value) : threeDigits(value);
  return Math.min(max, Math.max(min, near));
}

/** Slider position, 0 to 1, of a value. */
export function positionOf(definition: NumberSetting, value: number): number {
  const { min, max, log } = definition;
  if (!(value > min)) return 0;
  if (value >= max) return 1;
  if (!log) return (value - min) / (max - min);
  const floor = floorOf(definition);
  const left = zeroPart(definition);
  return left + ((1 - left) * Math.log(Math.max(value, floor) / floor)) / Math.log(max / floor);
}

/** Value at a slider position, rounded to what the setting can hold and to three significant digits. */
export function valueAt(definition: NumberSetting, position: number): number {
  const { min, max, log } = definition;
  if (position <= 0) return min;
  if (position >= 1) return max;
  if (!log) {
    const value = min + position * (max - min);
    const fineness = 10 ** Math.floor(Math.log10((max - min) / STEPS));
    return tidy(definition, Math.round(value / fineness) * fineness);
  }
  const floor = floorOf(definition);
  const left = zeroPart(definition);
  if (position < left) return min;
  return tidy(definition, floor * Math.exp(((position - left) / (1 - left)) * Math.log(max / floor)));
}

/** The value `steps` slider steps further (negative: back); always another value, unless it is at the end. */
export function nudge(definition: NumberSetting, value: number, steps: number): number {
  const direction = Math.sign(steps);
  let position = positionOf(definition, value) + steps / STEPS;
  let next = valueAt(definition, position);
  while ((next - value) * direction <= 0 && position > 0 && position < 1) {
    if (definition.integer) return tidy(definition, value + direction);
    position += direction / STEPS;
    next = valueAt(definition, position);
  }
  return next;
}

const isShare = ({ unit }: NumberSetting): boolean => unit === '%';

/** The value as shown beside the slider: "0.02", "10 %", "12 /s". */
export function textOf(definition: NumberSetting, value: number): string {
  const { unit, integer } = definition;
  if (isShare(definition)) return `${short(value * 100)} %`;
  const digits = integer ? String(value) : short(value);
  return unit ? `${digits} ${unit}` : digits;
}

/** What was typed, as a value of the setting; null when it is not one. */
export function valueOfText(definition: NumberSetting, text: string): number | null {
  const typed = readNumber(text);
  const value = isShare(definition) ? Number((typed / 100).toPrecision(12)) : typed;
  const { min, max, integer } = definition;
  return value >= min && value <= max && (!integer || Number.isInteger(value)) ? value : null;
}

/** The sentence for a value that was refused. */
export function refusal(definition: NumberSetting): string {
  const { label, min, max } = definition;
  const range = isShare(definition)
    ? `${describeRange({ ...definition, min: min * 100, max: max * 100 })} %`
    : describeRange(definition);
  return `“${label}” takes ${range}.`;
}
