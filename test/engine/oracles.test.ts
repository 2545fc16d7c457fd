import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as tf from '../../src/engine/tf.ts';
import {
  pairwiseCases,
  checkPairwise,
  checkRanking,
  checkTies,
  checkTraining,
  rankingCases,
  tieCases,
  trainingCases,
} from '../support/oracles.ts';
import {
  checkDpo,
  checkGaussianPpo,
  checkGroupAdvantages,
  checkTokenPpo,
  tokenCases,
} from '../support/policy-oracles.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

// The same checks run on WebGPU and WebGL in test/browser/engine/oracles.gpu.test.ts.
describe('published numbers, on the CPU', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('has the cases it is about', () => {
    expect(pairwiseCases.map(({ name }) => name)).toContain('bradley_terry');
    expect(trainingCases).toHaveLength(10);
  });

  it.each(pairwiseCases)('pairwise loss and gradients: $name', async (wanted) => {
    await checkPairwise(wanted, 1e-6);
  });

  it.each(tieCases)('ties, probabilities and gradients: $name', async (wanted) => {
    await checkTies(wanted, 1e-6);
  });

  it.each(rankingCases)('loss of rankings and gradients: $name', async (wanted) => {
    await checkRanking(wanted, 1e-6);
  });

  it.each(trainingCases)('25 steps of training: $name', async (wanted) => {
    await checkTraining(wanted, 1e-4);
  });

  it.each(tokenCases)('PPO of a token policy, every intermediate: $name', async (wanted) => {
    await checkTokenPpo(wanted, 1e-6);
  });

  it('PPO of a Gaussian policy', async () => {
    await checkGaussianPpo(1e-6);
  });

  it('advantages of RLOO and GRPO', async () => {
    await checkGroupAdvantages(1e-5);
  });

  it('the loss of DPO', async () => {
    await checkDpo(1e-6);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await checkPairwise(pairwiseCases[0]!, 1e-6);
    await checkTraining(trainingCases[2]!, 1e-4);
    expect(tf.memory().numTensors).toBe(before);
  });
});
