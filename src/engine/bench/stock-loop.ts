import * as tf from '../tf';
import { lossesOf, tableOf, type PairBatch, type Problem } from './problem';
import type { Runner } from './runner';

interface Member {
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
}

/** What one writes with TensorFlow.js: variables, a loss of two forwards, `tf.train.adam().minimize`, for each member. */
export class StockLoop implements Runner {
  readonly #problem: Problem;
  readonly #features: tf.Tensor2D;
  readonly #members: readonly Member[];
  #step = 0;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#features = tableOf(problem).all;
    const { head, theta, learningRates } = problem;
    this.#members = learningRates.map((learningRate, m) => ({
      variables: head.layers.flatMap(({ inputs, outputs, offset }) => {
        const from = m * head.memberSize + offset;
        const weights = theta.slice(from, from + inputs * outputs);
        const bias = theta.slice(from + inputs * outputs, from + (inputs + 1) * outputs);
        return [tf.variable(tf.tensor2d(weights, [inputs, outputs])), tf.variable(tf.tensor1d(bias))];
      }),
      optimizer: tf.train.adam(learningRate, 0.9, 0.999, 1e-8),
    }));
  }

  #forward({ variables }: Member, x: tf.Tensor2D): tf.Tensor2D {
    let out = x;
    for (let i = 0; i < variables.length; i += 2) {
      out = tf.matMul(out, variables[i] as unknown as tf.Tensor2D);
      // The last bias cancels in a difference: left out, as anybody would who knows.
      if (i + 2 < variables.length) out = tf.relu(out.add<tf.Tensor2D>(variables[i + 1]!));
    }
    return out;
  }

  async run(steps: number): Promise<void> {
    for (let k = 0; k < steps; k++) {
      const batches = this.#problem.batchesAt(this.#step);
      this.#members.forEach((member, m) =>
        member.optimizer.minimize(
          () => this.#loss(member, m, batches[batches.length === 1 ? 0 : m]!),
          false,
          member.variables.slice(0, -1),
        ),
      );
      this.#step += 1;
    }
    const last = tf.tidy(() => this.#members.at(-1)!.variables[0]!.slice([0, 0], [1, 1]));
    await last.data();
    last.dispose();
  }

  #loss(member: Member, m: number, batch: PairBatch): tf.Scalar {
    const [chosen, rejected] = [batch.chosen, batch.rejected].map((rows) =>
      this.#forward(member, tf.gather(this.#features, tf.tensor1d(rows, 'int32'))),
    );
    const losses = tf.softplus(rejected!.sub(chosen!));
    if (!batch.counts) return losses.mean();
    const pairs = batch.chosen.length;
    const counts = batch.counts.slice(m * pairs, (m + 1) * pairs);
    return losses.mul(tf.tensor2d(counts, [pairs, 1])).mean();
  }

  async numbers(): Promise<Float32Array> {
    const scores = tf.tidy(() =>
      tf.concat(this.#members.map((member) => this.#forward(member, this.#features).flatten())),
    );
    const rewards = await scores.data();
    scores.dispose();
    return lossesOf(this.#problem, rewards);
  }

  dispose(): void {
    this.#features.dispose();
    for (const { variables, optimizer } of this.#members) {
      optimizer.dispose();
      tf.dispose([...variables]);
    }
  }
}
