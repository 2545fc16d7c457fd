/** What a candidate is, apart from its name: enough to embed it, to judge it and to draw it. */
export interface Content {
  /** Which of the scenario's prompts it answers, counted from 0. */
  readonly prompt: number;
  /** The numbers it consists of: x and y in `map`, controls in `driving`, words by their number in `assistant`. */
  readonly values: readonly number[];
  /** Its words, where they are not made of the scenario's own; `values` is empty then. */
  readonly text?: string;
}

/** Many contents of numbers, as they cross to the worker and as policies make them. */
export interface Contents {
  /** [count] */
  readonly prompts: Int32Array;
  /** [count · width] */
  readonly values: Float32Array;
  readonly width: number;
}

export const contentAt = ({ prompts, values, width }: Contents, i: number): Content => ({
  prompt: prompts[i]!,
  values: Array.from(values.subarray(i * width, (i + 1) * width)),
});

/** @param contents each of `width` numbers, or fewer: the rest is 0 */
export function packContents(contents: readonly Content[], width: number): Contents {
  const values = new Float32Array(contents.length * width);
  contents.forEach((content, i) => values.set(content.values, i * width));
  return { prompts: Int32Array.from(contents, ({ prompt }) => prompt), values, width };
}

/** Some of them, in this order. */
export function pickContents({ prompts, values, width }: Contents, rows: Int32Array): Contents {
  const picked = {
    prompts: rows.map((row) => prompts[row]!),
    values: new Float32Array(rows.length * width),
    width,
  };
  rows.forEach((row, i) => picked.values.set(values.subarray(row * width, (row + 1) * width), i * width));
  return picked;
}

/** A content of two numbers as a place in the plane. */
export const pointOf = ({ values }: Content): readonly [number, number] => [values[0]!, values[1]!];

/** The content that a place in the plane is. */
export const contentOf = (x: number, y: number): Content => ({ prompt: 0, values: [x, y] });

/** Places of the plane, interleaved x, y, as contents. */
export const planeContents = (points: Float32Array): Contents => ({
  prompts: new Int32Array(points.length / 2),
  values: points,
  width: 2,
});

/** What the visitor brought into a scenario, beside candidates. */
export interface Own {
  /** Prompts by their number, as their scenario writes them down: they replace the scenario's, or come after them. */
  readonly prompts: Readonly<Record<number, string>>;
}

export const nothingOwn: Own = { prompts: {} };
