import { beforeAll, describe, expect, it, vi } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import { defaultSettings, settingsTable } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import {
  GaussianFamily,
  planeSpec,
  type GaussianActions,
} from '../../../src/engine/policy/families/gaussian.ts';
import {
  PolicyTrainer,
  type ActionPairs,
  type Iteration as IterationOf,
  type PolicyHyper,
  type RewardFunction,
} from '../../../src/engine/policy/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { mean, standardError, variance } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const reference = { mean: [0, 0], logStd: [Math.log(0.3), Math.log(0.3)] } as const;
/** θ of a Gaussian over the plane, with its value baseline at 0. */
const planeParameters = ({ mean: centre, logStd }: typeof reference) =>
  Float32Array.of(...centre, ...logStd, 0);
const hyper: PolicyHyper = {
  ...defaultSettings,
  seed: 1,
  samples: 256,
  epochs: 4,
  minibatches: 1,
  policyLearningRate: 0.02,
  clip: 0.2,
  klCoefficient: 0,
  entropyCoefficient: 0,
  valueCoefficient: 0.1,
  valueClip: 0.2,
  whitenAdvantages: false,
};

const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;

type Iteration = IterationOf<GaussianActions>;
const plane = new GaussianFamily(planeSpec);
const meanOf = ({ theta }: Pick<Iteration, 'theta'>) => [theta[0]!, theta[1]!] as const;
const logStdOf = ({ theta }: Pick<Iteration, 'theta'>) => [theta[2]!, theta[3]!] as const;

/** w · x / 0.3: has mean 0 and variance 1 under the reference. */
const linear = ({ actions }: GaussianActions): tf.Tensor1D =>
  tf.tensor1d(Float32Array.from({ length: actions.length / 2 }, (_, i) => actions[2 * i]! / 0.3));

const trainerFrom = (checkpoint = freshCheckpoint(planeParameters(reference))) =>
  new PolicyTrainer(checkpoint, plane, planeParameters(reference));

/** Of two points, the one further to the right was chosen: what DPO learns from. */
const pairs: ActionPairs<GaussianActions> = (() => {
  const source = random(3, 'pairs');
  const [chosen, rejected]: [number[], number[]] = [[], []];
  for (let k = 0; k < 64; k++) {
    const [a, b] = [0, 1].map(() => [0.3 * source.normal(), 0.3 * source.normal()]) as [number[], number[]];
    chosen.push(...(a[0]! > b[0]! ? a : b));
    rejected.push(...(a[0]! > b[0]! ? b : a));
  }
  const side = (values: number[]) => ({ states: new Float32Array(0), actions: Float32Array.from(values) });
  return { chosen: side(chosen), rejected: side(rejected) };
})();

async function run(
  iterations: number,
  patch: Partial<PolicyHyper> = {},
  reward: RewardFunction<GaussianActions> = linear,
): Promise<Iteration[]> {
  const trainer = trainerFrom();
  const done: Iteration[] = [];
  for (let k = 0; k < iterations; k++)
    done.push(await trainer.iterate(reward, { ...hyper, ...patch }, read, pairs));
  trainer.dispose();
  return done;
}

describe('an iteration', () => {
  it('has a ratio of 1 before its first update: nothing is clipped, nothing has moved', async () => {
    for (const iteration of await run(3, { epochs: 1, minibatches: 1 })) {
      expect(iteration.ratio).toBe(1);
      expect(iteration.clipFraction).toBe(0);
      expect(iteration.approxKl).toBe(0);
      const advantages = Array.from(iteration.rewards, (reward) => reward - iteration.value);
      expect(iteration.policyLoss).toBeCloseTo(-mean(advantages), 5);
    }
  });

  it('moves the ratio away from 1 with its updates', async () => {
    const [iteration] = await run(1, { epochs: 8 });
    expect(iteration!.approxKl).toBeGreaterThan(1e-4);
  });

  it('describes the policy it sampled from', async () => {
    const [first, second] = await run(2, { samples: 2048 });
    expect(meanOf(first!)).toEqual([0, 0]);
    expect(logStdOf(first!)[0]).toBeCloseTo(Math.log(0.3), 6);
    expect(first!.kl).toBe(0);
    const xs = Array.from({ length: 2048 }, (_, i) => second!.actions.actions[2 * i]!);
    expect(Math.abs(mean(xs) - meanOf(second!)[0])).toBeLessThan(4 * standardError(xs));
    expect(first!.checkpoint.theta).toEqual(second!.theta);
    expect(first!.rewards).toEqual(
      Float32Array.from(first!.rewards, (_, i) => Math.fround(first!.actions.actions[2 * i]! / 0.3)),
    );
  });

  it('estimates the KL divergence near its exact value: k1 and k3 without bias', async () => {
    // Not too far: beyond a nat, the ratio in k3 is so skewed that no sample of this size shows its mean.
    const iterations = await run(7, { samples: 2048, policyLearningRate: 0.01 });
    for (const { kl, logRatioToReference } of iterations.slice(-4)) {
      const k1 = Array.from(logRatioToReference);
      const k3 = k1.map((k) => Math.exp(-k) - 1 + k);
      expect(kl).toBeGreaterThan(0.02);
      expect(kl).toBeLessThan(0.5);
      expect(Math.abs(mean(k1) - kl)).toBeLessThan(4 * standardError(k1));
      expect(Math.abs(mean(k3) - kl)).toBeLessThan(4 * standardError(k3));
      expect(Math.min(...k3)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('the policy', () => {
  it('climbs the reward', async () => {
    const iterations = await run(40);
    expect(mean(iterations.at(-1)!.rewards)).toBeGreaterThan(mean(iterations[0]!.rewards) + 1);
    expect(Math.abs(meanOf(iterations.at(-1)!)[1])).toBeLessThan(0.15); // nothing pays for going that way
  });

  it('under a KL penalty β settles where the closed form says: 1/β of its deviations away', async () => {
    // For a reward w · x in units of the deviation, the best policy is N(w/β, I) in those units.
    const iterations = await run(150, { klCoefficient: 0.5, samples: 512, policyLearningRate: 0.01 });
    const late = iterations.slice(-20);
    expect(mean(late.map((iteration) => meanOf(iteration)[0])) / 0.3).toBeCloseTo(1 / 0.5, 0);
    for (const d of [0, 1] as const)
      expect(Math.exp(mean(late.map((iteration) => logStdOf(iteration)[d]))) / 0.3).toBeCloseTo(1, 0);
  });

  it('spreads under an entropy bonus where nothing else pulls', async () => {
    const iterations = await run(15, { entropyCoefficient: 1 }, ({ actions }) =>
      tf.zeros([actions.length / 2]),
    );
    expect(logStdOf(iterations.at(-1)!)[0]).toBeGreaterThan(reference.logStd[0] + 0.2);
  });

  it('learns what reward to expect, and more slowly under a narrow clip', async () => {
    const constant = ({ actions }: GaussianActions) => tf.fill<tf.Rank.R1>([actions.length / 2], 5);
    const expectations = async (valueClip: number) => {
      const patch = { valueCoefficient: 2, policyLearningRate: 0.1, valueClip };
      return (await run(40, patch, constant)).map(({ value }) => value);
    };
    const [narrow, wide] = [await expectations(0.05), await expectations(10)];
    expect([narrow[0], wide[0]]).toEqual([0, 0]);
    expect(wide.at(-1)).toBeCloseTo(5, 0);
    expect(narrow.at(-1)).toBeGreaterThan(1);
    expect(narrow[10]).toBeLessThan(0.8 * wide[10]!);
  });

  it('does not care for a constant in the reward once advantages are whitened', async () => {
    const shifted = (actions: GaussianActions) => linear(actions).mul<tf.Tensor1D>(8).add<tf.Tensor1D>(64);
    const patch = { whitenAdvantages: true, valueCoefficient: 0 };
    const [plain, other] = [await run(5, patch), await run(5, patch, shifted)];
    expect(meanOf(other.at(-1)!)[0]).toBeCloseTo(meanOf(plain.at(-1)!)[0], 3);
    expect(logStdOf(other.at(-1)!)[1]).toBeCloseTo(logStdOf(plain.at(-1)!)[1], 3);
  });

  it('goes on from a checkpoint as if nothing had been, bit for bit', async () => {
    const whole = await run(4, { minibatches: 3 });
    const trainer = trainerFrom(whole[1]!.checkpoint);
    expect(trainer.iteration).toBe(2);
    for (const wanted of whole.slice(2))
      expect(await trainer.iterate(linear, { ...hyper, minibatches: 3 }, read, pairs)).toEqual(wanted);
    trainer.dispose();
  });

  it.each([1, 2, 3, 8])('uses every sample once an epoch, in %i minibatches', async (minibatches) => {
    // With one epoch of plain averages, an update for each part: count them.
    const [iteration] = await run(1, { minibatches, epochs: 2 });
    expect(iteration!.checkpoint.updates).toBe(2 * minibatches);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await run(2, { minibatches: 3 });
    await run(2, { minibatches: 1, whitenAdvantages: true });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('settings of an iteration', () => {
  it('a KL penalty in the reward settles where one in the loss does', async () => {
    const patch = { klCoefficient: 0.5, samples: 1024 } as const;
    const place = async (klPlacement: 'loss' | 'reward') => {
      const late = (await run(120, { ...patch, klPlacement })).slice(-30);
      return mean(late.map((iteration) => meanOf(iteration)[0])) / 0.3;
    };
    const [loss, reward] = [await place('loss'), await place('reward')];
    expect(Math.abs(loss - 2)).toBeLessThan(0.15);
    expect(Math.abs(reward - 2)).toBeLessThan(0.15);
  });

  it('the target step KL ends the epochs early, and never before the first', async () => {
    const [free] = await run(1, { epochs: 12 });
    const [held] = await run(1, { epochs: 12, targetKl: 0.01 });
    expect(free!.epochs).toBe(12);
    expect(held!.epochs).toBeLessThan(12);
    expect(held!.epochs).toBeGreaterThan(0);
    expect(held!.checkpoint.updates).toBe(held!.epochs);
    expect(held!.approxKl).toBeLessThanOrEqual(0.01);
    const [tight] = await run(1, { epochs: 12, targetKl: 1e-9 });
    expect(tight!.epochs).toBe(1);
  });

  it('whitening the rewards makes their variance 1 and keeps their mean, as TRL does', async () => {
    const scaled = (actions: GaussianActions) => linear(actions).mul<tf.Tensor1D>(1000).add<tf.Tensor1D>(7);
    const patch = { epochs: 1, samples: 2048, whitenReward: true };
    const [iteration] = await run(1, patch, scaled);
    // With no baseline yet, the advantages are what was paid.
    expect(mean(iteration!.advantages)).toBeCloseTo(mean(iteration!.rewards), 2);
    expect(variance(iteration!.advantages)).toBeCloseTo(1, 2);
    expect(variance(iteration!.rewards)).toBeGreaterThan(500_000);
  });

  it('a traced iteration tells how all samples stood before each update: all at ratio 1 before the first', async () => {
    const [plain] = await run(3);
    const trainer = trainerFrom();
    const traced = await trainer.iterate(linear, hyper, read, pairs, true);
    trainer.dispose();
    expect(traced.trace.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
    expect(Array.from(traced.trace[0]!.ratios)).toEqual(new Array(256).fill(1));
    expect(traced.trace[0]!.approxKl).toBe(0);
    expect(traced.trace[3]!.ratios).toEqual(traced.ratios);
    expect(traced.trace[3]!.theta).toEqual(traced.checkpoint.theta);
    // Looking on changes nothing.
    expect({ ...traced, trace: [] }).toEqual(plain);
  });
});

describe.each(settingsTable.optimiser.options.filter((name) => name !== 'best-of-n'))(
  'the optimiser %s',
  (optimiser) => {
    it('climbs the reward', async () => {
      const done = await run(40, { optimiser });
      const [first, last] = [mean(done[0]!.rewards), mean(done.at(-1)!.rewards)];
      expect(last - first).toBeGreaterThan(1);
    });

    it('uses each sample once, or several times', async () => {
      // The diagnostics are taken before the last update: with one epoch, that is before any.
      const [iteration] = await run(1, { optimiser, epochs: 4 });
      const once = optimiser === 'reinforce' || optimiser === 'rloo';
      expect(iteration!.ratio === 1).toBe(once);
    });

    it('takes steps no longer than the gradient clipping allows', async () => {
      // Adam hides the length of a gradient, all but the first ε of it: a tiny one makes no step at all.
      const [free] = await run(1, { optimiser });
      const [clipped] = await run(1, { optimiser, policyMaxGradNorm: 1e-12 });
      const moved = ({ checkpoint }: Iteration) => Math.abs(checkpoint.theta[0]!);
      expect(moved(clipped!)).toBeLessThan(0.01 * moved(free!));
    });

    it('leaves no tensor behind', async () => {
      const before = tf.memory().numTensors;
      await run(2, { optimiser, targetKl: 0.001 });
      expect(tf.memory().numTensors).toBe(before);
    });
  },
);
