import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import { embeddingKey, World } from '../../src/engine/world.ts';
import { embedPoint, scenarioOf } from '../../src/scenarios/index.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { expectClose } from '../support/close.ts';
import { mean, variance } from '../support/statistics.ts';
import { contentOf, nothingOwn } from '../../src/domain/content.ts';
import { packedPoints, pointsOf } from '../support/contents.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const settings: Settings = { ...defaultSettings, features: 16, points: 5 };
const data = simulatedData(settings, 10);
let world: World;
let tensors: number;
beforeEach(() => {
  tensors = tf.memory().numTensors;
  world = new World(settings, data);
});
afterEach(() => {
  world.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

const rowOf = async (row: number) =>
  Array.from(await world.table.all.data()).slice(
    row * world.table.dimension,
    (row + 1) * world.table.dimension,
  );

describe('a world', () => {
  it('holds the candidates in the order of the data, then the reference samples', async () => {
    expect(world.candidates).toBe(5);
    expect(world.table.rows).toBe(5 + world.referenceGold.length);
    const spec = scenarioOf(settings).features(settings, nothingOwn).fourier!;
    expectClose(await rowOf(3), embedPoint(spec, ...pointsOf(data)[3]!), 1e-6);
  });

  it('knows the gold of reference samples: mean 0 and variance 1, as far as 256 of them show', () => {
    const { referenceGold } = world;
    expect(Math.abs(mean(referenceGold))).toBeLessThan(4 / Math.sqrt(referenceGold.length));
    expect(variance(referenceGold)).toBeGreaterThan(0.6);
    expect(variance(referenceGold)).toBeLessThan(1.5);
  });

  it('has a grid of the size and extent it says', () => {
    const { tensor, size, extent } = world.grid!;
    expect(tensor.shape).toEqual([size ** 2, 16]);
    expect(extent).toBe(scenarioOf(settings).plane!.extent(settings));
  });

  it('does nothing when nothing changed that it depends on', () => {
    const [grid, table] = [world.grid, world.table];
    expect(world.update({ ...settings, learningRate: 1, samples: 8 }, { ...data, version: 9 })).toBe(false);
    expect(world.grid).toBe(grid);
    expect(world.table).toBe(table);
  });

  it('embeds a moved candidate anew, and leaves the grid', async () => {
    const { grid } = world;
    const [before, other] = [await rowOf(0), await rowOf(1)];
    const [[x, y], ...others] = pointsOf(data) as [readonly [number, number], ...[number, number][]];
    expect(world.update(settings, { ...data, ...packedPoints([[x + 0.5, y], ...others]) })).toBe(true);
    expect(world.grid).toBe(grid);
    expect(await rowOf(0)).not.toEqual(before);
    expect(await rowOf(1)).toEqual(other);
  });

  it('adds to the candidates, and to them alone, the noise that is asked for', async () => {
    const [clean, reference] = [await rowOf(2), await rowOf(5)];
    const noisy = { ...settings, embeddingNoise: 0.5 };
    expect(world.update(noisy, data)).toBe(true);
    const noise = scenarioOf(noisy).embeddingNoise!(noisy, data.ids[2]!)!;
    expectClose(
      await rowOf(2),
      Array.from(noise, (value, i) => clean[i]! + value),
      1e-6,
    );
    expect(await rowOf(5)).toEqual(reference);
  });

  it.each([
    ['landscape', { landscape: 'ring' }],
    ['spread', { spread: 0.9 }],
    ['features', { features: 8 }],
    ['seed', { seed: 8 }],
    ['length scale', { lengthScale: 0.5 }],
  ] as const)('follows the %s', (_, patch) => {
    const here = contentOf(0.4, 0.2);
    const [gold, reference] = [world.gold(here), world.table];
    expect(world.update({ ...settings, ...patch }, data)).toBe(true);
    expect(world.table).not.toBe(reference);
    if ('landscape' in patch) expect(world.gold(here)).not.toBe(gold);
    if ('spread' in patch) expect(world.grid!.extent).toBeGreaterThan(4);
    if ('features' in patch) expect(world.grid!.tensor.shape[1]).toBe(8);
  });
});

describe('embeddingKey', () => {
  it('changes with whatever makes trained weights meaningless, and with nothing else', () => {
    const key = embeddingKey(settings, data);
    for (const patch of [{ seed: 8 }, { features: 17 }, { lengthScale: 1.4 }])
      expect(embeddingKey({ ...settings, ...patch }, data)).not.toBe(key);
    expect(embeddingKey({ ...settings, spread: 0.5, landscape: 'ring', points: 9 }, data)).toBe(key);
  });
});
