import { beforeAll, expect, it } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { TokenFamily, type TokenSpec } from '../../../src/engine/policy/families/tokens.ts';
import { overSteps } from '../../../src/engine/policy/ppo.ts';
import { PolicyTrainer } from '../../../src/engine/policy/trainer.ts';
import { Products, turned } from '../../../src/engine/products.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;
const drawn = (count: number, name: string) => {
  const source = random(5, name);
  return Float32Array.from({ length: count }, () => source.normal());
};

const shapes: Record<string, Partial<TokenSpec>> = {
  'one hidden layer, widths that fill whole blocks': { vocabulary: 7, hidden: [16] },
  'two hidden layers of odd widths': { vocabulary: 10, hidden: [5, 13] },
  'no hidden layer': { vocabulary: 6, hidden: [] },
};
const specOf = (patch: Partial<TokenSpec>): TokenSpec => ({
  vocabulary: 7,
  end: 0,
  length: 6,
  context: 2,
  hidden: [16],
  // Not only ones: a prompt may be described by any numbers.
  prompts: { values: Float32Array.of(1, 0, 0.5, -1, 0, 0, 0.25, 2, 0), dimension: 3 },
  groupSize: 4,
  ...patch,
});

it.each(Object.entries(shapes))(
  'says the same by numbers as by tensors, and has the same gradient: %s',
  async (_, patch) => {
    const spec = specOf(patch);
    const found = [new TokenFamily(spec), new TokenFamily(spec, true)].map((family) => {
      const theta = family.initial(1).map((value, i) => value + 0.3 * drawn(family.size, 'theta')[i]!);
      const other = family.initial(2).map((value, i) => value + 0.3 * drawn(family.size, 'other')[i]!);
      const actions = family.sample(theta, 24, random(3, 'draws'));
      const slopes = ['logProb', 'entropy', 'kl', 'value'].map((name) =>
        tf.tensor2d(drawn(24 * spec.length, name), [24, spec.length]),
      );
      const batch = family.batch(actions);
      const reference = family.reference(tf.tensor1d(other), batch);
      const evaluated = (at: tf.Tensor1D) => {
        const { logProb, entropy, kl, value } = family.evaluate(at, batch, reference);
        return [logProb, entropy, kl, value].map((one) => one.mul<tf.Tensor2D>(batch.mask!));
      };
      const loss = (at: tf.Tensor): tf.Scalar =>
        evaluated(at as tf.Tensor1D)
          .map((one, k) => overSteps(one.mul(slopes[k]!), batch.mask).sum())
          .reduce((a, b) => a.add(b))
          .asScalar();
      return {
        sparse: batch['tokens'] !== undefined,
        values: tf.stack([...evaluated(tf.tensor1d(theta)), reference.logProb.mul(batch.mask!)]),
        gradient: tf.grad(loss)(tf.tensor1d(theta)),
      };
    });
    expect(found.map(({ sparse }) => sparse)).toEqual([true, false]);
    const [own, wanted] = found as [(typeof found)[0], (typeof found)[0]];
    expectClose(await read(own.values), await read(wanted.values), 1e-5, 'evaluation');
    expectClose(await read(own.gradient), await read(wanted.gradient), 1e-5, 'gradient');
  },
);

it('is led by PPO where tensors lead it, minibatches and all', async () => {
  const spec = specOf({});
  const found: number[][] = [];
  for (const tensorsAlone of [false, true]) {
    const family = new TokenFamily(spec, tensorsAlone);
    const before = tf.memory().numTensors;
    const trainer = new PolicyTrainer(freshCheckpoint(family.initial(1)), family, family.initial(2));
    const numbers: number[] = [];
    for (let k = 0; k < 3; k++) {
      const { kl, entropy, value, ratio, policyLoss, valueLoss } = await trainer.iterate(
        ({ lengths }) => tf.tensor1d(Float32Array.from(lengths)),
        { ...defaultSettings, samples: 32, minibatches: 2, klCoefficient: 0.1 },
        read,
      );
      numbers.push(kl, entropy, value, ratio, policyLoss, valueLoss);
    }
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    found.push(numbers);
  }
  expectClose(found[0]!, found[1]!, 1e-4, 'iterations');
});

it('multiplies matrices of any shape', () => {
  const products = new Products();
  for (const [rows, depth, columns] of [
    [1, 1, 1],
    [4, 8, 8],
    [7, 5, 13],
    [9, 300, 3],
  ] as const) {
    const a = { values: drawn(rows * depth, 'a'), rows, columns: depth };
    const b = { values: drawn(depth * columns, 'b'), rows: depth, columns };
    const wanted = Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      let sum = 0;
      for (let t = 0; t < depth; t++) sum += a.values[row * depth + t]! * b.values[t * columns + column]!;
      return sum;
    });
    expectClose(products.product(a, b), wanted, 1e-5, 'product');
    const across = { values: turned(a), rows: depth, columns: rows };
    expectClose(products.productOfTurned(across, b), wanted, 1e-5, 'product of a turned one');
  }
});
