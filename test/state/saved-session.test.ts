import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import { freshDataset, redraw } from '../../src/state/dataset.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import { upgraded, type SavedSession } from '../../src/state/saved-session.ts';
import { FakeEngines, MemoryStorage } from './fakes.ts';

/** As the first version of the page kept it: pairs only, and fewer settings. */
const later = ['mode', 'simulatedMode', 'listLength'];
const earlier = Object.fromEntries(Object.entries(defaultSettings).filter(([name]) => !later.includes(name)));
const settings = { ...earlier, seed: 3, points: 6, simulated: 2 };
const point = (id: number, origin = 'start') => ({ id, x: id / 10, y: -id / 10, origin, splitKey: 0.9 });
const fresh = [point(10_001, 'policy'), point(10_002, 'policy')];
/** What a point is now. */
const asContent = ({ x, y, ...rest }: ReturnType<typeof point>) => ({ ...rest, prompt: 0, values: [x, y] });
const version1 = {
  version: 1,
  settings,
  dataset: {
    candidates: [...[0, 1, 2, 3, 4, 5].map((id) => point(id)), { ...point(10_000, 'added'), pinned: true }],
    comparisons: [
      { id: 1, left: 2, right: 5, verdict: 'left', annotator: 'simulated', source: 'start', draw: 0 },
      { id: 3, left: 1, right: 4, verdict: 'tie', annotator: 'you', source: 'start' },
      {
        id: 4,
        left: 0,
        right: 3,
        verdict: 'right',
        annotator: 'simulated',
        source: 'start',
        edited: true,
        draw: 7,
      },
    ],
    pair: { left: 10_001, right: 10_002, fresh, source: 'policy' },
    turn: 5,
    nextCandidate: 10_003,
    nextComparison: 5,
    removedDraws: [1],
  },
};

describe('a session that was kept', () => {
  it('is taken as it is, in its present shape', () => {
    const session: SavedSession = {
      version: 3,
      settings: defaultSettings,
      dataset: freshDataset(defaultSettings),
    };
    const before = structuredClone(session);
    expect(upgraded(session)).toEqual(before);
  });

  it('of version 1 says of each comparison that it is a pair, and of the pair on the cards that it is shown', () => {
    const { pair, comparisons, ...rest } = version1.dataset;
    expect(upgraded(version1)).toEqual({
      version: 3,
      settings,
      dataset: {
        ...rest,
        candidates: rest.candidates.map(asContent),
        own: { prompts: {} },
        comparisons: comparisons.map((comparison) => ({ ...comparison, kind: 'pair' })),
        question: { shown: [pair.left, pair.right], fresh: fresh.map(asContent), source: 'policy' },
      },
    });
  });

  it('of version 1 is left as it was', () => {
    const before = structuredClone(version1);
    upgraded(version1);
    expect(version1).toEqual(before);
  });

  it.each([0, 4, 99, -1, NaN])('of version %d is not known here', (version) => {
    expect(upgraded({ ...version1, version })).toBeNull();
  });

  it('of version 1, once upgraded, can be drawn again: what was made by hand stays', () => {
    const { dataset } = upgraded(version1)!;
    const again = redraw(dataset, { ...defaultSettings, seed: 3, points: 6, simulated: 2 });
    const [simulated, yours, edited] = again.comparisons;
    expect(simulated).toMatchObject({ id: 1, kind: 'pair', draw: 0 });
    expect([yours, edited]).toEqual(dataset.comparisons.slice(1));
    expect(again.comparisons, 'and what was removed stays away').toHaveLength(3);
    expect(again.candidates.at(-1)).toEqual(dataset.candidates.at(-1));
    expect(again.question).toEqual(dataset.question);
  });

  it('of version 1 comes back with its labels, and is kept in the present shape from then on', async () => {
    const storage = new MemoryStorage();
    storage.slots.set('present', version1);
    const playground = new Playground(new FakeEngines().start, storage);
    await playground.open('');
    expect(playground.settings).toEqual({ ...defaultSettings, seed: 3, points: 6, simulated: 2 });
    expect(playground.dataset.comparisons.filter(({ annotator }) => annotator === 'you')).toEqual([
      { ...version1.dataset.comparisons[1], kind: 'pair' },
    ]);
    expect(playground.dataset.question.shown).toEqual([10_001, 10_002]);
    expect(playground.notices.all).toEqual([]);
    const id = playground.label('left');
    expect(storage.slots.get('present')).toMatchObject({
      version: 3,
      dataset: { comparisons: [{}, {}, {}, { id, left: 10_001, right: 10_002, kind: 'pair' }] },
    });
  });

  it('of version 1 that was set aside is offered back', async () => {
    const storage = new MemoryStorage();
    storage.slots.set('aside', version1);
    const playground = new Playground(new FakeEngines().start, storage);
    await playground.open('#seed=5');
    const notice = playground.notices.all.find(({ topic }) => topic === 'session')!;
    expect(notice.text).toContain('1 of your own labels');
    notice.action!.run();
    expect(playground.dataset.comparisons.map(({ id }) => id)).toEqual([1, 3, 4]);
  });
});
