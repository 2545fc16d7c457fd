import { beforeAll, describe, expect, it, vi } from 'vitest';
import { closedForm } from '../../../src/domain/closed-form.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { CategoricalFamily } from '../../../src/engine/policy/families/categorical.ts';
import { PolicyTrainer } from '../../../src/engine/policy/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // a busy machine is slow
tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

const candidates = [4, 6];
const rewards = [
  [0.2, -1, 1.1, 0.4],
  [1.5, 0, -0.7, 1.2, 0.3, -2],
];
const uniform = candidates.map((count) => new Array<number>(count).fill(1 / count));

describe('the closed form of the regularised optimum', () => {
  it('is a distribution that no other one beats', () => {
    const beta = 0.5;
    const best = closedForm(uniform[1]!, rewards[1]!, beta);
    expect(sum(best.weights)).toBeCloseTo(1, 12);
    const objectiveOf = (q: readonly number[]) =>
      sum(q.map((p, i) => p * (rewards[1]![i]! - beta * Math.log(p / uniform[1]![i]!))));
    expect(objectiveOf(best.weights)).toBeCloseTo(best.value, 12);
    expect(best.reward - beta * best.kl).toBeCloseTo(best.value, 12);
    for (let k = 0; k < 20; k++) {
      const bent = best.weights.map((p, i) => p * Math.exp(0.1 * Math.sin(5 * i + k)));
      expect(objectiveOf(bent.map((p) => p / sum(bent)))).toBeLessThan(best.value);
    }
  });

  it('of β without end is the reference; of β near 0, the best alone', () => {
    expect(closedForm(uniform[0]!, rewards[0]!, 1e6).kl).toBeCloseTo(0, 9);
    const greedy = closedForm(uniform[0]!, rewards[0]!, 1e-4);
    expect(greedy.reward).toBeCloseTo(1.1, 9);
    expect(greedy.kl).toBeCloseTo(Math.log(4), 9);
  });

  it.each(['loss', 'reward'] as const)(
    'is where PPO ends on a categorical policy, within 0.02 nats, with the penalty in the %s',
    async (klPlacement) => {
      const beta = 0.5;
      const family = new CategoricalFamily({ candidates, groupSize: 32 });
      const start = family.initial();
      const trainer = new PolicyTrainer(freshCheckpoint(start), family, start);
      const settings = {
        ...defaultSettings,
        klCoefficient: beta,
        klPlacement,
        samples: 2048,
        entropyCoefficient: 0,
        valueCoefficient: 1,
        valueClip: 1,
      };
      for (let k = 0; k < 220; k++)
        await trainer.iterate(
          ({ prompts, choices }) =>
            tf.tensor1d(Float32Array.from(prompts, (prompt, i) => rewards[prompt]![choices[i]!]!)),
          // Large steps first, small ones to settle.
          { ...settings, policyLearningRate: k < 60 ? 0.05 : k < 140 ? 0.01 : 0.002 },
          read,
        );
      const { theta } = await trainer.iterate(
        ({ prompts }) => tf.zeros([prompts.length]),
        { ...settings, policyLearningRate: 1e-4 },
        read,
      );
      trainer.dispose();
      family.logProbabilities(theta).forEach((row, prompt) => {
        const best = closedForm(uniform[prompt]!, rewards[prompt]!, beta);
        const distance = sum(row.map((logP, i) => Math.exp(logP) * (logP - Math.log(best.weights[i]!))));
        const value = sum(
          row.map(
            (logP, i) =>
              Math.exp(logP) * (rewards[prompt]![i]! - beta * (logP - Math.log(uniform[prompt]![i]!))),
          ),
        );
        expect(distance).toBeLessThan(0.02);
        expect(best.value - value).toBeLessThan(0.02);
        expect(value).toBeLessThanOrEqual(best.value + 1e-6);
      });
    },
  );
});
