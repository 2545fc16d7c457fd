// Simulated answers to chosen questions, batch by batch, with an engine that learns in between.
import { describe, expect, it } from 'vitest';
import { Playground } from '../../src/state/playground.svelte.ts';
import { FakeEngines } from './fakes.ts';

async function opened(hash = '#simulated=0&pairSource=uncertain&heldOut=0') {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start);
  await playground.open(hash);
  const engine = engines.last;
  engine.ready();
  return { playground, engine };
}
const trainings = (engine: FakeEngines['last']) =>
  engine.requests.filter(({ kind }) => kind === 'train').length;

describe('simulating what the model chooses', () => {
  it('comes in batches of ten, with training between them, and is one step for undo', async () => {
    const { playground, engine } = await opened();
    const before = playground.dataset;
    const counts: number[] = [];
    engine.answer = (kind) => {
      expect(kind).toBe('train');
      counts.push(playground.dataset.comparisons.length);
      return Promise.resolve(null);
    };
    expect(await playground.simulate(35)).toBe(35);
    expect(counts).toEqual([10, 20, 30]);
    expect(engine.data?.observations.kind).toHaveLength(35);
    playground.undo();
    expect(playground.dataset).toBe(before);
    playground.redo();
    expect(playground.dataset.comparisons).toHaveLength(35);
  });

  it('chooses each batch by what the model makes of it then', async () => {
    const { playground, engine } = await opened();
    /** All but two candidates are far apart from each other. */
    const frame = () => {
      const count = engine.data!.ids.length;
      engine.frame({ reward: { rewards: Float32Array.from({ length: count }, (_, row) => row) } });
    };
    engine.answer = () => {
      frame();
      return Promise.resolve(null);
    };
    await playground.simulate(20);
    const sources = playground.dataset.comparisons.map(({ source }) => source);
    expect(sources.slice(0, 10).every((source) => source === 'start')).toBe(true);
    expect(sources.slice(10).every((source) => source === 'uncertain')).toBe(true);
    const gaps = playground.dataset.comparisons
      .slice(10)
      .map((comparison) => (comparison.kind === 'pair' ? Math.abs(comparison.left - comparison.right) : NaN));
    expect(Math.max(...gaps)).toBeLessThan(8);
  });

  it('undoing in the middle ends it', async () => {
    const { playground, engine } = await opened();
    engine.answer = () => {
      playground.undo();
      return Promise.resolve(null);
    };
    await playground.simulate(50);
    expect(playground.dataset.comparisons).toHaveLength(0);
    expect(playground.undoable).toBeNull();
    expect(trainings(engine)).toBe(1);
  });

  it('a paused training ends the training, not the labels', async () => {
    const { playground, engine } = await opened();
    engine.answer = () => Promise.reject(new Error('paused before it was done.'));
    expect(await playground.simulate(50)).toBe(50);
    expect(trainings(engine)).toBe(1);
  });

  it('batches are whole questions where several annotators answer each', async () => {
    const { playground, engine } = await opened('#simulated=0&pairSource=uncertain&annotators=4');
    const counts: number[] = [];
    engine.answer = () => {
      counts.push(playground.dataset.comparisons.length);
      return Promise.resolve(null);
    };
    await playground.simulate(30);
    expect(counts).toEqual([12, 24]);
  });

  it('repeats need no training', async () => {
    const { playground, engine } = await opened('#simulated=20&pairSource=repeat');
    expect(await playground.simulate(50)).toBe(70);
    expect(trainings(engine)).toBe(0);
    expect(playground.dataset.comparisons.slice(20).every(({ source }) => source === 'repeat')).toBe(true);
  });

  it('works where the engine cannot be had', async () => {
    const { playground, engine } = await opened('#simulated=0&pairSource=disagreement');
    engine.crash('no memory');
    engine.crash('no memory');
    expect(await playground.simulate(20)).toBe(20);
  });
});

describe('which settings there are', () => {
  it('not what this scenario has no use for, and not what the others leave without one', async () => {
    const { playground } = await opened();
    expect(playground.offers('lengthBias')).toBe(false);
    expect(playground.offers('groupShare')).toBe(true);
    expect(playground.offers('groupLandscape')).toBe(false);
    playground.configure({ groupShare: 0.4 });
    expect(playground.offers('groupLandscape')).toBe(true);
  });
});
