/** More points than a curve can show: past this, every second one is let go. */
const most = 4000;

/** Columns of numbers that grow together: the curves of one stage. */
export class Series<Name extends string> {
  readonly #names: readonly Name[];
  readonly #columns: Record<Name, number[]>;
  // Columns are changed in place; this is what the readers depend on.
  #version = $state(0);
  #stride = 1;
  #seen = 0;

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.#columns = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  }

  get names(): readonly Name[] {
    return this.#names;
  }

  get length(): number {
    void this.#version;
    return this.#columns[this.#names[0]!].length;
  }

  /** The live column: do not change it. */
  column(name: Name): readonly number[] {
    void this.#version;
    return this.#columns[name];
  }

  last(name: Name): number | undefined {
    return this.column(name).at(-1);
  }

  append(points: readonly Readonly<Record<Name, number>>[]): void {
    if (points.length === 0) return;
    for (const point of points)
      if (this.#seen++ % this.#stride === 0)
        for (const name of this.#names) this.#columns[name].push(point[name]);
    while (this.#columns[this.#names[0]!].length > most) this.#thin();
    this.#version += 1;
  }

  #thin(): void {
    this.#stride *= 2;
    for (const name of this.#names) this.#columns[name] = this.#columns[name].filter((_, i) => i % 2 === 0);
  }

  /** Forgets the points beyond `most` in a column that rises. */
  truncate(name: Name, last: number): void {
    const length = this.#columns[name].findIndex((value) => value > last);
    if (length < 0) return;
    for (const column of this.#names) this.#columns[column] = this.#columns[column].slice(0, length);
    this.#version += 1;
  }

  clear(): void {
    for (const name of this.#names) this.#columns[name] = [];
    this.#stride = 1;
    this.#seen = 0;
    this.#version += 1;
  }
}
