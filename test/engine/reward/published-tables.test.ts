import { beforeAll, expect, it, vi } from 'vitest';
import { pairObservations } from '../../../src/domain/observations.ts';
import { defaultSettings, type Settings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { FeatureTable } from '../../../src/engine/reward/feature-table.ts';
import { Head, linearSpec } from '../../../src/engine/reward/head.ts';
import { OpsTrainer } from '../../../src/engine/reward/ops-trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { readTensor } from '../../support/trainers.ts';

// A linear head on one-hot embeddings is the Bradley–Terry model: trained to convergence, it gives the classic tables.

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000 }); // a busy machine is slow
beforeAll(() => tf.setBackend('cpu'));

/**
 * @param games (winner, loser) @param ties the last so many of the games are ties
 * @returns the reward of each item, and the tie parameter
 */
async function fit(
  items: number,
  games: readonly (readonly [number, number])[],
  loss: Settings['loss'] = 'bradley-terry',
  ties = 0,
): Promise<number[]> {
  const oneHot = Float32Array.from({ length: items * items }, (_, i) => (i % (items + 1) === 0 ? 1 : 0));
  const table = new FeatureTable(oneHot, items);
  const head = new Head(linearSpec(items));
  const trainer = new OpsTrainer(freshCheckpoint(head.initial(1)), head);
  const pairs = pairObservations(
    games.map(([winner]) => winner),
    games.map(([, loser]) => loser),
  );
  for (let game = games.length - ties; game < games.length; game++) pairs.places[2 * game + 1] = 0;
  const hyper = {
    ...defaultSettings,
    loss,
    optimizer: 'sgd',
    learningRate: ties > 0 ? 1 : 6,
    weightDecay: 0,
    batchSize: games.length,
    seed: 1,
  } as const;
  for (let step = 0; step < (ties > 0 ? 600 : 80); step++) trainer.train(table, pairs, hyper);
  const scores = trainer.score(table.all, [[1]]);
  const rewards = Array.from(await scores.data());
  tf.dispose(scores);
  const { checkpoint } = await trainer.evaluate(table, [[1]], true, readTensor);
  rewards.push(checkpoint!.theta.at(-1)!);
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

/** Two items: the first won 12 times and lost 6, and 9 times there was no winner. */
const drawn = Array.from({ length: 27 }, (_, game) =>
  game >= 12 && game < 18 ? ([1, 0] as const) : ([0, 1] as const),
);

it('wins 12 and 6 with 9 ties, by Davidson', async () => {
  const [first, second, logNu] = await fit(2, drawn, 'davidson', 9);
  expect(first! - second!).toBeCloseTo(0.693147, 4);
  expect(Math.exp(logNu!)).toBeCloseTo(1.06066, 4);
});

it('wins 12 and 6 with 9 ties, by Rao and Kupper', async () => {
  const [first, second, tie] = await fit(2, drawn, 'rao-kupper', 9);
  expect(first! - second!).toBeCloseTo(0.51481, 4);
  expect(1 + Math.exp(tie!)).toBeCloseTo(2.09165, 4);
});
