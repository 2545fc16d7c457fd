/** What the present reward model makes of the candidates, by their ids. */
export class Opinion {
  readonly #rowOf: ReadonlyMap<number, number>;
  readonly #rewards: Float32Array;
  readonly #memberRewards: Float32Array | null;

  /**
   * @param ids of the candidates, in the order of the rewards
   * @param memberRewards the same by each member of an ensemble, [members · candidates]; null for a single head
   */
  constructor(ids: ArrayLike<number>, rewards: Float32Array, memberRewards: Float32Array | null) {
    this.#rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
    this.#rewards = rewards;
    this.#memberRewards = memberRewards;
  }

  /** Whether there is more than one head, which could disagree. */
  get isEnsemble(): boolean {
    return this.#memberRewards !== null;
  }

  /** reward(a) − reward(b); NaN where it does not know both. */
  margin(a: number, b: number): number {
    const [i, j] = [this.#rowOf.get(a), this.#rowOf.get(b)];
    return i === undefined || j === undefined ? NaN : this.#rewards[i]! - this.#rewards[j]!;
  }

  /** Standard deviation (population) of the margin over the members; NaN for one head, or where it does not know both. */
  disagreement(a: number, b: number): number {
    const [i, j] = [this.#rowOf.get(a), this.#rowOf.get(b)];
    if (i === undefined || j === undefined) return NaN;
    return this.#deviation((member) => member[i]! - member[j]!);
  }

  /** The same of the reward of one candidate. The members are centred, so that they can be compared. */
  disagreementAbout(a: number): number {
    const i = this.#rowOf.get(a);
    return i === undefined ? NaN : this.#deviation((member) => member[i]!);
  }

  #deviation(value: (rewards: Float32Array) => number): number {
    const all = this.#memberRewards;
    const count = this.#rewards.length;
    if (!all) return NaN;
    let [members, sum, squares] = [0, 0, 0];
    for (let from = 0; from < all.length; from += count) {
      const one = value(all.subarray(from, from + count));
      members += 1;
      sum += one;
      squares += one * one;
    }
    const mean = sum / members;
    return Math.sqrt(Math.max(0, squares / members - mean * mean));
  }
}
