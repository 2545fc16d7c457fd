// Policies on plain numbers against the same by TensorFlow.js operations, whose gradients nobody wrote by hand.
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { CategoricalFamily } from '../../../src/engine/policy/families/categorical.ts';
import { isPlain, type PlainFamily } from '../../../src/engine/policy/families/family.ts';
import { GaussianFamily, planeSpec } from '../../../src/engine/policy/families/gaussian.ts';
import { PlainPolicyTrainer } from '../../../src/engine/policy/plain/trainer.ts';
import { policyTrainer } from '../../../src/engine/policy/start.ts';
import { PolicyTrainer, type Iteration } from '../../../src/engine/policy/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { pairwise } from '../../support/combinations.ts';
import { tokens } from '../../support/families.ts';
import { readTensor } from '../../support/trainers.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const seeing = (fixedStd: boolean) =>
  new GaussianFamily({
    actions: 3,
    states: 2,
    hidden: fixedStd ? [] : [5, 4],
    logStd: -0.4,
    fixedStd,
    groupSize: 4,
    drawStates: (count, source) => Float32Array.from({ length: 2 * count }, () => source.normal()),
  });
const choosing = (embedded: boolean) =>
  new CategoricalFamily({
    candidates: [3, 5, 2],
    groupSize: 4,
    ...(embedded
      ? {
          features: {
            values: Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * i + 1)),
            dimension: 4,
          },
        }
      : {}),
  });
const families = {
  plane: new GaussianFamily(planeSpec),
  network: seeing(false),
  fixed: seeing(true),
  free: choosing(false),
  embedded: choosing(true),
} as unknown as Record<string, PlainFamily<unknown>>;

/** θ somewhere: where it starts, its gradients would often be 0. */
const somewhere = (family: PlainFamily<unknown>, name: string): Float32Array => {
  const source = random(7, name);
  return family.initial(1).map((value) => value + 0.4 * source.normal());
};

const samples = 24;

/** Rewards without a pattern, and for a third of the samples the same. */
const rewards = Float32Array.from({ length: samples }, (_, i) => (i % 3 === 0 ? 0.25 : Math.sin(5 * i)));

const scalars = [
  'kl',
  'entropy',
  'value',
  'approxKl',
  'clipFraction',
  'ratio',
  'policyLoss',
  'valueLoss',
  'explainedVariance',
  'epochs',
] as const;

function expectSame(found: Iteration<unknown>, wanted: Iteration<unknown>, tolerance: number): void {
  expect(found.actions).toEqual(wanted.actions);
  for (const name of scalars) {
    // DPO has no value loss.
    if (Number.isNaN(wanted[name])) expect(found[name]).toBeNaN();
    else expectClose(found[name], wanted[name], tolerance, name);
  }
  for (const name of ['rewards', 'logRatioToReference', 'advantages', 'ratios'] as const)
    expectClose(found[name], wanted[name], tolerance, name);
  expectClose(found.checkpoint.theta, wanted.checkpoint.theta, tolerance, 'θ');
  expectClose(found.checkpoint.m, wanted.checkpoint.m, tolerance, 'm');
  expectClose(found.checkpoint.v, wanted.checkpoint.v, tolerance, 'v');
  expect([found.checkpoint.step, found.checkpoint.updates]).toEqual([
    wanted.checkpoint.step,
    wanted.checkpoint.updates,
  ]);
  expect(found.trace).toHaveLength(wanted.trace.length);
  found.trace.forEach((update, k) => {
    const { ratios, theta, approxKl, clipFraction, policyLoss, epoch } = wanted.trace[k]!;
    expectClose(update.ratios, ratios, tolerance);
    expectClose(update.theta, theta, tolerance);
    expectClose(
      [update.approxKl, update.clipFraction, update.policyLoss, update.epoch],
      [approxKl, clipFraction, policyLoss, epoch],
      tolerance,
    );
  });
}

describe('a policy on plain numbers', () => {
  const cases = pairwise({
    family: ['plane', 'network', 'fixed', 'free', 'embedded'],
    optimiser: ['ppo', 'reinforce', 'rloo', 'grpo', 'dpo'],
    epochs: [1, 3],
    minibatches: [1, 3],
    klPlacement: ['loss', 'reward'],
    klCoefficient: [0, 0.3],
    entropyCoefficient: [0, 0.05],
    clip: [0.02, 0.2],
    valueClip: [0.01, 0.2],
    whitenReward: [false, true],
    whitenAdvantages: [false, true],
    policyMaxGradNorm: [0, 0.05],
    targetKl: [0, 0.0005],
    traced: [false, true],
  });

  it.each(cases.map((wanted) => [Object.values(wanted).join(' '), wanted] as const))(
    'does what operations do: %s',
    async (_, { family: name, traced, ...patch }) => {
      const family = families[name]!;
      const [reference, start] = [family.initial(1), somewhere(family, name)];
      const hyper = { ...defaultSettings, ...patch, samples, policyLearningRate: 0.05 };
      const drawn = (label: string) => family.sample(start, 6, random(2, label));
      const pairs = patch.optimiser === 'dpo' ? { chosen: drawn('a'), rejected: drawn('b') } : undefined;
      const [wanted, found] = await Promise.all(
        [PolicyTrainer, PlainPolicyTrainer].map(async (Trainer) => {
          const trainer = new Trainer(freshCheckpoint(start), family, reference);
          const iteration = await trainer.iterate(
            () => tf.tensor1d(rewards),
            hyper,
            readTensor,
            pairs,
            traced,
          );
          trainer.dispose();
          return iteration;
        }),
      );
      // It did move.
      expect(Math.max(...found!.checkpoint.m.map(Math.abs))).toBeGreaterThan(1e-6);
      // Scaled to variance 1, rewards and slopes are larger, and so is their rounding.
      expectSame(found!, wanted!, 1e-5);
    },
  );

  it('has the gradients that differences have', () => {
    for (const [name, family] of Object.entries(families)) {
      const theta = somewhere(family, name);
      const batch = family.plain(family.sample(theta, 8, random(1, 'differences')), family.initial(1));
      const source = random(3, name);
      const slopes = () => Float64Array.from({ length: 8 }, () => source.normal());
      const weights = { logProb: slopes(), entropy: slopes(), value: slopes(), kl: slopes() };
      const loss = (at: Float32Array) => {
        const said = batch.evaluate(at);
        return (['logProb', 'entropy', 'value', 'kl'] as const).reduce(
          (sum, part) => sum + said[part].reduce((own, value, i) => own + value * weights[part][i]!, 0),
          0,
        );
      };
      const gradient = batch.evaluate(theta).gradient(weights);
      theta.forEach((value, i) => {
        const [up, down] = [theta.slice(), theta.slice()];
        up[i] = value + 1e-2;
        down[i] = value - 1e-2;
        const slope = (loss(up) - loss(down)) / (up[i] - down[i]);
        expect(Math.abs(gradient[i]! - slope)).toBeLessThan(5e-3 * Math.max(1, Math.abs(slope)));
      });
    }
  });

  it('goes on from a checkpoint as if nothing had been', async () => {
    const family = families['plane']!;
    const start = somewhere(family, 'again');
    const hyper = { ...defaultSettings, samples };
    const reward = () => tf.tensor1d(rewards);
    const trainer = policyTrainer(freshCheckpoint(start), family, family.initial(1));
    const { checkpoint } = await trainer.iterate(reward, hyper, readTensor);
    const wanted = await trainer.iterate(reward, hyper, readTensor);
    const again = policyTrainer(checkpoint, family, family.initial(1));
    expect(await again.iterate(reward, hyper, readTensor)).toEqual(wanted);
    expect(trainer.iteration).toBe(2);
  });

  it('is for families of one step alone', () => {
    expect(Object.values(families).every(isPlain)).toBe(true);
    expect(isPlain(tokens)).toBe(false);
    const start = tokens.initial(1);
    const trainer = policyTrainer(freshCheckpoint(start), tokens, start);
    expect(trainer).toBeInstanceOf(PolicyTrainer);
    trainer.dispose();
  });
});
