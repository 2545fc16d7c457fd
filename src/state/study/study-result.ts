import type { StudiedSource, StudyCell } from './study-engine';

/** Gold accuracy against labels of one strategy: the mean over the seeds, with one standard error each way. */
export interface StudyCurve {
  readonly strategy: StudiedSource;
  readonly seeds: number;
  readonly labels: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Mean and its standard error (from the unbiased variance; NaN of one value). */
function estimate(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** The curves of the strategies in the order they were begun, over the seeds that are done so far. */
export function curvesOf(cells: readonly StudyCell[]): StudyCurve[] {
  const strategies = [...new Set(cells.map(({ strategy }) => strategy))];
  return strategies.map((strategy) => {
    const own = cells.filter((cell) => cell.strategy === strategy);
    const labels = [...new Set(own.map((cell) => cell.labels))].sort((a, b) => a - b);
    const points = labels.map((count) =>
      estimate(own.filter((cell) => cell.labels === count).map(({ accuracy }) => accuracy)),
    );
    return {
      strategy,
      seeds: new Set(own.map(({ seed }) => seed)).size,
      labels,
      mean: points.map(({ mean }) => mean),
      low: points.map(({ mean, error }) => mean - (error || 0)),
      high: points.map(({ mean, error }) => mean + (error || 0)),
    };
  });
}

/** How much better than random a strategy does with so many labels, seed by seed: the seeds' worlds differ more than that. */
export interface StudyGain {
  readonly strategy: StudiedSource;
  readonly labels: number;
  readonly seeds: number;
  readonly mean: number;
  /** Standard error of the mean. */
  readonly error: number;
}

/** Of every strategy but random itself; none before two seeds are done with so many labels. */
export function gainsOf(cells: readonly StudyCell[], labels: number): StudyGain[] {
  const at = (strategy: StudiedSource) =>
    new Map(
      cells
        .filter((cell) => cell.strategy === strategy && cell.labels === labels)
        .map(({ seed, accuracy }) => [seed, accuracy]),
    );
  const random = at('start');
  const others = [...new Set(cells.map(({ strategy }) => strategy))].filter((name) => name !== 'start');
  return others.flatMap((strategy) => {
    const gains = [...at(strategy)].flatMap(([seed, accuracy]) =>
      random.has(seed) ? [accuracy - random.get(seed)!] : [],
    );
    return gains.length > 1 ? [{ strategy, labels, seeds: gains.length, ...estimate(gains) }] : [];
  });
}
