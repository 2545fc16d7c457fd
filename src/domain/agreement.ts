/** How far annotators agree beyond chance. 1 is full agreement, 0 is what chance alone gives; NaN where it is not defined. */

type Label = string | number;

/**
 * Cohen's κ (1960) of two annotators: (p_o − p_e)/(1 − p_e), p_e from each one's own shares.
 * @param a, b the labels of the same units in the same order; a unit that either has not labelled (null) is left out
 * @returns NaN without a common unit, or when both always gave one and the same label
 */
export function cohenKappa(a: readonly (Label | null)[], b: readonly (Label | null)[]): number {
  const shares = new Map<Label, [number, number]>();
  let [units, same] = [0, 0];
  a.forEach((first, i) => {
    const second = b[i] ?? null;
    if (first === null || second === null) return;
    units += 1;
    if (first === second) same += 1;
    for (const [label, who] of [
      [first, 0],
      [second, 1],
    ] as const) {
      const counts = shares.get(label) ?? [0, 0];
      counts[who] += 1;
      shares.set(label, counts);
    }
  });
  let chance = 0;
  for (const [first, second] of shares.values()) chance += (first / units) * (second / units);
  return beyondChance(same / units, chance);
}

/**
 * Fleiss' κ (1971) of any number of annotators, not necessarily the same ones for each unit.
 * @param counts [units][categories]: how many annotators put the unit into the category; each unit has the same number
 * @throws Error when units have different numbers of labels; Krippendorff's α takes those
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number {
  const sum = (row: readonly number[]) => row.reduce((total, count) => total + count, 0);
  const raters = sum(counts[0] ?? []);
  const odd = counts.findIndex((row) => sum(row) !== raters);
  if (odd >= 0)
    throw new Error(
      `Fleiss’ κ needs the same number of labels for every unit, but unit 1 has ${raters} and unit ${odd + 1} has ${sum(counts[odd]!)}. Use Krippendorff’s α.`,
    );
  const units = counts.length;
  let observed = units > 0 ? 0 : NaN;
  const totals: number[] = [];
  for (const row of counts)
    row.forEach((count, category) => {
      observed += (count * (count - 1)) / (raters * (raters - 1)) / units;
      totals[category] = (totals[category] ?? 0) + count;
    });
  const chance = totals.reduce((total, count) => total + (count / (units * raters)) ** 2, 0);
  return beyondChance(observed, chance);
}

const beyondChance = (observed: number, chance: number): number =>
  1 - chance > 1e-12 ? (observed - chance) / (1 - chance) : NaN;

/** What a difference between two labels weighs: any alike, by ranks between them, or by the square of their distance. */
export type Level = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's α = 1 − D_o/D_e (Computing Krippendorff's alpha-reliability, 2011), by the matrix of coincidences.
 * @param ratings [annotators][units]; null where an annotator has not labelled a unit
 * @returns NaN when no unit has two labels, or when all labels are the same
 */
export function krippendorffAlpha(ratings: readonly (readonly (number | null)[])[], level: Level): number {
  const units = unitsOf(ratings).filter((labels) => labels.length > 1);
  const values = [...new Set(units.flat())].sort((a, b) => a - b);
  const place = new Map(values.map((value, i) => [value, i]));
  const size = values.length;
  const coincidences = new Float64Array(size * size);
  for (const labels of units)
    labels.forEach((a, i) =>
      labels.forEach((b, j) => {
        if (i !== j) coincidences[place.get(a)! * size + place.get(b)!]! += 1 / (labels.length - 1);
      }),
    );
  const totals = values.map((_, i) =>
    coincidences.subarray(i * size, (i + 1) * size).reduce((x, y) => x + y, 0),
  );
  const all = totals.reduce((x, y) => x + y, 0);
  const distance = distances(level, values, totals);
  let [observed, expected] = [0, 0];
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      observed += coincidences[i * size + j]! * distance(i, j);
      expected += (totals[i]! * totals[j]! * distance(i, j)) / (all - 1);
    }
  return expected > 0 ? 1 - observed / expected : NaN;
}

function unitsOf(ratings: readonly (readonly (number | null)[])[]): number[][] {
  const count = ratings.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: count }, (_, unit) =>
    ratings.flatMap((row) => (row[unit] === null || row[unit] === undefined ? [] : [row[unit]])),
  );
}

/** δ² between the values at two places. Ordinal: the labels that lie between them, their own counted half. */
function distances(level: Level, values: readonly number[], totals: readonly number[]) {
  const until: number[] = [0];
  for (const total of totals) until.push(until.at(-1)! + total);
  const middle = (i: number) => (until[i]! + until[i + 1]!) / 2;
  return (i: number, j: number): number => {
    switch (level) {
      case 'nominal':
        return i === j ? 0 : 1;
      case 'ordinal':
        return (middle(i) - middle(j)) ** 2;
      case 'interval':
        return (values[i]! - values[j]!) ** 2;
    }
  };
}
