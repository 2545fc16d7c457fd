import { beforeAll, describe, expect, it, vi } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import type { PolicyFamily } from '../../../src/engine/policy/families/family.ts';
import { GaussianFamily, type GaussianActions } from '../../../src/engine/policy/families/gaussian.ts';
import type { TokenActions } from '../../../src/engine/policy/families/tokens.ts';
import { overSteps } from '../../../src/engine/policy/ppo.ts';
import { PolicyTrainer, type Iteration, type PolicyHyper } from '../../../src/engine/policy/trainer.ts';
import { SftTrainer } from '../../../src/engine/policy/sft.ts';
import * as tf from '../../../src/engine/tf.ts';
import { families, tokens } from '../../support/families.ts';
import { mean, standardError } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // a busy machine is slow
tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;

/** Parameters some way from the family's first ones. */
function moved(family: PolicyFamily<unknown>, name: string, by: number): Float32Array {
  const source = random(2, name);
  return family.initial(1).map((value) => value + by * source.normal());
}

describe.each(families)('a policy: %s', (_, family) => {
  const theta = moved(family, 'policy', 0.3);
  const other = moved(family, 'reference', 0.3);

  /** Sums over steps of each sample, drawn from θ. */
  async function measured(count: number) {
    const actions = family.sample(theta, count, random(4, 'draws'));
    const tensors = tf.tidy(() => {
      const batch = family.batch(actions);
      const reference = family.reference(tf.tensor1d(other), batch);
      const { logProb, entropy, kl } = family.evaluate(tf.tensor1d(theta), batch, reference);
      const sum = (x: tf.Tensor2D) => overSteps(x, batch.mask);
      return [sum(logProb), sum(logProb.sub(reference.logProb)), sum(entropy), sum(kl)];
    });
    const columns = await Promise.all(tensors.map((tensor) => read(tensor)));
    tf.dispose(tensors);
    const [logProb, logRatio, entropy, kl] = columns.map((column) => Array.from(column));
    return { logProb: logProb!, logRatio: logRatio!, entropy: entropy!, kl: kl! };
  }

  it('has the KL divergence and the entropy that sampling gives', async () => {
    const { logProb, logRatio, entropy, kl } = await measured(6000);
    const gap = logRatio.map((value, i) => value - kl[i]!);
    expect(mean(kl)).toBeGreaterThan(0.005);
    expect(Math.abs(mean(gap))).toBeLessThan(4 * standardError(gap));
    const surprise = logProb.map((value, i) => -value - entropy[i]!);
    expect(Math.abs(mean(surprise))).toBeLessThan(4 * standardError(surprise) + 1e-6);
  });

  it('has no distance from itself', async () => {
    const values = await read(
      tf.tidy(() => {
        const batch = family.batch(family.sample(theta, 8, random(4, 'draws')));
        const at = tf.tensor1d(theta);
        return overSteps(family.evaluate(at, batch, family.reference(at, batch)).kl, batch.mask);
      }),
    );
    for (const value of values) expect(Math.abs(value)).toBeLessThan(1e-6);
  });

  it('has a gradient that finite differences confirm', async () => {
    const loss = (at: tf.Tensor1D): tf.Scalar => {
      const batch = family.batch(family.sample(theta, 8, random(4, 'draws')));
      const reference = family.reference(tf.tensor1d(other), batch);
      const { logProb, entropy, kl, value } = family.evaluate(at, batch, reference);
      const sum = (x: tf.Tensor2D) => overSteps(x, batch.mask).mean();
      return sum(logProb).add(sum(entropy)).add(sum(kl)).add<tf.Scalar>(sum(value));
    };
    const gradient = await read(
      tf.tidy(() => tf.grad(loss as (x: tf.Tensor) => tf.Scalar)(tf.tensor1d(theta))),
    );
    const valueAt = async (at: Float32Array) => (await read(tf.tidy(() => loss(tf.tensor1d(at)))))[0]!;
    const source = random(6, 'directions');
    for (let k = 0; k < 3; k++) {
      const direction = Float32Array.from(theta, () => source.normal() / Math.sqrt(theta.length));
      const step = (by: number) => theta.map((value, i) => value + by * direction[i]!);
      const slope = ((await valueAt(step(0.02))) - (await valueAt(step(-0.02)))) / 0.04;
      const wanted = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
      expect(Math.abs(slope - wanted)).toBeLessThan(0.02 * Math.max(1, Math.abs(wanted)));
    }
  });
});

const hyper: PolicyHyper = {
  ...defaultSettings,
  seed: 3,
  samples: 256,
  entropyCoefficient: 0,
  whitenAdvantages: true,
  policyLearningRate: 0.02,
};

describe('the token policy', () => {
  const demonstrations: TokenActions = (() => {
    // Prompt 0 is answered 1 2 0, prompt 1 is answered 3 3 4 0.
    const answers = [
      [1, 2, 0],
      [3, 3, 4, 0],
    ];
    const rows = Array.from({ length: 40 }, (_, i) => answers[i % 2]!);
    return {
      prompts: Int32Array.from(rows, (_, i) => i % 2),
      tokens: Int32Array.from(rows.flatMap((row) => [...row, ...new Array<number>(5 - row.length).fill(0)])),
      lengths: Int32Array.from(rows, (row) => row.length),
    };
  })();
  const pick = (rows: Int32Array): TokenActions => ({
    prompts: Int32Array.from(rows, (row) => demonstrations.prompts[row]!),
    tokens: Int32Array.from(
      Array.from(rows).flatMap((row) => [...demonstrations.tokens.slice(5 * row, 5 * row + 5)]),
    ),
    lengths: Int32Array.from(rows, (row) => demonstrations.lengths[row]!),
  });

  it('ends each answer with its end, and has nothing after it', () => {
    const { tokens: words, lengths } = tokens.sample(tokens.initial(1), 200, random(1, 'answers'));
    lengths.forEach((length, i) => {
      const answer = Array.from(words.slice(5 * i, 5 * i + 5));
      expect(answer.slice(0, length - 1)).not.toContain(0);
      expect(answer.slice(length).every((word) => word === 0)).toBe(true);
      if (length < 5) expect(answer[length - 1]).toBe(0);
    });
    expect(new Set(lengths).size).toBeGreaterThan(2);
  });

  it('learns demonstrations by supervised fine-tuning, and then says them', async () => {
    const before = tf.memory().numTensors;
    const sft = new SftTrainer(freshCheckpoint(tokens.initial(1)), tokens);
    const losses: number[] = [];
    for (let step = 0; step < 150; step++) {
      const loss = sft.train(pick, 40, { learningRate: 0.03, batchSize: 16, seed: 1 });
      losses.push((await read(loss))[0]!);
      loss.dispose();
    }
    // Guessing among six words costs log 6.
    expect(losses[0]).toBeGreaterThan(1.5);
    expect(losses.at(-1)).toBeLessThan(0.1);
    const loss = sft.evaluate(demonstrations);
    expect((await read(loss))[0]).toBeLessThan(0.1);
    loss.dispose();
    const { theta } = await sft.checkpoint(read);
    expect(sft.step).toBe(150);
    sft.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const said = tokens.answer(theta, Int32Array.from([0, 1]), random(1, 'said'));
    expect(Array.from(said.tokens)).toEqual([1, 2, 0, 0, 0, 3, 3, 4, 0, 0]);
  });

  it.each(['ppo', 'rloo', 'grpo', 'reinforce'] as const)(
    '%s makes it say the word that pays, and padding counts for nothing',
    async (optimiser) => {
      const start = tokens.initial(1);
      const trainer = new PolicyTrainer(freshCheckpoint(start), tokens, start);
      const share = ({ tokens: words, lengths }: TokenActions) =>
        Float32Array.from(lengths, (length, i) => {
          const real = Array.from(words.slice(5 * i, 5 * i + length));
          return real.filter((word) => word === 2).length / length;
        });
      const rewards: number[] = [];
      let last: Iteration<TokenActions> | null = null;
      for (let k = 0; k < 30; k++) {
        last = await trainer.iterate(
          (actions) => tf.tensor1d(share(actions)),
          { ...hyper, optimiser, samples: 128, klPlacement: 'reward', klCoefficient: 0.01 },
          read,
        );
        rewards.push(mean(last.rewards));
      }
      trainer.dispose();
      expect(rewards.at(-1)! - rewards[0]!).toBeGreaterThan(0.3);
      expect(last!.kl).toBeGreaterThan(0.1);
      // Padding has no advantage.
      const { lengths } = last!.actions;
      last!.advantages.forEach((advantage, i) => {
        if (i % 5 >= lengths[Math.floor(i / 5)]!) expect(Math.abs(advantage)).toBe(0);
      });
    },
  );
});

describe('the Gaussian policy given a state', () => {
  it('learns to answer each state with its own action, and what reward to expect of it', async () => {
    const family = new GaussianFamily({
      actions: 1,
      states: 1,
      hidden: [],
      logStd: -1,
      drawStates: (count, source) =>
        Float32Array.from({ length: count }, () => (source.uniform() < 0.5 ? -1 : 1)),
    });
    const start = family.initial(1);
    const trainer = new PolicyTrainer(freshCheckpoint(start), family, start);
    let last: Iteration<GaussianActions> | null = null;
    // Pays for going to 0.8 times the state; states of +1 pay 3 more, whatever is done.
    for (let k = 0; k < 60; k++)
      last = await trainer.iterate(
        ({ states, actions }) =>
          tf.tensor1d(actions.map((a, i) => -3 * (a - 0.8 * states[i]!) ** 2 + (states[i]! > 0 ? 3 : 0))),
        { ...hyper, valueCoefficient: 2, valueClip: 10 },
        read,
      );
    trainer.dispose();
    const { theta } = last!.checkpoint; // weight, bias, log std, value weight, value bias
    expect(theta[0]).toBeCloseTo(0.8, 0);
    expect(Math.abs(theta[1]!)).toBeLessThan(0.2);
    expect(last!.explainedVariance).toBeGreaterThan(0.5);
  });
});
