import { jit, numpy as np, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import { updateAt } from '../reward/fused/update';
import { mapPoints, type Climb } from './climb';
import { problemHyper } from './problem';
import type { Runner } from './runner';

const logTwoPi = Math.log(2 * Math.PI);

/** Rows of the embedding at once: all of a map would be 200 MB of features, were they written down. */
const atOnce = 4096;

/** The reward with jax-js, one jitted function. */
class JaxReward {
  readonly #parts: readonly [JaxArray, JaxArray, JaxArray];
  readonly #of: (...inputs: [JaxArray, JaxArray, JaxArray, JaxArray]) => JaxArray;

  constructor({ embedding, theta }: Climb) {
    const { dimension, frequencies, phases, scale } = embedding;
    this.#parts = [
      np.array(frequencies).reshape([2, dimension]),
      np.array(phases),
      np.array(theta.slice(0, dimension)).reshape([dimension, 1]),
    ];
    this.#of = jit((points: JaxArray, frequencies: JaxArray, phases: JaxArray, weights: JaxArray) =>
      np
        .matmul(np.cos(np.matmul(points, frequencies).add(phases)), weights)
        .mul(scale)
        .flatten(),
    );
  }

  /** @param points interleaved x, y @returns [rows] */
  of(points: Float32Array): JaxArray {
    const [frequencies, phases, weights] = this.#parts;
    return this.#of(
      np.array(points).reshape([points.length / 2, 2]),
      frequencies.ref,
      phases.ref,
      weights.ref,
    );
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }
}

type State = { theta: JaxArray; m: JaxArray; v: JaxArray };
/** State, actions, log probabilities before, value before, rewards, reference, rate, correction. */
type Epoch = (
  state: State,
  ...inputs: [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray]
) => State;

/** PPO with jax-js: an epoch is one jitted function over one vector of parameters. */
export class JaxPolicy implements Runner {
  readonly #climb: Climb;
  readonly #reward: JaxReward;
  readonly #reference: JaxArray;
  readonly #logProb = jit(logProb);
  readonly #epoch: Epoch;
  #state: State;
  #theta: Float32Array;
  #iteration = 0;
  #updates = 0;

  constructor(climb: Climb) {
    this.#climb = climb;
    this.#reward = new JaxReward(climb);
    this.#theta = climb.start;
    this.#reference = np.array(climb.start);
    this.#state = { theta: np.array(climb.start), m: np.zeros([5]), v: np.zeros([5]) };
    this.#epoch = epochOf(climb);
  }

  async run(iterations: number): Promise<void> {
    const { settings } = this.#climb;
    for (let k = 0; k < iterations; k++) {
      const points = this.#climb.sample(this.#theta, this.#iteration).actions;
      const actions = np.array(points).reshape([points.length / 2, 2]);
      const rewards = this.#reward.of(points);
      const old = this.#state.theta.ref;
      const before = this.#logProb(old.ref, actions.ref);
      for (let epoch = 0; epoch < settings.epochs; epoch++) {
        this.#updates += 1;
        const { rate, correction } = updateAt(
          { ...problemHyper, learningRate: settings.policyLearningRate },
          0,
          this.#updates,
        );
        this.#state = this.#epoch(
          this.#state,
          actions.ref,
          before.ref,
          old.ref,
          rewards.ref,
          this.#reference.ref,
          np.array([rate]),
          np.array([correction]),
        );
      }
      for (const array of [actions, rewards, old, before]) array.dispose();
      const theta: unknown = await this.#state.theta.ref.data();
      this.#theta = theta as Float32Array;
      this.#iteration += 1;
    }
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#theta);
  }

  dispose(): void {
    this.#reward.dispose();
    for (const array of [this.#reference, this.#state.theta, this.#state.m, this.#state.v]) array.dispose();
  }
}

/** @param theta [mean x, mean y, log std x, log std y, value] */
function logProb(theta: JaxArray, actions: JaxArray): JaxArray {
  const mean = theta.ref.slice([0, 2]);
  const logStd = theta.slice([2, 4]);
  const z = actions.sub(mean).div(np.exp(logStd.ref));
  return np
    .square(z)
    .mul(-0.5)
    .sub(logStd)
    .sub(0.5 * logTwoPi)
    .sum(1);
}

function epochOf({ settings }: Climb): Epoch {
  const { clip, klCoefficient, entropyCoefficient, valueCoefficient, valueClip } = settings;
  const loss = (
    theta: JaxArray,
    actions: JaxArray,
    before: JaxArray,
    old: JaxArray,
    rewards: JaxArray,
    reference: JaxArray,
  ): JaxArray => {
    const value = theta.ref.slice([4, 5]);
    const oldValue = old.slice([4, 5]);
    const logStd = theta.ref.slice([2, 4]);
    const [refMean, refLogStd] = [reference.ref.slice([0, 2]), reference.slice([2, 4])];
    const advantages = rewards.ref.sub(oldValue.ref);
    const ratio = np.exp(logProb(theta.ref, actions).sub(before));
    const policy = np.maximum(
      advantages.ref.mul(ratio.ref).mul(-1),
      advantages.mul(np.clip(ratio, 1 - clip, 1 + clip)).mul(-1),
    );
    const far = np.square(theta.slice([0, 2]).sub(refMean));
    const kl = refLogStd.ref
      .sub(logStd.ref)
      .add(
        np
          .exp(logStd.ref.mul(2))
          .add(far)
          .div(np.exp(refLogStd.mul(2)).mul(2)),
      )
      .sub(0.5)
      .sum();
    const entropy = logStd.add(0.5 * (logTwoPi + 1)).sum();
    const near = oldValue.ref.add(np.clip(value.ref.sub(oldValue), -valueClip, valueClip));
    const errors = np.maximum(np.square(value.sub(rewards.ref)), np.square(near.sub(rewards)));
    return policy
      .mean()
      .add(kl.mul(klCoefficient))
      .sub(entropy.mul(entropyCoefficient))
      .add(errors.mean().mul(0.5 * valueCoefficient));
  };
  return jit(
    (
      { theta, m, v }: State,
      actions: JaxArray,
      before: JaxArray,
      old: JaxArray,
      rewards: JaxArray,
      reference: JaxArray,
      rate: JaxArray,
      correction: JaxArray,
    ): State => {
      const [value, g] = valueAndGrad(loss)(theta.ref, actions, before, old, rewards, reference);
      value.dispose();
      const newM = m.mul(0.9).add(g.ref.mul(0.1));
      const newV = v.mul(0.999).add(np.square(g).mul(0.001));
      const root = np.sqrt(newV.ref.mul(correction)).add(1e-8);
      return { theta: theta.sub(newM.ref.mul(rate).div(root)), m: newM, v: newV };
    },
  );
}

export class JaxMap implements Runner {
  readonly #reward: JaxReward;
  readonly #points: Float32Array;
  readonly #rewards: Float32Array;

  constructor(climb: Climb, size: number) {
    this.#reward = new JaxReward(climb);
    this.#points = mapPoints(climb, size);
    this.#rewards = new Float32Array(size * size);
  }

  async run(times: number): Promise<void> {
    for (let k = 0; k < times; k++)
      for (let from = 0; from < this.#rewards.length; from += atOnce) {
        const scored = this.#reward.of(this.#points.slice(2 * from, 2 * (from + atOnce)));
        const rewards: unknown = await scored.data();
        this.#rewards.set(rewards as Float32Array, from);
      }
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#rewards);
  }

  dispose(): void {
    this.#reward.dispose();
  }
}
