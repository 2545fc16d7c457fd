import * as tf from '../../tf';
import { random, type Random } from '../../../domain/random';
import type { Batch, Evaluation, PolicyFamily, ReferenceBatch } from './family';
import { Network } from './network';
import { TokenNumbers, type Sparse } from './token-numbers';

export interface TokenSpec {
  /** Words, the end included. */
  readonly vocabulary: number;
  /** The word that ends an answer; it counts as a step of its own. */
  readonly end: number;
  /** Most words of an answer. */
  readonly length: number;
  /** How many of the last words the network sees. */
  readonly context: number;
  /** Widths of its tanh layers. */
  readonly hidden: readonly number[];
  /** Embeddings of the prompts, [prompts · dimension]. */
  readonly prompts: { readonly values: Float32Array; readonly dimension: number };
  /** Answers to the same prompt. */
  readonly groupSize: number;
}

export interface TokenActions {
  /** Of each answer. */
  readonly prompts: Int32Array;
  /** [answers · length]; after the end, the end again. */
  readonly tokens: Int32Array;
  /** Words of each answer, its end included. */
  readonly lengths: Int32Array;
}

/**
 * Answers word by word: a small network over the prompt's embedding, the last words and the position gives the logits of
 * the next word and the value. θ is the network's. A step is a word; what comes after the end is padding.
 */
export class TokenFamily implements PolicyFamily<TokenActions> {
  readonly size: number;
  readonly steps: number;
  readonly #spec: TokenSpec;
  readonly #network: Network;
  readonly #inputs: number;
  /** Where it is faster than tensors: on the processor, if that has SIMD. */
  readonly #numbers: TokenNumbers | null;

  /** @param tensorsAlone even where numbers are faster: to compare the two */
  constructor(spec: TokenSpec, tensorsAlone = false) {
    this.#spec = spec;
    this.steps = spec.length;
    // Before the first word stands a word of its own.
    this.#inputs = spec.prompts.dimension + spec.context * (spec.vocabulary + 1) + spec.length;
    this.#network = new Network(this.#inputs, spec.hidden, spec.vocabulary + 1);
    this.size = this.#network.size;
    this.#numbers = tensorsAlone ? null : this.#startNumbers();
  }

  #startNumbers(): TokenNumbers | null {
    try {
      return new TokenNumbers({
        layers: this.#network.layers,
        vocabulary: this.#spec.vocabulary,
        input: (prompt, tokens, t) => this.#seen(prompt, tokens, t),
      });
    } catch {
      return null; // no WebAssembly SIMD
    }
  }

  initial(seed: number): Float32Array {
    const theta = new Float32Array(this.size);
    this.#network.initialise(theta, random(seed, 'token-policy'), 0.1);
    return theta;
  }

  groups(count: number): number {
    return count / this.#spec.groupSize;
  }

  /** Prompts in turn, from a random one on, `groupSize` answers each. */
  sample(theta: Float32Array, count: number, source: Random): TokenActions {
    const { prompts, groupSize } = this.#spec;
    const number = prompts.values.length / prompts.dimension;
    const first = source.integer(number);
    return this.answer(
      theta,
      Int32Array.from({ length: count }, (_, i) => (first + Math.floor(i / groupSize)) % number),
      source,
    );
  }

  /** An answer to each of these prompts. */
  answer(theta: Float32Array, prompts: Int32Array, source: Random): TokenActions {
    const { vocabulary, end, length } = this.#spec;
    const count = prompts.length;
    const tokens = new Int32Array(count * length).fill(end);
    const lengths = new Int32Array(count).fill(length);
    let open = Array.from(prompts.keys());
    for (let t = 0; t < length && open.length > 0; t++) {
      const out = this.#outputs(
        theta,
        open.map((i) => this.#seen(prompts[i]!, tokens.subarray(i * length, (i + 1) * length), t)),
      );
      open = open.filter((i, row) => {
        const token = draw(
          out.subarray(row * (vocabulary + 1), row * (vocabulary + 1) + vocabulary),
          source.uniform(),
        );
        tokens[i * length + t] = token;
        if (token === end) lengths[i] = t + 1;
        return token !== end;
      });
    }
    return { prompts, tokens, lengths };
  }

  /** What the network sees before word `t`: the prompt, the last words and the position, as numbers and one-hots. */
  #seen(prompt: number, tokens: Int32Array, t: number): Sparse {
    const { vocabulary, context, prompts } = this.#spec;
    const { dimension } = prompts;
    const columns: number[] = [];
    const values: number[] = [];
    for (let i = 0; i < dimension; i++) {
      const value = prompts.values[prompt * dimension + i]!;
      if (value === 0) continue;
      columns.push(i);
      values.push(value);
    }
    let from = dimension;
    for (let back = 1; back <= context; back++, from += vocabulary + 1)
      columns.push(from + (t >= back ? tokens[t - back]! : vocabulary));
    columns.push(from + t);
    while (values.length < columns.length) values.push(1);
    return { columns: Int32Array.from(columns), values: Float32Array.from(values) };
  }

  /** log π of each word of these answers, [answers · length]; 0 at padding. On numbers. */
  logProbabilities(theta: Float32Array, { prompts, tokens, lengths }: TokenActions): Float32Array {
    const { vocabulary, length } = this.#spec;
    const out = new Float32Array(prompts.length * length);
    const places = Array.from(tokens.keys()).filter(
      (place) => place % length < lengths[Math.floor(place / length)]!,
    );
    const logits = this.#outputs(
      theta,
      places.map((place) => {
        const i = Math.floor(place / length);
        return this.#seen(prompts[i]!, tokens.subarray(i * length, (i + 1) * length), place % length);
      }),
    );
    places.forEach((place, k) => {
      const row = logits.subarray(k * (vocabulary + 1), k * (vocabulary + 1) + vocabulary);
      const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
      const total = row.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
      out[place] = row[tokens[place]!]! - most - Math.log(total);
    });
    return out;
  }

  /** Logits and value for each row, [rows · (vocabulary + 1)]. */
  #outputs(theta: Float32Array, rows: readonly Sparse[]): Float32Array {
    if (this.#numbers) return this.#numbers.outputs(theta, rows);
    const x = new Float32Array(rows.length * this.#inputs);
    rows.forEach((row, i) => write(row, x, i * this.#inputs));
    return this.#network.forwardNumbers(theta, x, rows.length);
  }

  batch({ prompts, tokens, lengths }: TokenActions): Batch {
    // Rows of mostly zeros are for devices with many processors.
    if (this.#numbers && tf.getBackend() === 'cpu') return this.#numbers.batch(prompts, tokens, lengths);
    const { vocabulary, length } = this.#spec;
    const count = prompts.length;
    const inputs = new Float32Array(count * length * this.#inputs);
    const words = new Float32Array(count * length * vocabulary);
    const mask = new Float32Array(count * length);
    for (let i = 0; i < count; i++)
      for (let t = 0; t < lengths[i]!; t++) {
        const row = i * length + t;
        const seen = this.#seen(prompts[i]!, tokens.subarray(i * length, (i + 1) * length), t);
        write(seen, inputs, row * this.#inputs);
        words[row * vocabulary + tokens[row]!] = 1;
        mask[row] = 1;
      }
    return {
      inputs: tf.tensor3d(inputs, [count, length, this.#inputs]),
      words: tf.tensor3d(words, [count, length, vocabulary]),
      mask: tf.tensor2d(mask, [count, length]),
    };
  }

  /** log π over the words at each step, [samples, steps, vocabulary], and the value, [samples, steps]. */
  #forward(theta: tf.Tensor1D, { inputs }: Batch): { all: tf.Tensor3D; value: tf.Tensor2D } {
    const [samples, steps] = inputs!.shape as [number, number, number];
    const rows = samples * steps;
    const { vocabulary } = this.#spec;
    const out = this.#network.forward(theta, inputs!.reshape<tf.Tensor2D>([rows, this.#inputs]));
    return {
      all: tf
        .logSoftmax(out.slice([0, 0], [rows, vocabulary]))
        .reshape<tf.Tensor3D>([samples, steps, vocabulary]),
      value: out.slice([0, vocabulary], [rows, 1]).reshape<tf.Tensor2D>([samples, steps]),
    };
  }

  reference(theta: tf.Tensor1D, batch: Batch): ReferenceBatch {
    if (this.#numbers && batch['tokens']) return this.#numbers.reference(theta, batch);
    const { all } = this.#forward(theta, batch);
    return { logProb: all.mul(batch['words']!).sum<tf.Tensor2D>(2), all };
  }

  evaluate(theta: tf.Tensor1D, batch: Batch, reference: ReferenceBatch): Evaluation {
    if (this.#numbers && batch['tokens']) return this.#numbers.evaluate(theta, batch, reference);
    const { all, value } = this.#forward(theta, batch);
    return { ...tokenEvaluation(all, batch['words'] as tf.Tensor3D, reference['all'] as tf.Tensor3D), value };
  }
}

/**
 * @param all log π over the words, [samples, steps, vocabulary] @param words one-hot of those taken
 * @param reference log π_ref over the words
 */
export function tokenEvaluation(
  all: tf.Tensor3D,
  words: tf.Tensor3D,
  reference: tf.Tensor3D,
): Omit<Evaluation, 'value'> {
  const probability = all.exp();
  return {
    logProb: all.mul(words).sum<tf.Tensor2D>(2),
    entropy: probability.mul(all).sum<tf.Tensor2D>(2).neg(),
    kl: probability.mul(all.sub(reference)).sum<tf.Tensor2D>(2),
  };
}

/** Writes a row of mostly zeros where zeros stand. */
const write = ({ columns, values }: Sparse, x: Float32Array, offset: number): void =>
  columns.forEach((column, i) => (x[offset + column] = values[i]!));

/** The word at a place in (0, 1) of the cumulated softmax of `logits`. */
function draw(logits: Float32Array, place: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logits.map((logit) => Math.exp(logit - most));
  let left = place * weights.reduce((a, b) => a + b, 0);
  let token = 0;
  while (token < weights.length - 1 && (left -= weights[token]!) > 0) token += 1;
  return token;
}
