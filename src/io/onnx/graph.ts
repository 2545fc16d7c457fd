import { float, integer, joined, message, raw, text, type Bytes } from './protobuf';

/** A model of ONNX (onnx.proto, IR version 8, opset 13), node by node. Field numbers are those of the schema. */

const irVersion = 8;
const opset = 13;
const floatType = 1;

type Attributes = Readonly<Record<string, number | readonly number[]>>;

const attribute = ([name, value]: [string, number | readonly number[]]): Bytes => {
  if (typeof value !== 'number')
    return message(5, text(1, name), ...value.map((item) => integer(8, item)), integer(20, 7));
  return Number.isInteger(value)
    ? message(5, text(1, name), integer(3, value), integer(20, 2))
    : message(5, text(1, name), float(2, value), integer(20, 1));
};

/** A tensor that is put in or comes out; a text is the name of a dimension that is open. */
const value = (field: number, name: string, shape: readonly (number | string)[]): Bytes =>
  message(
    field,
    text(1, name),
    message(
      2,
      message(
        1,
        integer(1, floatType),
        message(
          2,
          ...shape.map((size) => message(1, typeof size === 'number' ? integer(1, size) : text(2, size))),
        ),
      ),
    ),
  );

export class OnnxGraph {
  readonly #nodes: Bytes[] = [];
  readonly #initializers: Bytes[] = [];
  #names = 0;

  /** @returns the name of the constant */
  constant(values: Float32Array, shape: readonly number[], hint = 'constant'): string {
    const name = `${hint}_${this.#names++}`;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dims = shape.map((size) => integer(1, size));
    this.#initializers.push(message(5, ...dims, integer(2, floatType), text(8, name), raw(9, bytes)));
    return name;
  }

  /** Adds an operation. @returns the name of what comes out */
  node(operation: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = output ?? `${operation.toLowerCase()}_${this.#names++}`;
    this.#nodes.push(
      message(
        1,
        ...inputs.map((input) => text(1, input)),
        text(2, name),
        text(3, `${name}_node`),
        text(4, operation),
        ...Object.entries(attributes).map(attribute),
      ),
    );
    return name;
  }

  /** The file. */
  model(
    input: { name: string; shape: readonly (number | string)[] },
    output: { name: string; shape: readonly (number | string)[] },
    metadata: Readonly<Record<string, string>>,
  ): Uint8Array {
    return joined(
      integer(1, irVersion),
      text(2, 'reward-model-playground'),
      message(
        7,
        ...this.#nodes,
        text(2, 'reward_head'),
        ...this.#initializers,
        value(11, input.name, input.shape),
        value(12, output.name, output.shape),
      ),
      message(8, integer(2, opset)),
      ...Object.entries(metadata).map(([key, own]) => message(14, text(1, key), text(2, own))),
    );
  }
}
