import { murmur3 } from '../domain/murmur';

/** Where a feature is counted, and whether up or down. */
interface Place {
  readonly column: number;
  readonly sign: 1 | -1;
}

/** The words of a text: letters, digits and what stands inside of words, in small letters. */
export const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];

/**
 * Hashed n-grams: signed feature hashing (Weinberger et al. 2009) of the words of an answer, of each word together with
 * its prompt, and of each pair of neighbouring words, the answer's beginning and end among them. A feature's name is
 * hashed by MurmurHash3_x86_32; the hash modulo the dimension is its column, its highest bit its sign. There is no
 * vocabulary: any word has its columns. Different features may share one, which the signs make cancel on average.
 * Every occurrence counts, so that a word said twice weighs twice.
 */
export class HashedNgrams {
  readonly dimension: number;
  readonly #scale: number;
  readonly #bytes = new TextEncoder();
  readonly #known = new Map<string, Place>();

  /** @param scale what one occurrence adds to its column */
  constructor(dimension: number, scale: number) {
    this.dimension = dimension;
    this.#scale = scale;
  }

  /**
   * Names of the features of an answer, each as often as it occurs: `word`, `prompt: word`, `word word`.
   * @param prompt null where words are not to be told apart by what they answer
   */
  static names(words: readonly string[], prompt: string | null): string[] {
    const names: string[] = [];
    let before = '^';
    for (const word of words) {
      names.push(word, `${before} ${word}`);
      if (prompt !== null) names.push(`${prompt}: ${word}`);
      before = word;
    }
    if (words.length > 0) names.push(`${before} $`);
    return names;
  }

  place(name: string): Place {
    let place = this.#known.get(name);
    if (!place) {
      const hash = murmur3(this.#bytes.encode(name));
      place = { column: hash % this.dimension, sign: hash >>> 31 ? -1 : 1 };
      this.#known.set(name, place);
    }
    return place;
  }

  /** Adds an answer's features into `out`, [dimension] from `offset`, where zeros stand. */
  embed(words: readonly string[], prompt: string | null, out: Float32Array, offset = 0): void {
    for (const name of HashedNgrams.names(words, prompt)) {
      const { column, sign } = this.place(name);
      out[offset + column]! += sign * this.#scale;
    }
  }
}
