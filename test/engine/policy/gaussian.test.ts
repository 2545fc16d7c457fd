import { beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../../src/domain/random.ts';
import {
  entropy,
  exactEntropy,
  exactKl,
  klDivergence,
  logDensities,
  logProbability,
} from '../../../src/engine/policy/gaussian.ts';
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

describe.each(policies)('a Gaussian policy: %s', (_, policy) => {
  const samples = draws(policy, 40_000);

  it('has the density of the textbook, as tensors and as numbers', async () => {
    const some = samples.slice(0, 20);
    const wanted = some.map((x) => logDensity(x, policy));
    const tensors = [tf.tensor2d(some), tf.tensor1d(policy.mean), tf.tensor1d(policy.logStd)] as const;
    const density = logProbability(...tensors);
    expectClose(await density.data(), wanted, 2e-6);
    expectClose(logDensities(Float32Array.from(some.flat()), policy), wanted, 2e-6);
    tf.dispose([...tensors, density]);
  });

  it('has the KL divergence that sampling gives', () => {
    const ratios = samples.map((x) => logDensity(x, policy) - logDensity(x, reference));
    const kl = exactKl(policy.mean, policy.logStd, reference.mean, reference.logStd);
    expect(Math.abs(mean(ratios) - kl)).toBeLessThanOrEqual(4 * standardError(ratios) + 1e-12);
    expect(kl).toBeGreaterThanOrEqual(0);
  });

  it('has the entropy that sampling gives', () => {
    const surprise = samples.map((x) => -logDensity(x, policy));
    expect(Math.abs(mean(surprise) - exactEntropy(policy.logStd))).toBeLessThan(4 * standardError(surprise));
  });

  it('has the same KL divergence and entropy as tensors', async () => {
    const tensors = [policy.mean, policy.logStd, reference.mean, reference.logStd].map((v) => tf.tensor1d(v));
    const [m, s, rm, rs] = tensors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const [kl, h] = [klDivergence(m, s, rm, rs), entropy(s)];
    expectClose(await kl.data(), exactKl(policy.mean, policy.logStd, reference.mean, reference.logStd), 1e-6);
    expectClose(await h.data(), exactEntropy(policy.logStd), 1e-6);
    tf.dispose([...tensors, kl, h]);
  });
});

it('the KL divergence of a policy from itself is 0', () => {
  for (const [, { mean: m, logStd }] of policies) expect(exactKl(m, logStd, m, logStd)).toBeCloseTo(0, 12);
});
