import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import {
  entropy,
  klPerDimension,
  logProbability,
} from '../../../src/engine/policy/families/gaussian-density.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';
import { mean, standardError } from '../../support/statistics.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

interface Gaussian {
  readonly mean: number[];
  readonly logStd: number[];
}

const reference: Gaussian = { mean: [0, 0], logStd: [Math.log(0.3), Math.log(0.3)] };
const policies: [string, Gaussian][] = [
  ['the reference itself', reference],
  ['one that moved', { mean: [0.4, -0.2], logStd: reference.logStd }],
  ['one that narrowed', { mean: [0, 0], logStd: [-2, -1.6] }],
  ['one that widened', { mean: [0.05, 0], logStd: [-1.1, -1.05] }],
  ['one that did all of it', { mean: [-0.7, 0.9], logStd: [-2.2, -1.15] }],
];

/** The density by its textbook formula, in float64. */
const logDensity = (x: readonly number[], { mean: m, logStd }: Gaussian): number =>
  x.reduce((sum, value, d) => {
    const std = Math.exp(logStd[d]!);
    return sum + Math.log(Math.exp(-0.5 * ((value - m[d]!) / std) ** 2) / (std * Math.sqrt(2 * Math.PI)));
  }, 0);

function draws({ mean: m, logStd }: Gaussian, count: number): number[][] {
  const source = random(5, 'gaussian-test');
  return Array.from({ length: count }, () =>
    m.map((value, d) => value + Math.exp(logStd[d]!) * source.normal()),
  );
}

/** A number of the current backend. */
async function numbersOf(tensor: tf.Tensor): Promise<number[]> {
  const values = Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

const klOf = async (a: Gaussian, b: Gaussian): Promise<number> => {
  const [m, s, rm, rs] = [a.mean, a.logStd, b.mean, b.logStd].map((values) => tf.tensor1d(values));
  const kl = tf.tidy(() => klPerDimension(m!, s!, rm!, rs!).sum());
  tf.dispose([m!, s!, rm!, rs!]);
  return (await numbersOf(kl))[0]!;
};

describe.each(policies)('a Gaussian policy: %s', (_, policy) => {
  const samples = draws(policy, 40_000);

  it('has the density of the textbook', async () => {
    const some = samples.slice(0, 20);
    const wanted = some.map((x) => logDensity(x, policy));
    const density = tf.tidy(() =>
      logProbability(tf.tensor2d(some), tf.tensor1d(policy.mean), tf.tensor1d(policy.logStd)),
    );
    expectClose(await numbersOf(density), wanted, 2e-6);
  });

  it('has the KL divergence that sampling gives', async () => {
    const ratios = samples.map((x) => logDensity(x, policy) - logDensity(x, reference));
    const kl = await klOf(policy, reference);
    expect(Math.abs(mean(ratios) - kl)).toBeLessThanOrEqual(4 * standardError(ratios) + 1e-6);
    expect(kl).toBeGreaterThanOrEqual(-1e-6);
  });

  it('has the entropy that sampling gives', async () => {
    const surprise = samples.map((x) => -logDensity(x, policy));
    const [h] = await numbersOf(tf.tidy(() => entropy(tf.tensor1d(policy.logStd))));
    expect(Math.abs(mean(surprise) - h!)).toBeLessThan(4 * standardError(surprise));
  });

  it('has no distance from itself', async () => {
    expect(Math.abs(await klOf(policy, policy))).toBeLessThan(1e-6);
  });
});
