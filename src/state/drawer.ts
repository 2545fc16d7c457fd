import { isHeldOut, type Candidate } from '../domain/candidate';
import type { Random } from '../domain/random';

/** Draws candidates that are all held out or all trained on, so that no comparison is lost to the split. */
export class Drawer {
  readonly #pool: readonly Candidate[];
  readonly #share: number;
  readonly #sides = { heldOut: [] as Candidate[], train: [] as Candidate[] };
  /** Where each candidate stands on its side. */
  readonly #place = new Map<number, number>();

  constructor(pool: readonly Candidate[], share: number) {
    this.#pool = pool;
    this.#share = share;
    for (const candidate of pool) this.#place.set(candidate.id, this.#sideOf(candidate).push(candidate) - 1);
  }

  #sideOf(candidate: Candidate): Candidate[] {
    return isHeldOut(candidate, this.#share) ? this.#sides.heldOut : this.#sides.train;
  }

  /** Two different ones. @param wanted one of them, if it has company on its side */
  pair(source: Random, wanted?: Candidate): [Candidate, Candidate] {
    let first = wanted ?? this.#pool[source.integer(this.#pool.length)]!;
    if (this.#sideOf(first).length === 1) {
      // The only one on its side: all the others are on the other one.
      const others = this.#pool.filter(({ id }) => id !== first.id);
      first = others[source.integer(others.length)]!;
    }
    const side = this.#sideOf(first);
    const k = source.integer(side.length - 1);
    return [first, side[k < this.#place.get(first.id)! ? k : k + 1]!];
  }

  /** `count` different ones, or as many as the larger side has. @param wanted one of them */
  several(count: number, source: Random, wanted?: Candidate): Candidate[] {
    if (count === 2) return this.pair(source, wanted);
    let first = wanted ?? this.#pool[source.integer(this.#pool.length)]!;
    if (this.#sideOf(first).length < count) {
      const { heldOut, train } = this.#sides;
      const larger = train.length >= heldOut.length ? train : heldOut;
      if (!larger.includes(first)) first = larger[source.integer(larger.length)]!;
    }
    const rest = this.#sideOf(first).filter(({ id }) => id !== first.id);
    const chosen = [first];
    while (chosen.length < count && rest.length > 0)
      chosen.push(rest.splice(source.integer(rest.length), 1)[0]!);
    return chosen;
  }
}
