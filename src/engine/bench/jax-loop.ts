import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import { updateAt } from '../reward/fused/update';
import type { Runner } from './peers';
import { batchOf, lossOf, type Problem } from './problem';

type Arrays = JaxArray[];
type State = { theta: Arrays; m: Arrays; v: Arrays };

/** State, features, rows of the chosen and the rejected ones, rate, correction. */
type Step = (state: State, ...inputs: [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray]) => State;

/** The same training with jax-js: the whole step is one jitted function. */
export class JaxLoop implements Runner {
  readonly #problem: Problem;
  readonly #features: JaxArray;
  #state: State;
  readonly #step: Step;
  #done = 0;

  static async prepare(device: 'wasm' | 'webgpu'): Promise<string> {
    const found = await init(device);
    if (!found.includes(device)) throw new Error(`jax-js finds no ${device} here.`);
    return device;
  }

  readonly #device: 'wasm' | 'webgpu';

  constructor(device: 'wasm' | 'webgpu', problem: Problem) {
    this.#device = device;
    defaultDevice(device);
    if (problem.head.spec.members > 1) throw new Error('not written for ensembles.');
    this.#problem = problem;
    const { values, rows, dimension, head, theta } = problem;
    this.#features = np.array(values).reshape([rows, dimension]);
    // The last bias cancels in a difference: left out.
    const parts = head.layers.flatMap(({ inputs, outputs, offset }, i) => {
      const from = offset + inputs * outputs;
      const weights = np.array(theta.slice(offset, from)).reshape([inputs, outputs]);
      return i === head.layers.length - 1
        ? [weights]
        : [weights, np.array(theta.slice(from, from + outputs))];
    });
    const zeros = () => parts.map((part) => np.zeros(part.shape));
    this.#state = { theta: parts, m: zeros(), v: zeros() };
    this.#step = stepOf();
  }

  enter(): Promise<void> {
    defaultDevice(this.#device);
    return Promise.resolve();
  }

  async run(steps: number): Promise<void> {
    for (let k = 0; k < steps; k++) {
      const { chosen, rejected } = batchOf(this.#problem, this.#done);
      const { rate, correction } = updateAt(this.#problem.hyper, this.#done, this.#done + 1);
      this.#state = this.#step(
        this.#state,
        this.#features.ref,
        np.array(chosen, { dtype: np.int32 }),
        np.array(rejected, { dtype: np.int32 }),
        np.array([rate]),
        np.array([correction]),
      );
      this.#done += 1;
    }
    await this.#state.theta[0]!.blockUntilReady();
  }

  async loss(): Promise<number> {
    const theta = this.#state.theta.map((part) => part.ref);
    const rewards: unknown = await forward(theta, this.#features.ref).data();
    return lossOf(this.#problem, rewards as Float32Array);
  }

  dispose(): void {
    this.#features.dispose();
    for (const part of [...this.#state.theta, ...this.#state.m, ...this.#state.v]) part.dispose();
  }
}

function forward(theta: Arrays, x: JaxArray): JaxArray {
  let out = x;
  for (let i = 0; i < theta.length; i += 2) {
    out = np.matmul(out, theta[i]!);
    if (i + 1 < theta.length) out = nn.relu(out.add(theta[i + 1]!));
  }
  return out;
}

const stepOf = (): Step =>
  jit(
    (
      { theta, m, v }: State,
      features: JaxArray,
      chosen: JaxArray,
      rejected: JaxArray,
      rate: JaxArray,
      correction: JaxArray,
    ): State => {
      const better = np.take(features.ref, chosen, 0);
      const worse = np.take(features, rejected, 0);
      const loss = (parts: Arrays, a: JaxArray, b: JaxArray) => {
        const delta = forward(
          parts.map((part) => part.ref),
          b,
        ).sub(forward(parts, a));
        return nn.softplus(delta).mean();
      };
      const [value, gradient] = valueAndGrad(loss)(
        theta.map((part) => part.ref),
        better,
        worse,
      ) as unknown as [JaxArray, Arrays];
      value.dispose();
      const next: State = { theta: [], m: [], v: [] };
      theta.forEach((old, i) => {
        const g = gradient[i]!;
        const newM = m[i]!.mul(0.9).add(g.ref.mul(0.1));
        const newV = v[i]!.mul(0.999).add(np.square(g).mul(0.001));
        const root = np.sqrt(newV.ref.mul(correction.ref)).add(1e-8);
        next.theta.push(old.sub(newM.ref.mul(rate.ref).div(root)));
        next.m.push(newM);
        next.v.push(newV);
      });
      rate.dispose();
      correction.dispose();
      return next;
    },
  );
