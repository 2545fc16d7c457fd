// A sweep against heads that are trained alone.
import { expect } from 'vitest';
import { countOf } from '../../src/domain/observations.ts';
import { freshCheckpoint } from '../../src/engine/parameters.ts';
import { FusedCpuTrainer } from '../../src/engine/reward/fused/cpu-trainer.ts';
import { startSweep } from '../../src/engine/reward/fused/start-sweep.ts';
import type { SweepHead } from '../../src/engine/reward/sweep.ts';
import { expectClose } from './close.ts';
import { featureTable, hyperWith, observations, plainHead, readTensor } from './trainers.ts';

const rows = 40;

export const gridOfHeads = (): SweepHead[] =>
  [0.003, 0.03].flatMap((learningRate) =>
    [0, 0.1].flatMap((weightDecay) =>
      [1, 2].flatMap((seed) => [5, 30].map((labels) => ({ learningRate, weightDecay, seed, labels }))),
    ),
  );

/** Those with all labels are, whatever the order, what a trainer makes of the same batch alone. */
export async function checkSweep(): Promise<void> {
  const [table, all, hyper] = [
    featureTable(rows, 19),
    observations(rows, { pairs: 30 }),
    hyperWith({ batchSize: 64 }),
  ];
  const heads = gridOfHeads();
  const sweep = startSweep(table, all, heads, hyper);
  const before = await sweep.look(readTensor);
  await sweep.train(20);
  const { step, rewards, losses } = await sweep.look(readTensor);
  sweep.dispose();
  expect(step).toBe(20);
  expect(losses).toHaveLength(heads.length);
  expect(losses.every((loss) => loss > 0 && loss < 1)).toBe(true);
  for (const [h, own] of heads.entries()) {
    const alone = rewards.subarray(h * rows, (h + 1) * rows);
    const at = before.rewards.subarray(h * rows, (h + 1) * rows);
    expect(Math.max(...alone.map((value, i) => Math.abs(value - at[i]!)))).toBeGreaterThan(1e-3);
    if (own.labels !== countOf(all)) continue;
    const head = plainHead({ dimension: 19 });
    const trainer = new FusedCpuTrainer(freshCheckpoint(head.initial(own.seed)), head);
    trainer.train(table, all, { ...hyper, ...own }, 20);
    const wanted = await trainer.evaluate(table, [[1]], false);
    expectClose(alone, wanted.rewards[0]!, 1e-4, `head ${h}`);
  }
  table.dispose();
}
