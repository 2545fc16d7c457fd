import { isHeldOut, type Candidate } from '../domain/candidate';
import type { Random } from '../domain/random';

/**
 * Draws candidates that answer the same prompt and are all held out or all trained on: nothing else can be compared, and
 * no comparison is lost to the split.
 */
export class Drawer {
  readonly #pool: readonly Candidate[];
  readonly #share: number;
  /** Those that can be compared with each other, by prompt and side. */
  readonly #groups = new Map<string, Candidate[]>();
  /** Where each candidate stands in its group. */
  readonly #place = new Map<number, number>();

  constructor(pool: readonly Candidate[], share: number) {
    this.#pool = pool;
    this.#share = share;
    for (const candidate of pool) this.#place.set(candidate.id, this.#groupOf(candidate).push(candidate) - 1);
  }

  #groupOf(candidate: Candidate): Candidate[] {
    const key = `${candidate.prompt}/${isHeldOut(candidate, this.#share)}`;
    const found = this.#groups.get(key);
    if (found) return found;
    const made: Candidate[] = [];
    this.#groups.set(key, made);
    return made;
  }

  /** Two different ones. @param wanted one of them, if it has company */
  pair(source: Random, wanted?: Candidate): [Candidate, Candidate] {
    let first = wanted ?? this.#pool[source.integer(this.#pool.length)]!;
    if (this.#groupOf(first).length === 1) {
      const others = this.#pool.filter((one) => one.id !== first.id);
      const accompanied = others.filter((one) => this.#groupOf(one).length > 1);
      const from = accompanied.length > 0 ? accompanied : others;
      first = from[source.integer(from.length)]!;
    }
    const group = this.#groupOf(first);
    // A few candidates, each with a prompt or a side of its own: better a lame comparison than none.
    if (group.length === 1) return [first, this.#pool.find(({ id }) => id !== first.id)!];
    const k = source.integer(group.length - 1);
    return [first, group[k < this.#place.get(first.id)! ? k : k + 1]!];
  }

  /** `count` different ones, or as many as the largest group has. @param wanted one of them */
  several(count: number, source: Random, wanted?: Candidate): Candidate[] {
    if (count === 2) return this.pair(source, wanted);
    let first = wanted ?? this.#pool[source.integer(this.#pool.length)]!;
    if (this.#groupOf(first).length < count) {
      const groups = [...this.#groups.values()];
      const largest = groups.reduce((most, group) => (group.length > most.length ? group : most));
      if (!largest.includes(first)) first = largest[source.integer(largest.length)]!;
    }
    const rest = this.#groupOf(first).filter(({ id }) => id !== first.id);
    const chosen = [first];
    while (chosen.length < count && rest.length > 0)
      chosen.push(rest.splice(source.integer(rest.length), 1)[0]!);
    return chosen;
  }
}
