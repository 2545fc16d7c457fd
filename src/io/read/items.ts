import { counted, limits } from './limits';
import { FileTrouble, quoted, RowTrouble } from './trouble';

/** Candidates of one file: embeddings, texts, or both. Lists are in the order of the rows. */
export interface ItemTable {
  readonly file: string;
  readonly count: number;
  /** As the file has them; null where it has none. */
  readonly ids: readonly string[] | null;
  /** The row of each in the file, from 0; null where no row is missing. */
  readonly places: readonly number[] | null;
  /** Rows of the file, with those that were rejected. */
  readonly of: number;
  readonly texts: readonly (string | undefined)[] | null;
  readonly prompts: readonly (string | undefined)[] | null;
  readonly groups: readonly (string | undefined)[] | null;
  /** What else is known, by the column's name. */
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  /** [count, dimension]; null where the file has no embeddings. */
  readonly vectors: { readonly dimension: number; readonly values: Float32Array<ArrayBuffer> } | null;
}

/** One candidate as a row has it. */
interface Item {
  readonly id?: string | undefined;
  readonly text?: string | undefined;
  readonly prompt?: string | undefined;
  readonly group?: string | undefined;
  /** Numbers, or text that is numbers. */
  readonly vector?: readonly unknown[] | undefined;
  readonly metadata?: readonly (readonly [string, string])[];
}

const nothing = new Float32Array(0);

/** Numbers that are set aside at once, or those of one row. */
const blockValues = 2 ** 20;

/** Takes candidates down, row by row. */
export class ItemPen {
  /** The row that is being read. */
  row = 0;
  readonly #ids: (string | undefined)[] = [];
  readonly #texts: (string | undefined)[] = [];
  readonly #prompts: (string | undefined)[] = [];
  readonly #groups: (string | undefined)[] = [];
  readonly #metadata: Record<string, string[]> = {};
  readonly #rowOf = new Map<string, number>();
  readonly #places: number[] = [];
  #dimension = 0;
  #characters = 0;
  #blocks: Float32Array[] = [];

  constructor(private readonly onTrouble: (row: number, reason: string) => void) {}

  /** Takes what `write` gives, or, where that fails, nothing of it. */
  attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof RowTrouble)) throw error;
      this.onTrouble(this.row, error.message);
    }
  }

  /**
   * @throws RowTrouble for an id that was there before, numbers that are none, or another dimension than the first row's
   * @throws FileTrouble beyond the limits
   */
  add({ id, text, prompt, group, vector, metadata = [] }: Item): void {
    const count = this.#ids.length;
    if (count >= limits.items)
      throw new FileTrouble(`It has more than ${counted(limits.items)} rows. Take fewer.`);
    this.#characters += (text?.length ?? 0) + (prompt?.length ?? 0);
    if (this.#characters > limits.characters)
      throw new FileTrouble(`Its texts have more than ${counted(limits.characters)} characters together.`);
    const before = id === undefined ? undefined : this.#rowOf.get(id);
    if (before !== undefined) throw new RowTrouble(`The id ${quoted(id)} was in row ${before} already.`);
    if (vector) this.#write(vector, count);
    if (id !== undefined) this.#rowOf.set(id, this.row);
    this.#ids.push(id);
    this.#places.push(this.row - 1);
    this.#texts.push(text);
    this.#prompts.push(prompt);
    this.#groups.push(group);
    for (const [name, value] of metadata) (this.#metadata[name] ??= [])[count] = value;
  }

  get #blockRows(): number {
    return Math.max(1, Math.floor(blockValues / this.#dimension));
  }

  #write(vector: readonly unknown[], count: number): void {
    if (count === 0) {
      if (vector.length === 0) throw new RowTrouble('The embedding is empty.');
      if (vector.length > limits.dimension)
        throw new FileTrouble(
          `The first embedding has ${counted(vector.length)} numbers; the most is ${counted(limits.dimension)}.`,
        );
      this.#dimension = vector.length;
    }
    const dimension = this.#dimension;
    if (vector.length !== dimension)
      throw new RowTrouble(
        `The embedding has ${counted(vector.length)} ${vector.length === 1 ? 'number' : 'numbers'}, the first one ${counted(dimension)}.`,
      );
    if ((count + 1) * dimension > limits.values)
      throw new FileTrouble(`It has more than ${counted(limits.values)} numbers. Take fewer rows.`);
    const block = (this.#blocks[Math.floor(count / this.#blockRows)] ??= new Float32Array(
      this.#blockRows * dimension,
    ));
    const start = (count % this.#blockRows) * dimension;
    for (let i = 0; i < dimension; i++) block[start + i] = finite(vector[i], i);
  }

  /** @param of rows of the file */
  table(file: string, of: number): ItemTable {
    const count = this.#ids.length;
    const some = (list: (string | undefined)[]) => (list.some((value) => value !== undefined) ? list : null);
    const ids = some(this.#ids);
    for (const list of Object.values(this.#metadata)) for (let i = 0; i < count; i++) list[i] ??= '';
    return {
      file,
      count,
      // Where only some rows have an id, the others go by their numbers, apart from every id there is.
      ids: ids && ids.map((id, i) => id ?? `${file} row ${this.#places[i]!}`),
      places: this.#places.some((place, i) => place !== i) ? this.#places : null,
      of,
      texts: some(this.#texts),
      prompts: some(this.#prompts),
      groups: some(this.#groups),
      metadata: this.#metadata,
      vectors: this.#dimension > 0 ? { dimension: this.#dimension, values: this.#values(count) } : null,
    };
  }

  #values(count: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(count * this.#dimension);
    this.#blocks.forEach((block, b) => {
      const start = b * this.#blockRows * this.#dimension;
      values.set(block.subarray(0, values.length - start), start);
      // One after the other, so that the numbers are not there twice.
      this.#blocks[b] = nothing;
    });
    return values;
  }
}

function finite(given: unknown, place: number): number {
  const number =
    typeof given === 'number'
      ? given
      : typeof given === 'string' && given.trim() !== ''
        ? Number(given)
        : typeof given === 'bigint'
          ? Number(given)
          : NaN;
  const value = Math.fround(number);
  if (Number.isFinite(value)) return value;
  throw new RowTrouble(unsound(place, given));
}

/** What is wrong with a number of an embedding. @param place from 0 */
export const unsound = (place: number, given: unknown): string => {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  const isWide = typeof number === 'number' && Number.isFinite(number);
  return `Number ${place + 1} of the embedding is ${isWide ? `${number}, too large for float32` : typeof given === 'number' ? String(given) : quoted(given)}.`;
};
