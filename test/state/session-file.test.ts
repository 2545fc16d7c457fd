import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Playground } from '../../src/state/playground.svelte.ts';
import { FakeEngines } from './fakes.ts';
import { contentOf } from '../../src/domain/content.ts';

async function open(hash = ''): Promise<Playground> {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start);
  await playground.open(hash);
  return playground;
}
const file = (text: string, name = 'session.json') => new File([text], name);
const saved = async (playground: Playground) => (await playground.export('session')).blob.text();

beforeEach(() => void vi.useRealTimers());

describe('a session file', () => {
  it('brings back settings and labels, and can be undone', async () => {
    const one = await open('#seed=3&simulated=5');
    one.record({ kind: 'ranking', shown: [1, 2, 3], places: [2, 1, 2] });
    one.annotate(one.dataset.comparisons.at(-1)!.id, 'so close');
    const text = await saved(one);

    const other = await open('#seed=9');
    const before = other.dataset;
    const report = await other.load([file(text)]);
    expect(report).toEqual([
      { file: 'session.json', taken: '6 comparisons of 200 candidates', problem: null },
    ]);
    expect(other.settings).toEqual(one.settings);
    expect(other.dataset.comparisons).toEqual(one.dataset.comparisons);
    other.undo();
    expect(other.dataset).toEqual(before);
    expect(other.settings.seed).toBe(9);
  });

  it('of version 1 is upgraded', async () => {
    const body = JSON.parse(await saved(await open('#simulated=3'))) as Record<string, never>;
    const dataset = body.dataset as unknown as {
      candidates: { id: number; values: [number, number] }[];
      comparisons: { kind?: string }[];
    };
    const old = {
      ...body,
      version: 1,
      dataset: {
        ...dataset,
        candidates: dataset.candidates.map(({ values: [x, y], ...rest }) => ({ ...rest, x, y })),
        comparisons: dataset.comparisons.map((comparison) => ({ ...comparison, kind: undefined })),
        question: undefined,
        pair: { left: 1, right: 2, fresh: [], source: 'start' },
      },
    };
    const playground = await open();
    const [report] = await playground.load([file(JSON.stringify(old))]);
    expect(report!.problem).toBeNull();
    expect(playground.dataset.comparisons.map(({ kind }) => kind)).toEqual(['pair', 'pair', 'pair']);
  });

  const broken = async (change: (body: Record<string, unknown>) => unknown) =>
    JSON.stringify(change(JSON.parse(await saved(await open('#simulated=3'))) as Record<string, unknown>));
  const withFirst = (patch: object) => (body: Record<string, unknown>) => {
    const dataset = body.dataset as { comparisons: object[] };
    const [first, ...rest] = dataset.comparisons;
    return { ...body, dataset: { ...dataset, comparisons: [{ ...first, ...patch }, ...rest] } };
  };

  it.each([
    ['cut short', async () => (await saved(await open())).slice(0, 500), /no JSON, or it was cut short/],
    ['another JSON', () => Promise.resolve('{"a":1}'), /not a session of this page/],
    ['null', () => Promise.resolve('null'), /not a session of this page/],
    ['newer', () => broken((body) => ({ ...body, version: 99 })), /newer version of this page/],
    ['older than known', () => broken((body) => ({ ...body, version: 0 })), /version 0/],
    ['no data', () => broken((body) => ({ ...body, dataset: undefined })), /holds no candidates/],
    ['an unknown candidate', () => broken(withFirst({ left: 12_345 })), /Comparison 1: .*12345/],
    ['one with itself', () => broken(withFirst({ left: 7, right: 7 })), /Comparison 1: .*with itself/],
    ['an unknown kind', () => broken(withFirst({ kind: 'guess' })), /Comparison 1: .*kind/],
    ['the same id twice', () => broken(withFirst({ id: 2 })), /same id/],
  ])('%s: is refused with a sentence, and the present work stays', async (_, text, sentence) => {
    const playground = await open('#seed=4');
    playground.label('left');
    const before = playground.dataset;
    const [report] = await playground.load([file(await text(), 'hand-in.json')]);
    expect(report!.taken).toBeNull();
    expect(report!.problem).toMatch(/^hand-in\.json was not opened\./);
    expect(report!.problem).toMatch(sentence);
    expect(playground.dataset).toBe(before);
    expect(playground.notices.all.at(-1)!.text).toContain('Your present work is as it was.');
  });

  it('with text that looks like HTML keeps it as text', async () => {
    const text = await broken(withFirst({ annotator: '<img src=x onerror=alert(1)>', edited: true }));
    const playground = await open();
    await playground.load([file(text)]);
    expect(playground.dataset.comparisons[0]!.annotator).toBe('<img src=x onerror=alert(1)>');
  });
});

describe('a link with labels', () => {
  it('opens on the same comparisons', async () => {
    const one = await open('#seed=3&simulated=5');
    one.prefer(4, 9);
    one.addCandidate(contentOf(0.5, 0.25));
    const hash = (await one.hashWithLabels())!;
    expect(hash).toMatch(/^seed=3&simulated=5&labels=/);
    const other = await open(`#${hash}`);
    expect(other.hash).toBe('seed=3&simulated=5');
    expect(other.dataset.comparisons).toEqual(one.dataset.comparisons);
    expect(other.dataset.candidates).toHaveLength(201);
  });

  it('that is damaged leaves what the settings draw, and says so', async () => {
    const playground = await open('#seed=3&labels=abc');
    expect(playground.dataset.comparisons).toHaveLength(40);
    expect(playground.notices.all.at(-1)!.text).toMatch(/labels in this link are damaged/);
  });

  it('is not offered where the labels are too many', async () => {
    const playground = await open();
    playground.prefer(1, 2);
    // Remarks are what takes room: these are as good as random.
    const words = () =>
      Array.from({ length: 80 }, () => Math.random().toString(36))
        .join('')
        .slice(0, 490);
    for (let k = 0; k < 30; k++) playground.annotate(playground.dataset.comparisons[k]!.id, words());
    expect(await playground.hashWithLabels()).toBeNull();
  });
});
