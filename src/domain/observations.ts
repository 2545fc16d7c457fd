import type { ComparisonKind } from './comparison';
import { isUsable, type LossChoice } from './usable';

/** The kinds by the numbers that stand for them in `Observations.kind`. */
export const kinds = ['pair', 'best', 'ranking', 'rating'] as const satisfies readonly ComparisonKind[];

/** Everything that was recorded, as columns: observation i is about `rows[start[i]]` to `rows[start[i + 1] − 1]`. */
export interface Observations {
  /** [count]: index in `kinds`. */
  readonly kind: Uint8Array;
  /** [count + 1] */
  readonly start: Int32Array;
  /** Rows of the feature table, best first. */
  readonly rows: Int32Array;
  /** Beside `rows`: the place of each, 0 for the best, equal for ties. */
  readonly places: Uint8Array;
  /** [count]: of a pair, the share of the full margin that its strength asks for, 0 to 1; of a rating, its score less the middle of the scale. */
  readonly value: Float32Array;
  /** [count]: the criterion it was judged by; −1 for everything together. */
  readonly criterion: Int8Array;
  /** [count]: 1 where it is only for testing. */
  readonly heldOut: Uint8Array;
}

export const countOf = ({ kind }: Observations): number => kind.length;

/** The given observations, in the given order. */
export function pickObservations(all: Observations, indices: ArrayLike<number>): Observations {
  const picked = Array.from(indices);
  const start = new Int32Array(picked.length + 1);
  picked.forEach((i, k) => (start[k + 1] = start[k]! + all.start[i + 1]! - all.start[i]!));
  const rows = new Int32Array(start[picked.length]!);
  const places = new Uint8Array(rows.length);
  picked.forEach((i, k) => {
    rows.set(all.rows.subarray(all.start[i], all.start[i + 1]), start[k]);
    places.set(all.places.subarray(all.start[i], all.start[i + 1]), start[k]);
  });
  return {
    kind: Uint8Array.from(picked, (i) => all.kind[i]!),
    start,
    rows,
    places,
    value: Float32Array.from(picked, (i) => all.value[i]!),
    criterion: Int8Array.from(picked, (i) => all.criterion[i]!),
    heldOut: Uint8Array.from(picked, (i) => all.heldOut[i]!),
  };
}

/**
 * The same observations with one turned round: a pair's sides exchanged, a ranking read backwards, a rating mirrored at
 * the middle of the scale.
 * @returns null where there is no opposite: a tie, or a best-of-k
 */
export function withFlipped(all: Observations, observation: number): Observations | null {
  const [from, to] = [all.start[observation]!, all.start[observation + 1]!];
  const kind = kinds[all.kind[observation]!]!;
  if (kind === 'rating') {
    const value = all.value.slice();
    value[observation] = -value[observation]!;
    return { ...all, value };
  }
  const last = all.places[to - 1]!;
  if (kind === 'best' || last === all.places[from]) return null;
  const [rows, places] = [all.rows.slice(), all.places.slice()];
  rows.set(all.rows.slice(from, to).reverse(), from);
  places.set(
    all.places
      .slice(from, to)
      .reverse()
      .map((place) => last - place),
    from,
  );
  return { ...all, rows, places };
}

/** Which of them the chosen losses can learn from and are not held out. */
export function trainableIndices(all: Observations, settings: LossChoice): number[] {
  const kept: number[] = [];
  for (let i = 0; i < countOf(all); i++) {
    const [from, to] = [all.start[i]!, all.start[i + 1]!];
    const answer = {
      kind: kinds[all.kind[i]!]!,
      ordered: all.places[from]! < all.places[to - 1]!,
      winner: to - from > 1 && all.places[from]! < all.places[from + 1]!,
    };
    if (all.heldOut[i] === 0 && isUsable(answer, settings)) kept.push(i);
  }
  return kept;
}

/** Those that the chosen losses can learn from and that are not held out. */
export const trainable = (all: Observations, settings: LossChoice): Observations =>
  pickObservations(all, trainableIndices(all, settings));

/** Plain pairs with a winner, as observations. @param chosen, rejected rows of the feature table */
export function pairObservations(chosen: ArrayLike<number>, rejected: ArrayLike<number>): Observations {
  const count = chosen.length;
  return {
    kind: new Uint8Array(count),
    start: Int32Array.from({ length: count + 1 }, (_, i) => 2 * i),
    rows: Int32Array.from({ length: 2 * count }, (_, i) =>
      i % 2 === 0 ? chosen[i / 2]! : rejected[(i - 1) / 2]!,
    ),
    places: Uint8Array.from({ length: 2 * count }, (_, i) => i % 2),
    value: new Float32Array(count),
    criterion: new Int8Array(count).fill(-1),
    heldOut: new Uint8Array(count),
  };
}
