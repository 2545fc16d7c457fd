import * as tf from '../tf';
import { bootstrapWeights } from '../reward/ensemble';
import { draw } from '../reward/batch';
import type { Runner } from './peers';
import { batchOf, lossOf, tableOf, type Problem } from './problem';

interface Member {
  readonly variables: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  /** What each pair counts. */
  readonly counts: Float32Array | null;
}

/** What one writes with TensorFlow.js: variables, a loss of two forwards, `tf.train.adam().minimize`, for each member. */
export class StockLoop implements Runner {
  readonly #backend: string;
  readonly #problem: Problem;
  readonly #features: tf.Tensor2D;
  readonly #members: readonly Member[];
  #step = 0;

  /** @param backend must be the current one */
  constructor(backend: string, problem: Problem) {
    this.#backend = backend;
    this.#problem = problem;
    this.#features = tableOf(problem).all;
    const { head, theta, hyper, observations } = problem;
    const { members } = head.spec;
    const counts = members > 1 ? bootstrapWeights(hyper.seed, members, observations.kind.length) : null;
    this.#members = Array.from({ length: members }, (_, m) => ({
      variables: head.layers.flatMap(({ inputs, outputs, offset }) => {
        const from = m * head.memberSize + offset;
        const weights = theta.slice(from, from + inputs * outputs);
        const bias = theta.slice(from + inputs * outputs, from + (inputs + 1) * outputs);
        return [tf.variable(tf.tensor2d(weights, [inputs, outputs])), tf.variable(tf.tensor1d(bias))];
      }),
      optimizer: tf.train.adam(hyper.learningRate, 0.9, 0.999, 1e-8),
      counts: counts && counts.slice(m * observations.kind.length, (m + 1) * observations.kind.length),
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

  async enter(): Promise<void> {
    await tf.setBackend(this.#backend);
  }

  async run(steps: number): Promise<void> {
    const { hyper, observations } = this.#problem;
    for (let k = 0; k < steps; k++) {
      const batch = batchOf(this.#problem, this.#step);
      const drawn = draw(observations.kind.length, hyper.batchSize, hyper.seed, this.#step);
      for (const member of this.#members)
        member.optimizer.minimize(
          () => {
            const [chosen, rejected] = [batch.chosen, batch.rejected].map((rows) =>
              this.#forward(member, tf.gather(this.#features, tf.tensor1d(rows, 'int32'))),
            );
            const losses = tf.softplus(rejected!.sub(chosen!));
            if (!member.counts) return losses.mean();
            const counts = drawn.map((i) => member.counts![i]!);
            return losses.mul(tf.tensor2d(counts, [counts.length, 1])).mean();
          },
          false,
          member.variables.slice(0, -1),
        );
      this.#step += 1;
    }
    const last = tf.tidy(() => this.#members.at(-1)!.variables[0]!.slice([0, 0], [1, 1]));
    await last.data();
    last.dispose();
  }

  async loss(): Promise<number> {
    const scores = tf.tidy(() => this.#forward(this.#members[0]!, this.#features));
    const rewards = await scores.data();
    scores.dispose();
    return lossOf(this.#problem, rewards);
  }

  dispose(): void {
    this.#features.dispose();
    for (const { variables, optimizer } of this.#members) {
      optimizer.dispose();
      tf.dispose([...variables]);
    }
  }
}
