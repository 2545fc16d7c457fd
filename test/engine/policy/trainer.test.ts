import { beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultSettings, settingsTable } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { exactKl } from '../../../src/engine/policy/gaussian.ts';
import {
  initialPolicy,
  PolicyTrainer,
  type Iteration,
  type PolicyHyper,
} from '../../../src/engine/policy/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { mean, standardError } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const reference = { mean: [0, 0], logStd: [Math.log(0.3), Math.log(0.3)] } as const;
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

/** w · x / 0.3: has mean 0 and variance 1 under the reference. */
const linear = (actions: Float32Array): tf.Tensor1D =>
  tf.tensor1d(Float32Array.from({ length: actions.length / 2 }, (_, i) => actions[2 * i]! / 0.3));

async function run(
  iterations: number,
  patch: Partial<PolicyHyper> = {},
  reward = linear,
): Promise<Iteration[]> {
  const trainer = new PolicyTrainer(freshCheckpoint(initialPolicy(reference)), reference);
  const done: Iteration[] = [];
  for (let k = 0; k < iterations; k++) done.push(await trainer.iterate(reward, { ...hyper, ...patch }, read));
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
    expect(first!.mean).toEqual([0, 0]);
    expect(first!.logStd[0]).toBeCloseTo(Math.log(0.3), 6);
    const xs = Array.from({ length: 2048 }, (_, i) => second!.actions[2 * i]!);
    expect(Math.abs(mean(xs) - second!.mean[0])).toBeLessThan(4 * standardError(xs));
    expect(Array.from(first!.checkpoint.theta.slice(0, 2))).toEqual([...second!.mean]);
    expect(first!.rewards).toEqual(
      Float32Array.from(first!.rewards, (_, i) => Math.fround(first!.actions[2 * i]! / 0.3)),
    );
  });

  it('estimates the KL divergence near its exact value: k1 and k3 without bias', async () => {
    // Not too far: beyond a nat, the ratio in k3 is so skewed that no sample of this size shows its mean.
    const iterations = await run(7, { samples: 2048, policyLearningRate: 0.01 });
    for (const { mean: m, logStd, logRatioToReference } of iterations.slice(-4)) {
      const kl = exactKl(m, logStd, reference.mean, reference.logStd);
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
    expect(Math.abs(iterations.at(-1)!.mean[1])).toBeLessThan(0.15); // nothing pays for going that way
  });

  it('under a KL penalty β settles where the closed form says: 1/β of its deviations away', async () => {
    // For a reward w · x in units of the deviation, the best policy is N(w/β, I) in those units.
    const iterations = await run(150, { klCoefficient: 0.5, samples: 512, policyLearningRate: 0.01 });
    const late = iterations.slice(-20);
    expect(mean(late.map((iteration) => iteration.mean[0])) / 0.3).toBeCloseTo(1 / 0.5, 0);
    for (const d of [0, 1] as const)
      expect(Math.exp(mean(late.map(({ logStd }) => logStd[d]))) / 0.3).toBeCloseTo(1, 0);
  });

  it('spreads under an entropy bonus where nothing else pulls', async () => {
    const iterations = await run(15, { entropyCoefficient: 1 }, (actions) => tf.zeros([actions.length / 2]));
    expect(iterations.at(-1)!.logStd[0]).toBeGreaterThan(reference.logStd[0] + 0.2);
  });

  it('learns what reward to expect, and more slowly under a narrow clip', async () => {
    const constant = (actions: Float32Array) => tf.fill<tf.Rank.R1>([actions.length / 2], 5);
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
    const shifted = (actions: Float32Array) => linear(actions).mul<tf.Tensor1D>(8).add<tf.Tensor1D>(64);
    const patch = { whitenAdvantages: true, valueCoefficient: 0 };
    const [plain, other] = [await run(5, patch), await run(5, patch, shifted)];
    expect(other.at(-1)!.mean[0]).toBeCloseTo(plain.at(-1)!.mean[0], 3);
    expect(other.at(-1)!.logStd[1]).toBeCloseTo(plain.at(-1)!.logStd[1], 3);
  });

  it('goes on from a checkpoint as if nothing had been, bit for bit', async () => {
    const whole = await run(4, { minibatches: 3 });
    const trainer = new PolicyTrainer(whole[1]!.checkpoint, reference);
    expect(trainer.iteration).toBe(2);
    for (const wanted of whole.slice(2))
      expect(await trainer.iterate(linear, { ...hyper, minibatches: 3 }, read)).toEqual(wanted);
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

describe.each(settingsTable.optimiser.options)('the optimiser %s', (optimiser) => {
  it('climbs the reward', async () => {
    const done = await run(40, { optimiser });
    const [first, last] = [mean(done[0]!.rewards), mean(done.at(-1)!.rewards)];
    expect(last - first).toBeGreaterThan(1);
  });

  it('uses each sample once, or several times with the ratio clipped', async () => {
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
});
