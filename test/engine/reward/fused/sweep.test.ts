import { beforeAll, expect, it } from 'vitest';
import { startSweep } from '../../../../src/engine/reward/fused/start-sweep.ts';
import * as tf from '../../../../src/engine/tf.ts';
import { checkSweep, gridOfHeads } from '../../../support/sweeps.ts';
import { featureTable, hyperWith, observations, readTensor } from '../../../support/trainers.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

it('trains each head of a sweep as it would be trained alone', checkSweep);

it('says so when there are too many heads, or none', () => {
  const table = featureTable(10, 4);
  const start = (count: number) => () =>
    startSweep(
      table,
      observations(10, { pairs: 5 }),
      Array.from({ length: count }, () => gridOfHeads()[0]!),
      hyperWith(),
    );
  expect(start(257)).toThrow('A sweep has 1 to 256 heads, and this one has 257.');
  expect(start(0)).toThrow('this one has 0');
  table.dispose();
});

it('takes rankings and ratings, too', async () => {
  const table = featureTable(20, 9);
  const data = observations(20, { pairs: 6, lists: 4, ratings: 4 });
  const sweep = startSweep(table, data, gridOfHeads(), hyperWith({ ratingWeight: 0.5, centring: 0.1 }));
  const before = await sweep.look(readTensor);
  await sweep.train(30);
  const after = await sweep.look(readTensor);
  expect(after.rewards).not.toEqual(before.rewards);
  expect(after.rewards.every(Number.isFinite)).toBe(true);
  sweep.dispose();
  table.dispose();
});
