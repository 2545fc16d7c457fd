// A small policy of every family, and the same few iterations of each on any backend.
import { defaultSettings } from '../../src/domain/settings.ts';
import { freshCheckpoint } from '../../src/engine/parameters.ts';
import { CategoricalFamily } from '../../src/engine/policy/families/categorical.ts';
import type { PolicyFamily } from '../../src/engine/policy/families/family.ts';
import { GaussianFamily } from '../../src/engine/policy/families/gaussian.ts';
import { TokenFamily } from '../../src/engine/policy/families/tokens.ts';
import { PolicyTrainer } from '../../src/engine/policy/trainer.ts';
import * as tf from '../../src/engine/tf.ts';

const gaussian = new GaussianFamily({
  actions: 3,
  states: 2,
  hidden: [8],
  logStd: -0.5,
  drawStates: (count, source) => Float32Array.from({ length: 2 * count }, () => source.normal()),
});
const categorical = (features: boolean) =>
  new CategoricalFamily({
    candidates: [3, 5, 2],
    groupSize: 4,
    ...(features
      ? {
          features: {
            values: Float32Array.from({ length: 40 }, (_, i) => Math.sin(3 * i) + Math.cos(i * i)),
            dimension: 4,
          },
        }
      : {}),
  });
export const tokens = new TokenFamily({
  vocabulary: 6,
  end: 0,
  length: 5,
  context: 2,
  hidden: [12],
  prompts: { values: Float32Array.of(1, 0, 0.5, -1), dimension: 2 },
  groupSize: 4,
});

export const families: [string, PolicyFamily<unknown>][] = [
  ['Gaussian given a state, by a network', gaussian],
  ['categorical with free logits', categorical(false)],
  ['categorical by embedding', categorical(true)],
  ['token by token', tokens],
].map(([name, family]) => [name as string, family as PolicyFamily<unknown>]);

/** What the third PPO iteration finds: by what θ does, since Adam makes whole steps of a zero gradient's rounding error. */
export async function threeIterations(family: PolicyFamily<unknown>): Promise<number[]> {
  const start = family.initial(1);
  const trainer = new PolicyTrainer(freshCheckpoint(start), family, start);
  const settings = { ...defaultSettings, samples: 16, minibatches: 2, epochs: 2, klCoefficient: 0.1 };
  const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;
  let found: number[] = [];
  for (const klPlacement of ['loss', 'reward', 'loss'] as const) {
    const iteration = await trainer.iterate(
      () => tf.tensor1d(Float32Array.from({ length: 16 }, (_, i) => i % 4)),
      { ...settings, klPlacement },
      read,
    );
    const { kl, entropy, value, ratio, policyLoss, valueLoss } = iteration;
    found = [kl, entropy, value, ratio, policyLoss, valueLoss];
  }
  trainer.dispose();
  return found;
}
