// Going from one scenario to another and back: nothing is asked, nothing is lost.
import { describe, expect, it } from 'vitest';
import { contentOf } from '../../src/domain/content.ts';
import { defaultsOf } from '../../src/domain/settings.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import type { SessionStorage } from '../../src/state/storage.ts';
import { FakeEngines, MemoryStorage } from './fakes.ts';

async function open(hash = '', storage: SessionStorage | null = null) {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start, storage);
  await playground.open(hash);
  return { engines, playground };
}

describe('another scenario', () => {
  it('begins with its own defaults, its own candidates and a fresh run', async () => {
    const { engines, playground } = await open('#speed=30');
    playground.configure({ scenario: 'linear' });
    expect(playground.settings).toEqual({ ...defaultsOf('linear'), speed: 30 });
    expect(playground.dataset.comparisons).toHaveLength(defaultsOf('linear').simulated);
    expect(playground.hash).toBe('scenario=linear&speed=30');
    expect(engines.last.data!.contents.width).toBe(1);
    expect(playground.features.dimension).toBe(768);
  });

  it('may be changed to and set in one go', async () => {
    const { playground } = await open();
    playground.configure({ scenario: 'linear', points: 12, simulated: 5 });
    expect(playground.dataset.candidates).toHaveLength(12);
    expect(playground.dataset.comparisons).toHaveLength(5);
    expect(() => playground.configure({ scenario: 'nowhere' })).toThrow(/"scenario" takes one of/);
    expect(playground.settings.scenario).toBe('linear');
  });

  it('keeps the work that was left in the first one, and gives it back', async () => {
    const { playground } = await open('#noise=0.2');
    playground.label('left');
    playground.addCandidate(contentOf(0.5, 0.25));
    const { dataset, settings } = playground;
    playground.configure({ scenario: 'linear' });
    playground.label('right');
    const there = playground.dataset;
    playground.configure({ scenario: 'map' });
    expect(playground.settings).toEqual(settings);
    expect(playground.dataset).toEqual(dataset);
    playground.configure({ scenario: 'linear' });
    expect(playground.dataset).toEqual(there);
  });

  it('is one step for undo', async () => {
    const { playground } = await open();
    playground.label('left');
    const { dataset } = playground;
    playground.configure({ scenario: 'linear' });
    playground.undo();
    expect(playground.settings.scenario).toBe('map');
    expect(playground.dataset).toBe(dataset);
    playground.redo();
    expect(playground.settings.scenario).toBe('linear');
  });

  it('is there again after a reload, with what was left elsewhere', async () => {
    const storage = new MemoryStorage();
    const { playground: before } = await open('', storage);
    before.label('left');
    before.configure({ scenario: 'linear' });
    before.label('right');
    const there = before.dataset;
    before.leave();
    const { playground } = await open('#scenario=linear', storage);
    expect(playground.dataset.comparisons).toEqual(there.comparisons);
    playground.configure({ scenario: 'map' });
    expect(playground.dataset.comparisons.filter(({ annotator }) => annotator === 'you')).toHaveLength(1);
  });

  it('in a link keeps only what differs from its own defaults', async () => {
    const { playground } = await open('#scenario=linear&features=32');
    expect(playground.hash).toBe('scenario=linear&features=32');
    expect(playground.settings).toEqual({ ...defaultsOf('linear'), features: 32 });
    playground.restoreDefault('simulated');
    expect(playground.settings.simulated).toBe(defaultsOf('linear').simulated);
  });

  it('offers only the settings that mean something there', async () => {
    const { playground } = await open('#scenario=linear');
    expect(playground.offers('features')).toBe(true);
    for (const name of ['landscape', 'spread', 'lengthScale', 'embeddingNoise', 'lengthBias'] as const)
      expect(playground.offers(name), name).toBe(false);
    expect(playground.presented('points').label).toBe('actions');
  });

  it('asks about candidates that answer the same prompt, and simulates answers about such', async () => {
    const { playground } = await open('#scenario=assistant&simulated=30');
    const promptOf = new Map(playground.dataset.candidates.map(({ id, prompt }) => [id, prompt]));
    for (const comparison of playground.dataset.comparisons)
      if (comparison.kind === 'pair')
        expect(promptOf.get(comparison.left)).toBe(promptOf.get(comparison.right));
    for (let k = 0; k < 10; k++) {
      const [left, right] = playground.dataset.question.shown;
      expect(promptOf.get(left!)).toBe(promptOf.get(right!));
      playground.label('left');
    }
  });
});
