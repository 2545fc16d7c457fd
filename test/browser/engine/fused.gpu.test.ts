import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FusedWebGpuTrainer } from '../../../src/engine/reward/fused/webgpu/trainer.ts';
import {
  featureTable,
  follow,
  hyperWith,
  observations,
  plainHead,
  type MakeTrainer,
} from '../../support/trainers.ts';
import { useBackend } from './backends.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const make: MakeTrainer = (checkpoint, head) => new FusedWebGpuTrainer(checkpoint, head);

beforeAll(async () => {
  await useBackend('webgpu');
});

describe('fused webgpu', () => {
  it.each([
    ['linear', { hidden: [] }],
    ['two layers', { hidden: [24, 12], activation: 'tanh' }],
    ['an ensemble', { hidden: [16], activation: 'gelu', members: 3 }],
  ] as const)('stay together over 200 steps: %s', async (_, spec) => {
    const table = featureTable(60, 33);
    const head = plainHead({ dimension: 33, ...spec });
    const problem = { head, table, data: observations(60, { pairs: 50 }), hyper: hyperWith() };
    const followed = await follow(make, problem, [1, 9, 40]);
    console.log(JSON.stringify(followed));
    expect(followed.scores).toBeLessThan(1e-4);
    table.dispose();
  });
});
