import { beforeAll, describe, it } from 'vitest';
import {
  pairwiseCases,
  checkPairwise,
  checkRanking,
  checkTies,
  checkTraining,
  rankingCases,
  tieCases,
  trainingCases,
} from '../../support/oracles.ts';
import {
  checkDpo,
  checkGaussianPpo,
  checkGroupAdvantages,
  checkTokenPpo,
  tokenCases,
} from '../../support/policy-oracles.ts';
import { gpuBackends, useBackend } from './backends.ts';

// The same checks as test/engine/oracles.test.ts, by the tolerance of GPUs.
describe.each(gpuBackends)('published numbers, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it.each(pairwiseCases)('pairwise loss and gradients: $name', async (wanted) => {
    await checkPairwise(wanted, 1e-4);
  });

  it.each(tieCases)('ties, probabilities and gradients: $name', async (wanted) => {
    await checkTies(wanted, 1e-4);
  });

  it.each(rankingCases)('loss of rankings and gradients: $name', async (wanted) => {
    await checkRanking(wanted, 1e-4);
  });

  it.each(trainingCases)('25 steps of training: $name', async (wanted) => {
    await checkTraining(wanted, 1e-4);
  });

  it.each(tokenCases)('PPO of a token policy, every intermediate: $name', async (wanted) => {
    await checkTokenPpo(wanted, 1e-4);
  });

  it('PPO of a Gaussian policy', async () => {
    await checkGaussianPpo(1e-4);
  });

  it('advantages of RLOO and GRPO', async () => {
    await checkGroupAdvantages(1e-4);
  });

  it('the loss of DPO', async () => {
    await checkDpo(1e-4);
  });
});
