/** The numbers of a line chart: ranges, thinning, the sample under the cursor, and what they say in words. */
import { short, steady } from '../controls/number';
import type { Token } from './palette';

export interface Line {
  readonly name: string;
  readonly label: string;
  readonly colour: Token;
  readonly dash?: Dash;
  readonly width?: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** The edges of a band around it, at the same x; x ascends then. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** Lines are told apart by more than their colour. */
export type Dash = boolean | 'dotted';

/** Lengths of strokes and gaps, in CSS pixels; none for a solid line. */
export const dashOf = (dash: Dash | undefined): readonly number[] =>
  dash === 'dotted' ? [1.5, 2.5] : dash ? [5, 3] : [];

/** 'x': a function of x; 'path': the points joined in sequence, whose x may move back. */
export type Order = 'x' | 'path';

type Numbers = ArrayLike<number>;
export type Range = readonly [min: number, max: number];

function isAscending(x: Numbers): boolean {
  for (let i = 1; i < x.length; i++) if (x[i]! < x[i - 1]!) return false;
  return true;
}

/** The line with ascending x where the order asks for that; the same arrays if they are so already. */
export function inOrder<T extends { x: Numbers; y: Numbers }>(line: T, order: Order): T {
  if (order === 'path' || isAscending(line.x)) return line;
  const { x, y } = line;
  const sorted = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
  return { ...line, x: sorted.map((i) => x[i]!), y: sorted.map((i) => y[i]!) };
}

/** Whether a value can be drawn; a logarithmic axis has no place for 0. */
const drawable = (value: number, log: boolean): boolean => Number.isFinite(value) && (!log || value > 0);

function extremes(values: readonly Numbers[], log: boolean): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const list of values)
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (!drawable(value, log)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return [low, high];
}

/** What the x axis shows: exactly the samples. */
export function rangeOfX(lines: readonly Line[]): Range {
  const [low, high] = extremes(
    lines.map(({ x }) => x),
    false,
  );
  if (low > high) return [0, 1];
  return high > low ? [low, high] : [low, low + 1];
}

/** What the y axis shows: the samples and a little more; with `zero` also 0. */
export function rangeOfY(lines: readonly Line[], log: boolean, zero: boolean): Range {
  let [low, high] = extremes(
    lines.flatMap(({ y, band }) => (band ? [y, band.low, band.high] : [y])),
    log,
  );
  if (low > high) return log ? [0.1, 1] : [0, 1];
  if (log) {
    const room = Math.max(1.15, (high / low) ** 0.06);
    return [low / room, high * room];
  }
  if (zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  const room = high > low ? 0.06 * (high - low) : Math.abs(high) * 0.1 || 1;
  return [zero && low === 0 ? 0 : low - room, zero && high === 0 ? 0 : high + room];
}

/** At most two points (the lowest and the highest) in each of `columns` equal parts of x. Gaps stay gaps. */
export function thinByX({ x, y }: { x: Numbers; y: Numbers }, columns: number): { x: Numbers; y: Numbers } {
  const last = x.length - 1;
  if (last < 2 * columns) return { x, y };
  const scale = columns / (x[last]! - x[0]! || 1);
  const kept: number[] = [];
  let [column, low, high, gap] = [0, -1, -1, false];
  const flush = () => {
    if (low >= 0) kept.push(...(low === high ? [low] : low < high ? [low, high] : [high, low]));
    low = high = -1;
  };
  for (let i = 0; i <= last; i++) {
    const at = Math.floor((x[i]! - x[0]!) * scale);
    if (at !== column) {
      flush();
      column = at;
    }
    if (!Number.isFinite(y[i]!)) {
      if (!gap) {
        flush();
        kept.push(i);
      }
      gap = true;
      continue;
    }
    gap = false;
    if (low < 0 || y[i]! < y[low]!) low = i;
    if (high < 0 || y[i]! > y[high]!) high = i;
  }
  flush();
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

/** Leaves out the points of a path that are less than `near` (in x and in y) from the last one kept. */
export function thinPath(
  { x, y }: { x: Numbers; y: Numbers },
  near: { x: number; y: number },
): { x: Numbers; y: Numbers } {
  const kept: number[] = [];
  let from = -1;
  for (let i = 0; i < x.length; i++) {
    const close = from >= 0 && Math.abs(x[i]! - x[from]!) < near.x && Math.abs(y[i]! - y[from]!) < near.y;
    if (close && i < x.length - 1) continue;
    kept.push(i);
    from = i;
  }
  return kept.length === x.length ? { x, y } : { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

/** The sample whose x is nearest; −1 if there are none. */
export function nearest(x: Numbers, value: number, order: Order): number {
  if (x.length === 0) return -1;
  if (order === 'path') {
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i]! - value) < Math.abs(x[best]! - value)) best = i;
    return best;
  }
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= value) low = middle;
    else high = middle;
  }
  return value - x[low]! <= x[high]! - value ? low : high;
}

/** The line that the cursor follows: the one with the most samples. */
export const leading = (lines: readonly Line[]): Line | undefined =>
  lines.reduce<Line | undefined>(
    (most, line) => (most && most.x.length >= line.x.length ? most : line),
    undefined,
  );

/** The sample of `line` that belongs to sample `index` of the leading line. */
export function sampleAt(line: Line, lead: Line, index: number, order: Order): number {
  if (line === lead || (order === 'path' && line.x.length === lead.x.length)) return index;
  return nearest(line.x, lead.x[index]!, order);
}

/** Each line's value at the cursor, or its newest value without one. */
export function valuesAt(lines: readonly Line[], cursor: number | null, order: Order): string[] {
  const lead = leading(lines);
  return lines.map((line) => {
    const i = cursor === null || !lead ? line.y.length - 1 : sampleAt(line, lead, cursor, order);
    return steady(line.y[i]);
  });
}

/** "step 312: train 0.31, held out 0.40". */
export function sentenceAt(lines: readonly Line[], cursor: number, order: Order, xLabel: string): string {
  const lead = leading(lines);
  const values = valuesAt(lines, cursor, order).map((value, i) => `${lines[i]!.label} ${value}`);
  return `${xLabel} ${short(lead?.x[cursor])}: ${values.join(', ')}`;
}

/** For each line its first, last, lowest and highest value; and what is marked where. */
export function summaryOf(
  lines: readonly Line[],
  xLabel: string,
  marks: readonly { readonly x: number; readonly label: string }[] = [],
): string {
  const told = lines.map(({ label, x, y }) => {
    const [low, high] = extremes([y], false);
    if (low > high) return `${label}: no values yet.`;
    const last = y.length - 1;
    const ends = `from ${short(y[0])} at ${short(x[0])} to ${short(y[last])} at ${short(x[last])}`;
    return `${label}: ${ends}, lowest ${short(low)}, highest ${short(high)}.`;
  });
  const marked = marks.map(({ x, label }) => `${label} at ${short(x)}`).join(', ');
  return `Against ${xLabel}. ${told.join(' ')}${marked && ` Marked: ${marked}.`}`;
}

/** "0.71", with a band "0.71 (0.69 to 0.73)". */
const cell = ({ y, band }: Line, i: number): string =>
  band ? `${short(y[i])} (${short(band.low[i])} to ${short(band.high[i])})` : short(y[i]);

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** At most `count` samples, evenly spaced, the first and the last among them. */
export function tableOf(lines: readonly Line[], order: Order, xLabel: string, count = 8): Table {
  const head = [xLabel, ...lines.map(({ label }) => label)];
  const lead = leading(lines);
  const length = lead?.x.length ?? 0;
  const rows = Array.from({ length: Math.min(count, length) }, (_, row) => {
    const i = Math.round((row * (length - 1)) / Math.max(1, Math.min(count, length) - 1));
    return [short(lead!.x[i]), ...lines.map((line) => cell(line, sampleAt(line, lead!, i, order)))];
  });
  return { head, rows };
}
