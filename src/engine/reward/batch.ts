import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { Lists } from './losses/list-loss';
import { countOf, kinds, type Observations } from '../../domain/observations';

/** What one optimiser step is taken on. */
export interface Batch {
  /** Observations in it; the loss is their mean. */
  readonly size: number;
  /** Which observations: pairs, then lists, then ratings. */
  readonly drawn: Int32Array;
  /** Rows of the feature table: the chosen ones, the rejected ones, the lists (item after item, padded), the rated ones. */
  readonly rows: Int32Array;
  /** [rows]: the criterion each row is judged by; −1 for everything together. */
  readonly criterion: Int8Array;
  readonly pairs: {
    readonly count: number;
    /** 1 where there is no winner. */
    readonly tied: Uint8Array;
    /** Share of the full margin that is asked for. */
    readonly margin: Float32Array;
  };
  readonly lists: Lists;
  readonly ratings: { readonly count: number; readonly target: Float32Array };
}

/**
 * Which observations make up one batch: drawn with replacement by the seed and the step's number alone, so that a run
 * can be repeated or taken up anywhere. With no more of them than the batch holds, each is used once.
 */
export function draw(count: number, batchSize: number, seed: number, step: number): Int32Array {
  if (count <= batchSize) return Int32Array.from({ length: count }, (_, i) => i);
  const source = random(seed, 'batch', step);
  return Int32Array.from({ length: batchSize }, () => source.integer(count));
}

/** Arranges the drawn observations for the losses. */
export function arrange(all: Observations, drawn: Int32Array): Batch {
  const of = (...wanted: (typeof kinds)[number][]) =>
    drawn.filter((i) => wanted.includes(kinds[all.kind[i]!]!));
  const [pairs, lists, ratings] = [of('pair'), of('best', 'ranking'), of('rating')];
  const length = lists.reduce((most, i) => Math.max(most, all.start[i + 1]! - all.start[i]!), 0);
  const rows = new Int32Array(2 * pairs.length + lists.length * length + ratings.length);
  const criterion = new Int8Array(rows.length);
  const places = new Int8Array(lists.length * length).fill(-1);
  const put = (at: number, observation: number, item: number) => {
    const from = all.start[observation]!;
    const present = from + item < all.start[observation + 1]!;
    // Padding repeats the first item, so that its reward is finite.
    rows[at] = all.rows[present ? from + item : from]!;
    criterion[at] = all.criterion[observation]!;
    return present ? all.places[from + item]! : -1;
  };
  const tied = new Uint8Array(pairs.length);
  pairs.forEach((i, k) => {
    put(k, i, 0);
    tied[k] = put(pairs.length + k, i, 1) === 0 ? 1 : 0;
  });
  const firstList = 2 * pairs.length;
  lists.forEach((i, k) => {
    for (let item = 0; item < length; item++)
      places[k * length + item] = put(firstList + k * length + item, i, item);
  });
  ratings.forEach((i, k) => put(firstList + lists.length * length + k, i, 0));
  const arranged = new Int32Array(drawn.length);
  arranged.set(pairs);
  arranged.set(lists, pairs.length);
  arranged.set(ratings, pairs.length + lists.length);
  return {
    size: drawn.length,
    drawn: arranged,
    rows,
    criterion,
    pairs: { count: pairs.length, tied, margin: Float32Array.from(pairs, (i) => all.value[i]!) },
    lists: { count: lists.length, length, places },
    ratings: { count: ratings.length, target: Float32Array.from(ratings, (i) => all.value[i]!) },
  };
}

/** The batches of one run; where each holds everything, it is arranged once. */
export class Batches {
  #all: Observations | null = null;
  #whole: Batch | null = null;

  at(all: Observations, { batchSize, seed }: Pick<Settings, 'batchSize' | 'seed'>, step: number): Batch {
    const count = countOf(all);
    if (count > batchSize) return arrange(all, draw(count, batchSize, seed, step));
    if (this.#all !== all) this.#whole = null;
    this.#all = all;
    return (this.#whole ??= arrange(all, draw(count, batchSize, seed, step)));
  }
}
