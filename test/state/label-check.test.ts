// Labels judged by held-out models, as the page asks for it: with a pretended engine, and with a real one.
import { contentOf } from '../../src/domain/content.ts';
import { describe, expect, it, vi } from 'vitest';
import type { HeldOutMargins, RequestResult } from '../../src/engine/protocol.ts';
import * as tf from '../../src/engine/tf.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import { startSession } from '../support/session-line.ts';
import { FakeEngines } from './fakes.ts';

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000 }); // a busy machine is slow

async function open(hash = '#simulated=12') {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start);
  await playground.open(hash);
  engines.last.ready();
  return { playground, engine: engines.last };
}

/** All labels are supported by one nat, but for the given ones. */
const margins = (count: number, others: Record<number, number>): HeldOutMargins => ({
  steps: 300,
  folds: 5,
  margins: Float32Array.from({ length: count }, (_, i) => others[i] ?? 1),
});
const checked = async (others: Record<number, number> = { 2: -3, 5: NaN }) => {
  const { playground, engine } = await open();
  engine.answer = () => Promise.resolve(margins(12, others));
  await playground.labelCheck.start();
  return { playground, engine, labels: playground.dataset.comparisons };
};

describe('a check of the labels', () => {
  it('judges each label by its margin; where there is none, the live model is all there is', async () => {
    const { playground, engine, labels } = await checked();
    expect(engine.requests.at(-1)).toEqual({ kind: 'judge-labels' });
    const { labelCheck: check } = playground;
    expect(check).toMatchObject({ share: null, problem: null, stale: null });
    expect(check.found).toMatchObject({ steps: 300, folds: 5, count: 11 });
    engine.frame({ reward: { rewards: new Float32Array(engine.data!.ids.length).map((_, i) => i) } });
    expect(playground.support(labels[2]!)).toEqual({ margin: -3, by: 'held-out' });
    expect(playground.support(labels[5]!)).toEqual({
      margin: playground.run.marginOf(labels[5]!.id),
      by: 'live',
    });
  });

  it('knows the live model’s margins alone before it was made', async () => {
    const { playground, engine } = await open();
    const [first] = playground.dataset.comparisons;
    expect(playground.support(first!)).toBeUndefined();
    engine.frame({ reward: {} });
    expect(playground.support(first!)).toEqual({ margin: 0, by: 'live' });
  });

  it('leaves the mark of a label that is turned round, keeps that of a remark, and says what changed', async () => {
    const { playground, labels } = await checked();
    const { labelCheck: check } = playground;
    const now = (k: number) => playground.dataset.comparisons.find(({ id }) => id === labels[k]!.id)!;
    playground.annotate(labels[2]!.id, 'ask again');
    expect(playground.support(now(2))?.by).toBe('held-out');
    expect(check.stale).toBeNull();
    playground.flip(labels[2]!.id);
    expect(playground.support(now(2))).toBeUndefined();
    expect(check.stale).toBe('1 label has changed');
    playground.remove(labels[3]!.id);
    expect(check.stale).toBe('2 labels have changed');
    playground.label('left');
    expect(check.stale).toBe('3 labels have changed');
    expect(playground.support(now(0))).toEqual({ margin: 1, by: 'held-out' });
    for (let k = 0; k < 4; k++) playground.undo();
    expect(check.stale).toBeNull();
    expect(playground.support(now(2))).toEqual({ margin: -3, by: 'held-out' });
  });

  it('is out of date with other settings of the model, not with others; and over in another world', async () => {
    const { playground } = await checked();
    const { labelCheck: check } = playground;
    playground.configure({ klCoefficient: 0.3, showGold: true, patience: 20 });
    expect(check.stale).toBeNull();
    playground.configure({ hiddenLayers: 2 });
    expect(check.stale).toBe('Settings of the model have changed');
    playground.configure({ hiddenLayers: 0 });
    expect(check.stale).toBeNull();
    playground.configure({ seed: 8 });
    expect(check.found).toBeNull();
  });

  it('tells how far it is, and is let go of', async () => {
    const { playground, engine } = await open();
    const { labelCheck: check } = playground;
    let settle: (result: RequestResult) => void = () => {};
    engine.answer = () => new Promise((resolve) => (settle = resolve));
    const done = check.start();
    expect(check.share).toBe(0);
    check.stop();
    expect(engine.commands.at(-1)).toEqual({ kind: 'stop-refit', of: 'judge-labels' });
    settle(margins(12, {}));
    await done;
    expect(check).toMatchObject({ share: null, found: null, problem: null });
  });

  it('says why there is none', async () => {
    const { playground, engine } = await open();
    engine.answer = () => Promise.reject(new Error('There are too few labels.'));
    await playground.labelCheck.start();
    expect(playground.labelCheck).toMatchObject({ share: null, problem: 'There are too few labels.' });
  });
});

describe('the engine is sent labels', () => {
  it('when they differ for it: not for a question that is skipped, or a remark', async () => {
    const { playground, engine } = await open();
    const sent = () => engine.commands.filter(({ kind }) => kind === 'data').length;
    const before = sent();
    const { version } = engine.data!;
    playground.skip();
    playground.annotate(playground.dataset.comparisons[0]!.id, 'hm');
    expect(sent()).toBe(before);
    playground.flip(playground.dataset.comparisons[0]!.id);
    expect(sent()).toBe(before + 1);
    expect(engine.data!.version).toBe(version + 1);
    playground.remove(playground.dataset.comparisons[0]!.id);
    expect(sent()).toBe(before + 2);
    playground.addCandidate(contentOf(0.1, 0.2));
    expect(sent()).toBe(before + 3);
  });
});

it('with a real engine finds a label that was turned round, while a question is skipped', async () => {
  const playground = new Playground(startSession);
  await playground.open('#simulated=80&noise=0&temperature=0.05&points=40&features=32&backend=cpu');
  await playground.ready;
  const { comparisons, candidates } = playground.dataset;
  const worth = (id: number) => playground.gold(candidates.find((candidate) => candidate.id === id)!);
  const gap = (one: (typeof comparisons)[number]) =>
    one.kind === 'pair' ? Math.abs(worth(one.left) - worth(one.right)) : 0;
  const [clearest] = comparisons.toSorted((a, b) => gap(b) - gap(a));
  playground.flip(clearest!.id);
  const shares: number[] = [];
  const done = playground.labelCheck.start();
  playground.skip();
  const watch = setInterval(() => shares.push(playground.labelCheck.share ?? 1), 5);
  await done;
  clearInterval(watch);
  expect(playground.labelCheck.problem).toBeNull();
  const turned = playground.dataset.comparisons.find(({ id }) => id === clearest!.id)!;
  const lowest = playground.dataset.comparisons
    .map((one) => playground.support(one)!)
    .toSorted((a, b) => a.margin - b.margin)[0]!;
  expect(playground.support(turned)!.by).toBe('held-out');
  expect(playground.support(turned)!.margin).toBeLessThan(-1);
  expect(lowest.margin).toBe(playground.support(turned)!.margin);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
});
