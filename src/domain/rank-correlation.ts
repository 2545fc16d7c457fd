/** How far two lists rank the same things alike: 1 the same way, −1 the other way round, NaN where one list is constant. */

/** Ranks from 1; those of equal values are averaged. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let k = from; k < to; k++) ranks[order[k]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Spearman's ρ: Pearson's correlation of the ranks, ties averaged. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const middle = (x.length + 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middle, y[i]! - middle];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : NaN;
}

/** Kendall's τ-b in O(n log n) (Knight 1966): concordant less discordant pairs, over those that are not tied. */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const count = a.length;
  const order = Array.from({ length: count }, (_, i) => i).sort((i, j) => a[i]! - a[j]! || b[i]! - b[j]!);
  const x = Float64Array.from(order, (i) => a[i]!);
  const y = Float64Array.from(order, (i) => b[i]!);
  const tiedInX = tiedPairs(count, (i) => x[i] === x[i - 1]);
  const tiedInBoth = tiedPairs(count, (i) => x[i] === x[i - 1] && y[i] === y[i - 1]);
  // What a merge sort of y has to exchange is what is ordered differently in x and y.
  const discordant = sortCounting(y);
  const tiedInY = tiedPairs(count, (i) => y[i] === y[i - 1]);
  const all = (count * (count - 1)) / 2;
  const difference = all - tiedInX - tiedInY + tiedInBoth - 2 * discordant;
  const scale = Math.sqrt(all - tiedInX) * Math.sqrt(all - tiedInY);
  return scale > 0 ? difference / scale : NaN;
}

/** Pairs within runs of equal neighbours. */
function tiedPairs(count: number, sameAsBefore: (i: number) => boolean): number {
  let [pairs, run] = [0, 0];
  for (let i = 1; i < count; i++) {
    run = sameAsBefore(i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts in place by merging. @returns how many pairs stood the wrong way round */
function sortCounting(values: Float64Array<ArrayBuffer>): number {
  let exchanged = 0;
  let [from, to] = [values, new Float64Array(values.length)];
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      let [i, j] = [start, middle];
      for (let k = start; k < end; k++)
        if (i < middle && (j >= end || from[i]! <= from[j]!)) to[k] = from[i++]!;
        else {
          exchanged += middle - i;
          to[k] = from[j++]!;
        }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return exchanged;
}
