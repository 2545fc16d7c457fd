import { beforeAll, describe, it } from 'vitest';
import {
  bradleyTerryCases,
  checkBradleyTerry,
  checkGaussianPpo,
  checkLinearTraining,
  linearTrainingCases,
} from '../../support/oracles.ts';
import { gpuBackends, useBackend } from './backends.ts';

// The same checks as test/engine/oracles.test.ts, by the tolerance of GPUs.
describe.each(gpuBackends)('published numbers, on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it.each(bradleyTerryCases)('pairwise loss and gradients: $name', async (wanted) => {
    await checkBradleyTerry(wanted, 1e-4);
  });

  it.each(linearTrainingCases)('25 steps of training: $name', async (wanted) => {
    await checkLinearTraining(wanted, 1e-4);
  });

  it('PPO of a Gaussian policy', async () => {
    await checkGaussianPpo(1e-4);
  });
});
