import { jit, nn, numpy as np, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import { updateAt } from '../reward/fused/update';
import { lossesOf, type Problem } from './problem';
import type { Runner } from './runner';

type Arrays = JaxArray[];
type State = { theta: Arrays; m: Arrays; v: Arrays };

/** State, features, rows of the chosen and the rejected ones, counts, rates, correction. */
type Step = (state: State, ...inputs: [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray]) => State;

/**
 * The same training with jax-js: the whole step, of all members side by side, is one jitted function. Every array has
 * the members first.
 */
export class JaxLoop implements Runner {
  readonly #problem: Problem;
  readonly #features: JaxArray;
  #state: State;
  readonly #step: Step;
  #done = 0;

  constructor(problem: Problem) {
    this.#problem = problem;
    const { values, rows, dimension, head, theta, sweep } = problem;
    const { members } = head.spec;
    this.#features = np.array(values).reshape([rows, dimension]);
    const side = (from: number, count: number) => {
      const all = new Float32Array(members * count);
      for (let m = 0; m < members; m++)
        all.set(theta.subarray(m * head.memberSize + from, m * head.memberSize + from + count), m * count);
      return np.array(all);
    };
    // The last bias cancels in a difference: left out.
    const parts = head.layers.flatMap(({ inputs, outputs, offset }, i) => {
      const weights = side(offset, inputs * outputs).reshape([members, inputs, outputs]);
      return i === head.layers.length - 1
        ? [weights]
        : [weights, side(offset + inputs * outputs, outputs).reshape([members, 1, outputs])];
    });
    const zeros = () => parts.map((part) => np.zeros(part.shape));
    this.#state = { theta: parts, m: zeros(), v: zeros() };
    this.#step = stepOf(members, sweep ? members : 1, dimension);
  }

  async run(steps: number): Promise<void> {
    const { head, learningRates, hyper } = this.#problem;
    const { members } = head.spec;
    for (let k = 0; k < steps; k++) {
      const batches = this.#problem.batchesAt(this.#done);
      const rows = (side: 'chosen' | 'rejected') =>
        np.array(Int32Array.from(batches.flatMap((batch) => Array.from(batch[side]))), { dtype: np.int32 });
      const pairs = batches[0]!.chosen.length;
      const counts = batches[0]!.counts ?? new Float32Array(members * pairs).fill(1);
      const { rate, correction } = updateAt(hyper, this.#done, this.#done + 1);
      const rates = Float32Array.from(learningRates, (own) => (own / hyper.learningRate) * rate);
      this.#state = this.#step(
        this.#state,
        this.#features.ref,
        rows('chosen'),
        rows('rejected'),
        np.array(counts).reshape([members, pairs, 1]),
        np.array(rates).reshape([members, 1, 1]),
        np.array([correction]),
      );
      this.#done += 1;
    }
    await this.#state.theta[0]!.blockUntilReady();
  }

  async numbers(): Promise<Float32Array> {
    const { rows, dimension } = this.#problem;
    const theta = this.#state.theta.map((part) => part.ref);
    const rewards: unknown = await forward(theta, this.#features.ref.reshape([1, rows, dimension])).data();
    return lossesOf(this.#problem, rewards as Float32Array);
  }

  dispose(): void {
    this.#features.dispose();
    for (const part of [...this.#state.theta, ...this.#state.m, ...this.#state.v]) part.dispose();
  }
}

/** @param x [members or 1, rows, inputs] @returns [members, rows, 1] */
function forward(theta: Arrays, x: JaxArray): JaxArray {
  let out = x;
  for (let i = 0; i < theta.length; i += 2) {
    out = np.matmul(out, theta[i]!);
    if (i + 1 < theta.length) out = nn.relu(out.add(theta[i + 1]!));
  }
  return out;
}

const stepOf = (members: number, batches: number, dimension: number): Step =>
  jit(
    (
      { theta, m, v }: State,
      features: JaxArray,
      chosen: JaxArray,
      rejected: JaxArray,
      counts: JaxArray,
      rates: JaxArray,
      correction: JaxArray,
    ): State => {
      const pairs = chosen.shape[0]! / batches;
      const gather = (from: JaxArray, rows: JaxArray) =>
        np.take(from, rows, 0).reshape([batches, pairs, dimension]);
      const better = gather(features.ref, chosen);
      const worse = gather(features, rejected);
      // Added up over the members, so that each has the gradient it would have alone.
      const loss = (parts: Arrays, a: JaxArray, b: JaxArray, c: JaxArray) => {
        const delta = forward(
          parts.map((part) => part.ref),
          b,
        ).sub(forward(parts, a));
        return nn.softplus(delta).mul(c).mean().mul(members);
      };
      const [value, gradient] = valueAndGrad(loss)(
        theta.map((part) => part.ref),
        better,
        worse,
        counts,
      ) as unknown as [JaxArray, Arrays];
      value.dispose();
      const next: State = { theta: [], m: [], v: [] };
      theta.forEach((old, i) => {
        const g = gradient[i]!;
        const newM = m[i]!.mul(0.9).add(g.ref.mul(0.1));
        const newV = v[i]!.mul(0.999).add(np.square(g).mul(0.001));
        const root = np.sqrt(newV.ref.mul(correction.ref)).add(1e-8);
        next.theta.push(old.sub(newM.ref.mul(rates.ref).div(root)));
        next.m.push(newM);
        next.v.push(newV);
      });
      rates.dispose();
      correction.dispose();
      return next;
    },
  );
