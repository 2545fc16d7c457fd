/** Counting values in equal bins that have an edge at zero, and the numbers of a barcode's columns. */
import { niceStep } from './ticks';

export interface Bins {
  /** Width of a bin: a round number. */
  readonly width: number;
  /** The first bin begins at `first × width`. */
  readonly first: number;
  readonly counts: readonly number[];
  readonly most: number;
  readonly total: number;
}

/** Reaches beyond both ends of the values and holds zero, with some room on either side of it. */
function limitsOf(values: ArrayLike<number>, room: number): [number, number] {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high - low < 1e-12) return room > 0 ? [-1, 1] : [0, 1];
  return [Math.min(low, -room * high), Math.max(high, -room * low)];
}

/**
 * @param wanted about how many bins
 * @param before the width used last time, kept while it still gives a fair number of bins, so that bars do not flicker
 * @param room beyond zero, as a share of the other side; 0 for what is never negative
 */
export function binsOf(values: ArrayLike<number>, wanted = 24, before?: number, room = 0.25): Bins {
  const [low, high] = limitsOf(values, room);
  const fair = before ? (high - low) / before : 0;
  const width =
    before && fair > wanted / 2.5 && fair < wanted * 1.25 ? before : niceStep((high - low) / wanted);
  const first = Math.floor(low / width + 1e-9);
  const counts = new Array<number>(Math.max(1, Math.ceil(high / width - 1e-9) - first)).fill(0);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    counts[binAt({ first, width, counts }, value)]! += 1;
    total++;
  }
  return { width, first, counts, most: Math.max(...counts), total };
}

/** How many of `values` lie in each of the bins. */
export function countsIn(bins: Bins, values: ArrayLike<number>): number[] {
  const counts = new Array<number>(bins.counts.length).fill(0);
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i])) counts[binAt(bins, values[i]!)]! += 1;
  return counts;
}

/** Where bin `i` begins. */
export const edgeOf = ({ first, width }: Bins, i: number): number =>
  Number(((first + i) * width).toPrecision(9)) + 0;

/** The bin that holds a value, kept to the bins there are. */
export const binAt = (
  { first, width, counts }: Pick<Bins, 'first' | 'width' | 'counts'>,
  value: number,
): number => Math.max(0, Math.min(counts.length - 1, Math.floor(value / width) - first));

/** For each of `columns` the value of largest size among those that fall on it. */
export function columnsOf(values: ArrayLike<number>, columns: number): Float32Array {
  const shown = new Float32Array(columns);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    for (let i = from; i < to; i++)
      if (Math.abs(values[i] ?? 0) > Math.abs(shown[column]!)) shown[column] = values[i]!;
  }
  return shown;
}
