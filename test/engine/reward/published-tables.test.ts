import { beforeAll, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { FeatureTable } from '../../../src/engine/reward/feature-table.ts';
import { Head, linearSpec } from '../../../src/engine/reward/head.ts';
import { RewardTrainer } from '../../../src/engine/reward/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';

// A linear head on one-hot embeddings is the Bradley–Terry model: trained to convergence, it gives the classic tables.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000 }); // a busy machine is slow
beforeAll(() => tf.setBackend('cpu'));

/** @param games (winner, loser) @returns the reward of each item */
async function fit(items: number, games: readonly (readonly [number, number])[]): Promise<number[]> {
  const oneHot = Float32Array.from({ length: items * items }, (_, i) => (i % (items + 1) === 0 ? 1 : 0));
  const table = new FeatureTable(oneHot, items);
  const trainer = new RewardTrainer(freshCheckpoint(new Head(linearSpec(items)).initial(1)));
  const pairs = {
    chosen: Int32Array.from(games, ([winner]) => winner),
    rejected: Int32Array.from(games, ([, loser]) => loser),
  };
  const hyper = {
    ...defaultSettings,
    optimizer: 'sgd',
    learningRate: 6,
    weightDecay: 0,
    batchSize: games.length,
    seed: 1,
  } as const;
  for (let step = 0; step < 80; step++) trainer.train(table, pairs, hyper);
  const scores = trainer.score(table.all);
  const rewards = Array.from(await scores.data());
  tf.dispose(scores);
  trainer.dispose();
  table.dispose();
  return rewards;
}

it('journal citations (Stigler 1994)', async () => {
  const cited = [
    [714, 730, 498, 221],
    [33, 425, 68, 17],
    [320, 813, 1072, 142],
    [284, 276, 325, 188],
  ];
  // Whoever is cited wins; a journal that cites itself says nothing.
  const games = cited.flatMap((row, winner) =>
    row.flatMap((count, loser) =>
      winner === loser ? [] : Array.from({ length: count }, () => [winner, loser] as const),
    ),
  );
  const [biometrika, communications, jasa, jrssB] = await fit(4, games);
  expect(communications! - biometrika!).toBeCloseTo(-2.94907, 4);
  expect(jasa! - biometrika!).toBeCloseTo(-0.47957, 4);
  expect(jrssB! - biometrika!).toBeCloseTo(0.26895, 4);
});

it('a small chain with an upset', async () => {
  const rewards = await fit(3, [
    [0, 1],
    [0, 1],
    [1, 2],
    [2, 0],
  ]);
  const centre = (rewards[0]! + rewards[1]! + rewards[2]!) / 3;
  expect(rewards[0]! - centre).toBeCloseTo(0.419618, 4);
  expect(rewards[1]! - centre).toBeCloseTo(-0.419618, 4);
  expect(rewards[2]! - centre).toBeCloseTo(0, 4);
});
