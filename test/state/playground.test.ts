import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PairComparison } from '../../src/domain/comparison.ts';
import { metricNames } from '../../src/domain/metrics.ts';
import { defaultSettings, definitionOf, describeRange, type SettingName } from '../../src/domain/settings.ts';
import { freshDataset } from '../../src/state/dataset.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import type { SessionStorage } from '../../src/state/storage.ts';
import { cpuChoice, FakeEngines, MemoryStorage, policyPoint, rewardPoint } from './fakes.ts';
import { contentOf } from '../../src/domain/content.ts';
import { pictureOf, xOf, yOf } from '../support/contents.ts';

const trailOf = (...values: number[]) => ({
  tracked: ['mean0', 'mean1'],
  trackedValues: Float32Array.from(values),
});

async function open(hash = '', storage: SessionStorage | null = null) {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start, storage);
  await playground.open(hash);
  return { engines, playground };
}

const noticeOf = ({ notices }: Playground, topic: string) =>
  notices.all.find((notice) => notice.topic === topic);
const yoursOf = ({ dataset }: Playground) =>
  dataset.comparisons.filter(({ annotator }) => annotator === 'you');

describe('opening the page', () => {
  it('shows 40 simulated comparisons, and starts the engine with the settings and the data', async () => {
    const { engines, playground } = await open();
    expect(playground.dataset).toEqual(freshDataset(defaultSettings));
    expect(engines.all).toHaveLength(1);
    expect(engines.last.commands.map(({ kind }) => kind)).toEqual(['configure', 'data']);
    expect(engines.last.settings).toEqual(defaultSettings);
    expect(engines.last.data!.chosen).toHaveLength(40);
    expect(playground.playing).toBeNull();
  });

  it('is ready when the engine says so', async () => {
    const { engines, playground } = await open();
    expect(playground.choice).toBeNull();
    engines.last.ready();
    expect(await playground.ready).toEqual(cpuChoice);
    expect(playground.choice).toEqual(cpuChoice);
  });

  it('shows what a link says, from the first paint on', () => {
    const playground = new Playground(new FakeEngines().start, null);
    void playground.open('#seed=3&points=10');
    expect(playground.settings).toEqual({ ...defaultSettings, seed: 3, points: 10 });
    expect(playground.dataset.candidates).toHaveLength(10);
    expect(playground.hash).toBe('seed=3&points=10');
  });

  it.each(['#seed=3', '#features=64', '#landscape=ring', '#noise=0.3', ''])(
    'shows the frames of the engine that a link like "%s" starts',
    async (hash) => {
      const { engines, playground } = await open(hash);
      engines.last.frame({ reward: { step: 10, points: [rewardPoint(10)] }, policy: { iteration: 2 } });
      expect([playground.run.step, playground.run.iteration]).toEqual([10, 2]);
    },
  );

  it('names what of a link could not be used', async () => {
    const { playground } = await open('#seed=oops&nonsense=1&noise=0.25');
    expect(playground.settings).toEqual({ ...defaultSettings, noise: 0.25 });
    const { text } = noticeOf(playground, 'link')!;
    expect(text).toContain('seed');
    expect(text).toContain('oops');
    expect(text).toContain('nonsense');
    expect(text).not.toContain('noise');
  });

  it('says something of bounded length about a link full of nonsense', async () => {
    const hash = Array.from({ length: 3000 }, (_, i) => `nonsense${i}=${i}`).join('&');
    const { playground } = await open(`#${hash}`);
    const { text } = noticeOf(playground, 'link')!;
    expect(text).toContain('nonsense0');
    expect(text).toContain('3000');
    expect(text.length).toBeLessThan(1500);
  });

  it('follows a link that is opened later, and can go back', async () => {
    const { engines, playground } = await open();
    playground.label('left');
    playground.followHash('#seed=9&noise=0.4');
    expect(playground.settings).toMatchObject({ seed: 9, noise: 0.4 });
    expect(engines.last.settings).toEqual(playground.settings);
    expect(yoursOf(playground)).toHaveLength(1);
    playground.undo();
    expect(playground.settings).toEqual(defaultSettings);
    playground.followHash('#seed=oops');
    expect(noticeOf(playground, 'link')!.text).toContain('oops');
  });

  it('is not moved by its own address', async () => {
    const { playground } = await open('#seed=3');
    playground.followHash('#seed=3');
    expect(playground.undoable).toBeNull();
  });
});

describe('configure', () => {
  const wrong: [SettingName, unknown, string][] = [
    ['learningRate', 'fast', '"fast"'],
    ['learningRate', '0.01', '"0.01"'],
    ['learningRate', NaN, 'NaN'],
    ['learningRate', Infinity, 'Infinity'],
    ['learningRate', -Infinity, '-Infinity'],
    ['learningRate', 0, '0'],
    ['learningRate', 10.01, '10.01'],
    ['learningRate', null, 'null'],
    ['learningRate', undefined, 'undefined'],
    ['learningRate', [0.01], 'array'],
    ['learningRate', {}, 'object'],
    ['learningRate', 1n, 'bigint'],
    ['seed', 1.5, '1.5'],
    ['seed', -1, '-1'],
    ['seed', 1_000_000, '1000000'],
    ['points', 3, '3'],
    ['samples', 2049, '2049'],
    ['optimizer', 'Adam', '"Adam"'],
    ['optimizer', 0, '0'],
    ['landscape', 'toString', '"toString"'],
    ['showGold', 'true', '"true"'],
    ['showGold', 1, '1'],
  ];

  it.each(wrong)(
    '%s: %s throws, naming the setting, what was given and the range',
    async (name, value, given) => {
      const { engines, playground } = await open();
      const { settings, dataset } = playground;
      const told = engines.last.commands.length;
      let message = '';
      try {
        playground.configure({ [name]: value });
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        message = (error as Error).message;
      }
      expect(message).toContain(`"${name}"`);
      expect(message).toContain(
        `got ${given}`
          .replace('got array', 'got a value of type array')
          .replace(/got (object|bigint)/, 'got a value of type $1'),
      );
      expect(message).toContain(describeRange(definitionOf(name)));
      expect(playground.settings).toBe(settings);
      expect(playground.dataset).toBe(dataset);
      expect(playground.undoable).toBeNull();
      expect(engines.last.commands).toHaveLength(told);
    },
  );

  it.each(['learnRate', 'toString', '__proto__', ''])(
    'an unknown name, "%s", throws and names it',
    async (name) => {
      const { playground } = await open();
      const patch = Object.fromEntries([[name, 1]]);
      expect(() => playground.configure(patch)).toThrow(new RegExp(`no setting named "${name}"`));
      expect(() => playground.configure(patch)).toThrow(/learningRate/);
      expect(playground.settings).toEqual(defaultSettings);
    },
  );

  it('changes nothing when one of several is wrong', async () => {
    const { playground } = await open();
    expect(() => playground.configure({ seed: 4, noise: 0.9, clip: 0.3 })).toThrow('"noise"');
    expect(playground.settings).toEqual(defaultSettings);
  });

  it('tells the engine, and keeps the settings as they cannot be changed from outside', async () => {
    const { engines, playground } = await open();
    playground.configure({ learningRate: 0.01, clip: 0.3 });
    expect(playground.settings).toEqual({ ...defaultSettings, learningRate: 0.01, clip: 0.3 });
    expect(engines.last.settings).toEqual(playground.settings);
    expect(Object.isFrozen(playground.settings)).toBe(true);
    playground.restoreDefault('clip');
    expect(playground.settings).toEqual({ ...defaultSettings, learningRate: 0.01 });
  });

  it('starts the run anew in another world, and goes on with it otherwise', async () => {
    const { engines, playground } = await open();
    const frame = () => engines.last.frame({ reward: { step: 50 }, policy: { iteration: 5 } });
    for (const patch of [
      { seed: 8 },
      { spread: 0.5 },
      { features: 64 },
      { lengthScale: 1 },
      { landscape: 'hills' },
    ]) {
      frame();
      expect(playground.run.step).toBe(50);
      playground.configure(patch);
      expect([playground.run.step, playground.run.iteration], Object.keys(patch)[0]).toEqual([0, 0]);
      expect(engines.last.requests.at(-1)).toMatchObject({ kind: 'reset', stage: 'loop' });
    }
    for (const patch of [
      { learningRate: 0.1 },
      { noise: 0.2 },
      { heldOut: 0.4 },
      { points: 100 },
      { clip: 0.1 },
    ]) {
      frame();
      playground.configure(patch);
      expect(playground.run.step, Object.keys(patch)[0]).toBe(50);
    }
  });

  it('sends new data when the held-out share changes', async () => {
    const { engines, playground } = await open();
    const before = engines.last.data!;
    expect([...before.heldOut].some(Boolean)).toBe(true);
    playground.configure({ heldOut: 0 });
    expect(engines.last.data!.version).toBeGreaterThan(before.version);
    expect([...engines.last.data!.heldOut].some(Boolean)).toBe(false);
  });
});

describe('labelling', () => {
  it('records who was left and right, and shows the next pair at once', async () => {
    const { engines, playground } = await open('#simulated=0');
    for (const verdict of ['left', 'right', 'tie'] as const) {
      const [left, right] = playground.dataset.question.shown;
      const id = playground.label(verdict);
      expect(playground.dataset.comparisons.at(-1)).toMatchObject({
        id,
        left,
        right,
        verdict,
        annotator: 'you',
      });
      expect(playground.dataset.question.shown).not.toEqual([left, right]);
    }
    expect([...engines.last.data!.observations.places]).toEqual([0, 1, 0, 1, 0, 0]);
    expect(engines.last.data!.chosen).toHaveLength(2);
    expect(playground.notices.announcement).toMatch(
      /^Labelled #\d+ = #\d+\. Which one is better\? #\d+ or #\d+$/,
    );
  });

  it('skipping records nothing', async () => {
    const { playground } = await open('#simulated=0');
    const { question } = playground.dataset;
    playground.skip();
    expect(playground.dataset.comparisons).toEqual([]);
    expect(playground.dataset.question).not.toEqual(question);
    playground.undo();
    expect(playground.dataset.question).toEqual(question);
  });

  it('asks about a point that was just added, wherever pairs come from', async () => {
    const { playground } = await open();
    const id = playground.addCandidate(contentOf(1, -1));
    const [left, right] = playground.dataset.question.shown;
    expect([left, right]).toContain(id);
    expect(playground.dataset.candidates.at(-1)).toMatchObject({ id, values: [1, -1], origin: 'added' });
  });

  it('takes pairs from the policy as it is now', async () => {
    const { engines, playground } = await open();
    engines.last.frame({ policy: { iteration: 9, now: pictureOf({ mean: [2, -2], logStd: [-5, -5] }) } });
    playground.configure({ pairSource: 'policy' });
    const { fresh, source } = playground.dataset.question;
    expect(source).toBe('policy');
    for (const one of fresh) expect(Math.hypot(xOf(one) - 2, yOf(one) + 2)).toBeLessThan(0.1);
    const id = playground.label('left');
    expect(playground.dataset.comparisons.at(-1)).toMatchObject({ id, source: 'policy' });
    await playground.simulate(5);
    const last = playground.dataset.comparisons.slice(-5);
    expect(last.every((c) => c.annotator === 'simulated' && c.source === 'policy')).toBe(true);
    const places = playground.dataset.candidates.slice(-10);
    for (const one of places) expect(Math.hypot(xOf(one) - 2, yOf(one) + 2)).toBeLessThan(0.1);
    // New data reached the engine, the points included.
    expect(engines.last.data!.ids).toHaveLength(playground.dataset.candidates.length);
  });
});

describe('prefer', () => {
  it('records one human comparison and returns its id', async () => {
    const { playground } = await open();
    const id = playground.prefer(17, 3);
    const last = playground.dataset.comparisons.at(-1) as PairComparison;
    expect(last).toMatchObject({ id, annotator: 'you', source: 'start' });
    const [chosen, rejected] = last.verdict === 'left' ? [last.left, last.right] : [last.right, last.left];
    expect([chosen, rejected]).toEqual([17, 3]);
  });

  it('shows the preferred one on either side', async () => {
    const { playground } = await open();
    for (let k = 0; k < 100; k++) playground.prefer(k, k + 1);
    const left = (yoursOf(playground) as PairComparison[]).filter(({ verdict }) => verdict === 'left').length;
    expect(left).toBeGreaterThan(30);
    expect(left).toBeLessThan(70);
  });

  it.each([
    [200, 0],
    [0, -1],
    [0.5, 1],
    [NaN, 1],
    ['1', 2],
    [undefined, 2],
    [3, null],
  ])('of %s over %s throws: there is no such candidate', async (chosen, rejected) => {
    const { playground } = await open();
    const { dataset } = playground;
    expect(() => playground.prefer(chosen as number, rejected as number)).toThrow(/no candidate with the id/);
    expect(playground.dataset).toBe(dataset);
  });

  it('of a candidate over itself throws', async () => {
    const { playground } = await open();
    expect(() => playground.prefer(5, 5)).toThrow(/cannot be compared with itself.*5/);
    expect(playground.dataset.comparisons).toHaveLength(40);
  });
});

describe('simulate', () => {
  it('adds as many comparisons as asked for, and says how many there are', async () => {
    const { playground } = await open();
    expect(await playground.simulate(10)).toBe(50);
    expect(playground.dataset.comparisons).toHaveLength(50);
    expect(playground.settings.simulated).toBe(50);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 5001, '10', undefined])(
    '%s throws and names the range',
    async (count) => {
      const { playground } = await open();
      await expect(playground.simulate(count as number)).rejects.toThrow(
        `simulate takes a whole number from 1 to 5000, but got ${String(count)}`,
      );
      expect(playground.dataset.comparisons).toHaveLength(40);
    },
  );

  it('does not go beyond what the setting allows', async () => {
    const { playground } = await open();
    await expect(playground.simulate(4961)).rejects.toThrow(/"simulated".*5000.*5001/);
    expect(playground.settings.simulated).toBe(40);
    expect(playground.undoable).toBeNull();
    expect(await playground.simulate(4960)).toBe(5000);
  });
});

describe('flipping and deleting', () => {
  it('changes one comparison and tells the engine', async () => {
    const { engines, playground } = await open();
    const [first, second] = playground.dataset.comparisons;
    const [chosen, rejected] = [engines.last.data!.chosen[0], engines.last.data!.rejected[0]];
    playground.flip(first!.id);
    expect([engines.last.data!.chosen[0], engines.last.data!.rejected[0]]).toEqual([rejected, chosen]);
    playground.remove(first!.id);
    expect(playground.dataset.comparisons[0]).toEqual(second);
    expect(engines.last.data!.chosen).toHaveLength(39);
  });
});

describe('running', () => {
  it('plays and pauses the loop or a stage', async () => {
    const { engines, playground } = await open();
    playground.play();
    expect([playground.playing, engines.last.playing]).toEqual(['loop', 'loop']);
    playground.play('policy');
    expect([playground.playing, engines.last.playing]).toEqual(['policy', 'policy']);
    playground.pause();
    expect([playground.playing, engines.last.playing]).toEqual([null, null]);
  });

  it('remembers a press of play from before the engine was there', async () => {
    const engines = new FakeEngines();
    const playground = new Playground(engines.start, null);
    const opened = playground.open('');
    playground.play('loop');
    await opened;
    expect(engines.last.playing).toBe('loop');
  });

  it('a step pauses first', async () => {
    const { engines, playground } = await open();
    playground.play();
    await playground.step('reward');
    expect(playground.playing).toBeNull();
    expect(engines.last.requests.at(-1)).toMatchObject({ kind: 'step', stage: 'reward' });
  });

  it.each([0, -5, 1.5, NaN, 1_000_001, '5'])('train(%s) throws and names the range', async (steps) => {
    const { engines, playground } = await open();
    const asked = engines.last.requests.length;
    await expect(playground.train(steps as number)).rejects.toThrow(
      `train takes a whole number from 1 to 1000000, but got ${String(steps)}`,
    );
    await expect(playground.optimise(steps as number)).rejects.toThrow(
      /optimise takes a whole number from 1 to/,
    );
    expect(engines.last.requests).toHaveLength(asked);
  });

  it('gives the answers of the engine, and its refusals', async () => {
    const { engines, playground } = await open();
    engines.last.answer = (kind) =>
      Promise.resolve(
        { train: rewardPoint(7), optimise: policyPoint(3), rewards: Float32Array.of(1) }[kind] ?? null,
      );
    expect(await playground.train(7)).toEqual(rewardPoint(7));
    expect(await playground.optimise(3)).toEqual(policyPoint(3));
    expect(await playground.rewards()).toEqual(Float32Array.of(1));
    engines.last.answer = () => Promise.reject(new Error('There is no comparison.'));
    await expect(playground.train(1)).rejects.toThrow('There is no comparison.');
  });

  it('says that it is not running yet', async () => {
    const playground = new Playground(new FakeEngines().start, null);
    await expect(playground.train(1)).rejects.toThrow(/not running yet/);
  });

  it('resets a stage or all, and keeps labels and settings', async () => {
    const { engines, playground } = await open();
    playground.label('left');
    const { dataset, settings } = playground;
    const show = () =>
      engines.last.frame({
        reward: { step: 20, points: [rewardPoint(20)] },
        policy: { iteration: 4, points: [policyPoint(4)], ...trailOf(1, 2) },
      });
    show();
    playground.play();
    await playground.reset('policy');
    expect(playground.playing).toBeNull();
    expect([playground.run.step, playground.run.iteration]).toEqual([20, 0]);
    expect(playground.series('loss').x).toEqual([20]);
    expect(playground.series('kl').x).toEqual([]);
    expect(playground.run.trail.x).toEqual([]);
    show();
    await playground.reset('reward');
    expect([playground.run.step, playground.run.iteration]).toEqual([0, 4]);
    expect(playground.run.field).toBeNull();
    show();
    await playground.reset();
    expect([playground.run.step, playground.run.iteration]).toEqual([0, 0]);
    expect(playground.dataset).toBe(dataset);
    expect(playground.settings).toBe(settings);
  });
});

describe('what the engine reports', () => {
  it('is on the curves, point by point', async () => {
    const { engines, playground } = await open();
    engines.last.frame({
      reward: { step: 10, points: [rewardPoint(0, 0.69), rewardPoint(10, 0.5)] },
      policy: {
        iteration: 2,
        points: [policyPoint(1, 4), policyPoint(2, 9)],
        ...trailOf(0.5, 1, 1.5, 2),
      },
    });
    engines.last.frame({ reward: { step: 20, points: [rewardPoint(20, 0.25)] } });
    expect(playground.series('loss')).toEqual({ x: [0, 10, 20], y: [0.69, 0.5, 0.25] });
    expect(playground.series('kl')).toEqual({ x: [1, 2], y: [4, 9] });
    expect(playground.run.policySeries.column('root')).toEqual([2, 3]);
    expect(playground.run.trail).toEqual({ x: [0.5, 1.5], y: [1, 2] });
    for (const name of metricNames) expect(playground.series(name).x.length, name).toBeGreaterThan(0);
  });

  it('keeps the trail as long as the curves, however long the run', async () => {
    const { engines, playground } = await open();
    for (let first = 1; first < 12_000; first += 500) {
      const points = Array.from({ length: 500 }, (_, k) => policyPoint(first + k, first + k));
      const trail = trailOf(...points.flatMap(({ iteration }) => [iteration, -iteration]));
      engines.last.frame({ policy: { iteration: first + 499, points, ...trail } });
    }
    const { x, y } = playground.series('kl');
    expect(x.length).toBeLessThanOrEqual(4001);
    expect(y).toEqual(x);
    expect(playground.run.trail.x).toEqual(x);
    expect(playground.run.trail.y.map((value) => -value)).toEqual(x);
  });

  it('gives the margins of the decided comparisons', async () => {
    const { engines, playground } = await open('#simulated=0');
    const ids = [playground.prefer(0, 1), playground.label('tie'), playground.prefer(3, 2)];
    const rewards = Float32Array.from(playground.dataset.candidates, (_, i) => i * i);
    engines.last.frame({ reward: { rewards } });
    expect([...playground.run.margins]).toEqual([-1, 5]);
    expect(ids.map((id) => playground.run.marginOf(id))).toEqual([-1, undefined, 5]);
    // Rewards that belong to older data say nothing about the present comparisons.
    playground.prefer(5, 4);
    engines.last.frame({ reward: { rewards: rewards.map(() => 7), version: 1 } });
    expect([...playground.run.margins]).toEqual([-1, 5]);
  });

  it('is dropped when it is late, from a run that was reset', async () => {
    const { engines, playground } = await open();
    const old = engines.last.run;
    await playground.reset();
    engines.last.frame({ reward: { step: 90, points: [rewardPoint(90)] }, run: old });
    expect(playground.run.step).toBe(0);
    expect(playground.series('loss').x).toEqual([]);
    engines.last.frame({ reward: { step: 10, points: [rewardPoint(10)] } });
    expect(playground.run.step).toBe(10);
  });

  it('divergence pauses, says why, and offers the reset that helps', async () => {
    for (const [action, stage] of [['reset-reward', 'reward']] as const) {
      const { engines, playground } = await open();
      playground.play();
      const text = 'It diverged at step 30.';
      engines.last.report({ kind: 'note', note: { topic: 'divergence', text, action } });
      expect(playground.playing).toBeNull();
      const notice = noticeOf(playground, 'divergence')!;
      expect(notice.text).toBe(text);
      expect(notice.action!.label).toContain('reset');
      notice.action!.run();
      expect(engines.last.requests.at(-1)).toMatchObject({ kind: 'reset', stage });
      expect(noticeOf(playground, 'divergence')).toBeUndefined();
    }
  });

  it('nothing to learn from: the sentence stays until there is, and offers simulated answers', async () => {
    const { engines, playground } = await open('#simulated=0');
    playground.play();
    const note = { topic: 'data', text: 'There is no comparison.', action: 'simulate' } as const;
    engines.last.report({ kind: 'note', note });
    expect(playground.playing).toBe('loop');
    noticeOf(playground, 'data')!.action!.run();
    expect(playground.dataset.comparisons).toHaveLength(40);
    expect(noticeOf(playground, 'data')).toBeUndefined();

    engines.last.report({ kind: 'note', note });
    playground.label('left');
    expect(noticeOf(playground, 'data')).toBeUndefined();
  });

  it('a newer note replaces one of the same topic', async () => {
    const { engines, playground } = await open();
    for (const text of ['first', 'second'])
      engines.last.report({ kind: 'note', note: { topic: 'backend', text } });
    expect(playground.notices.all.map((notice) => notice.text)).toEqual(['second']);
    playground.notices.dismiss('backend');
    expect(playground.notices.all).toEqual([]);
  });
});

describe('a worker that breaks', () => {
  it('is started once more with everything, then the page says what to do', async () => {
    const { engines, playground } = await open();
    playground.configure({ seed: 8 });
    playground.label('left');
    engines.last.frame({ reward: { step: 40, points: [rewardPoint(40)] } });
    playground.play();
    engines.last.crash('out of memory');

    expect(engines.all).toHaveLength(2);
    expect(engines.last.settings).toEqual(playground.settings);
    expect(engines.last.data!.chosen).toHaveLength(41);
    expect(playground.playing).toBeNull();
    expect(playground.run.step).toBe(0);
    expect(yoursOf(playground)).toHaveLength(1);
    expect(noticeOf(playground, 'engine')!.text).toMatch(/out of memory.*started again/);

    // What the new one shows is shown.
    engines.last.frame({ reward: { step: 10, points: [rewardPoint(10)] } });
    expect(playground.run.step).toBe(10);

    engines.last.crash('again');
    expect(engines.all).toHaveLength(2);
    expect(noticeOf(playground, 'engine')!.text).toMatch(/again.*reload the page/);
    expect(yoursOf(playground)).toHaveLength(1);
    playground.label('right');
    expect(yoursOf(playground)).toHaveLength(2);
    await expect(playground.train(1)).rejects.toThrow(/stopped.*Reload/);
  });
});

describe('an engine that cannot be had', () => {
  it('does not keep those waiting who wait for it', async () => {
    const { engines, playground } = await open();
    engines.last.crash('it could not be loaded');
    engines.last.crash('it could not be loaded');
    await expect(playground.ready).rejects.toThrow('it could not be loaded');
  });

  it('nor does one for which nothing works', async () => {
    const { engines, playground } = await open();
    const text = 'Nothing can be computed here.';
    engines.last.report({ kind: 'note', note: { topic: 'engine', text } });
    await expect(playground.ready).rejects.toThrow(text);
    expect(noticeOf(playground, 'engine')!.text).toBe(text);
    expect(playground.choice).toBeNull();
  });

  it('changes nothing for those who were told that it is ready', async () => {
    const { engines, playground } = await open();
    engines.last.ready();
    engines.last.crash('once');
    engines.last.crash('twice');
    expect(await playground.ready).toEqual(cpuChoice);
  });
});

describe('taking away', () => {
  it('an unknown series throws and names those there are', async () => {
    const { playground } = await open();
    for (const name of ['los', 'toString', ''])
      expect(() => playground.series(name)).toThrow(new RegExp(`no series named "${name}".*loss.*kl`));
  });

  it('an unknown export is refused and names those there are', async () => {
    const { playground } = await open();
    for (const name of ['trl2', 'constructor', ''])
      await expect(playground.export(name)).rejects.toThrow(
        new RegExp(`no export named "${name}".*comparisons.*curves`),
      );
  });

  it('a series is a copy', async () => {
    const { engines, playground } = await open();
    engines.last.frame({ reward: { points: [rewardPoint(0, 1)] } });
    playground.series('loss').y.push(99);
    expect(playground.series('loss').y).toEqual([1]);
  });

  it('exports what there is', async () => {
    const { engines, playground } = await open('#seed=3');
    engines.last.frame({
      reward: { points: [rewardPoint(0, 0.5)] },
      policy: { points: [policyPoint(1, 2)], ...trailOf(0, 0) },
    });
    const { blob, file } = await playground.export('comparisons');
    expect([file, blob.type]).toEqual(['comparisons.json', 'application/json']);
    const body = JSON.parse(await blob.text()) as { settings: object; comparisons: object[] };
    expect(body.settings).toEqual(playground.settings);
    expect(body.comparisons).toHaveLength(40);
    const rows = (await (await playground.export('curves')).blob.text()).trim().split('\r\n').slice(1);
    expect(rows).toHaveLength(metricNames.length);
    expect(rows).toContain('reward,0,loss,0.5');
    expect(rows).toContain('policy,1,kl,2');
  });
});

describe('work that is kept', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Somebody labels three pairs, and leaves. */
  async function leaveWork(storage: SessionStorage, hash = '') {
    const { playground } = await open(hash, storage);
    for (const verdict of ['left', 'right', 'tie'] as const) playground.label(verdict);
    await vi.runAllTimersAsync();
    return playground;
  }

  it('is there again when the page is opened again', async () => {
    const storage = new MemoryStorage();
    const before = await leaveWork(storage);
    const { engines, playground } = await open('', storage);
    expect(playground.dataset).toEqual(before.dataset);
    expect(playground.settings).toEqual(before.settings);
    expect(engines.last.data!.chosen).toHaveLength(42);
    expect(playground.notices.all).toEqual([]);
  });

  it('comes with its settings to a bare address, and to the link it was made under', async () => {
    const storage = new MemoryStorage();
    const before = await leaveWork(storage, '#seed=3&noise=0.2');
    for (const hash of ['', '#seed=3&noise=0.2', '#noise=.20&seed=3']) {
      const { playground } = await open(hash, storage);
      expect(playground.dataset, hash).toEqual(before.dataset);
      expect(playground.hash).toBe('seed=3&noise=0.2');
    }
  });

  it('is saved at once, and what follows closely soon after, in one go', async () => {
    const storage = new MemoryStorage();
    const save = vi.spyOn(storage, 'save');
    const { playground } = await open('', storage);
    playground.label('left');
    expect(storage.slots.get('present')).toMatchObject({ version: 3, dataset: playground.dataset });
    for (let k = 0; k < 20; k++) playground.configure({ noise: 0.2 + k / 100 });
    expect(save).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1000);
    expect(save).toHaveBeenCalledTimes(2);
    expect(storage.slots.get('present')).toMatchObject({ settings: playground.settings });
  });

  it('is kept when the page is left just then, if there is anything new', async () => {
    const storage = new MemoryStorage();
    const { playground } = await open('', storage);
    playground.leave();
    expect(storage.slots.has('present')).toBe(false);
    playground.label('left');
    playground.label('right');
    playground.leave();
    expect(storage.slots.get('present')).toMatchObject({ dataset: playground.dataset });
    await vi.runAllTimersAsync();
    // Another tab has worked since.
    storage.slots.set('present', { version: 2, another: 'tab' });
    playground.leave();
    await vi.runAllTimersAsync();
    expect(storage.slots.get('present')).toEqual({ version: 2, another: 'tab' });
  });

  it('that is still being written counts as new', async () => {
    const storage = new MemoryStorage();
    storage.save = () => new Promise(() => {});
    const { playground } = await open('', storage);
    playground.label('left');
    playground.leave();
    expect(storage.slots.get('present')).toMatchObject({ dataset: playground.dataset });
  });

  it('goes on after a reload under the settings of the address, saved or not', async () => {
    const storage = new MemoryStorage();
    const { dataset } = await leaveWork(storage);
    const engines = new FakeEngines();
    const playground = new Playground(engines.start, storage);
    await playground.open('#clip=0.3', true);
    expect(playground.settings).toEqual({ ...defaultSettings, clip: 0.3 });
    expect(playground.dataset).toEqual(dataset);
    expect(playground.notices.all).toEqual([]);
  });

  it('of a link opened over other work goes on after a reload, and the other is still offered', async () => {
    const storage = new MemoryStorage();
    await leaveWork(storage);
    await open('#seed=5', storage);
    const playground = new Playground(new FakeEngines().start, storage);
    await playground.open('#seed=5', true);
    expect(playground.dataset).toEqual(freshDataset({ ...defaultSettings, seed: 5 }));
    expect(noticeOf(playground, 'session')!.text).toContain('3');
  });

  it('is offered back when a link was opened over it, and brought back with one press', async () => {
    const storage = new MemoryStorage();
    const before = await leaveWork(storage);
    const { engines, playground } = await open('#seed=5', storage);
    expect(playground.dataset).toEqual(freshDataset({ ...defaultSettings, seed: 5 }));
    const notice = noticeOf(playground, 'session')!;
    expect(notice.text).toContain('3');
    notice.action!.run();
    expect(playground.settings).toEqual(before.settings);
    expect(playground.dataset).toEqual(before.dataset);
    expect(engines.last.settings).toEqual(before.settings);
    expect(noticeOf(playground, 'session')).toBeUndefined();
    playground.undo();
    expect(playground.settings.seed).toBe(5);
  });

  it('is still offered after a reload, also when the link was worked on', async () => {
    const storage = new MemoryStorage();
    const before = await leaveWork(storage);
    const { playground: onLink } = await open('#seed=5', storage);
    onLink.label('left');
    await vi.runAllTimersAsync();

    const { playground } = await open('#seed=5', storage);
    expect(yoursOf(playground)).toHaveLength(1);
    noticeOf(playground, 'session')!.action!.run();
    await vi.runAllTimersAsync();
    expect(playground.dataset).toEqual(before.dataset);

    // Neither is lost: now the other one is aside.
    const { playground: later } = await open('', storage);
    expect(later.dataset).toEqual(before.dataset);
    noticeOf(later, 'session')!.action!.run();
    expect(later.settings.seed).toBe(5);
    expect(yoursOf(later)).toHaveLength(1);
  });

  it('is not offered any more once it was brought back', async () => {
    const storage = new MemoryStorage();
    await leaveWork(storage);
    const { playground } = await open('#seed=5', storage);
    noticeOf(playground, 'session')!.action!.run();
    await vi.runAllTimersAsync();
    expect(noticeOf((await open('', storage)).playground, 'session')).toBeUndefined();
  });

  it('is not offered when there is nothing of one’s own in it', async () => {
    const storage = new MemoryStorage();
    const { playground: before } = await open('', storage);
    before.configure({ noise: 0.3 });
    await vi.runAllTimersAsync();
    const { playground } = await open('#seed=5', storage);
    expect(playground.notices.all).toEqual([]);
  });

  it('made between two labels and the answer of a slow storage is not lost', async () => {
    const storage = new MemoryStorage();
    await leaveWork(storage);
    const engines = new FakeEngines();
    const playground = new Playground(engines.start, storage);
    const opened = playground.open('');
    playground.label('right');
    await opened;
    await vi.runAllTimersAsync();
    expect(yoursOf(playground).length).toBeGreaterThan(0);
    const kept = [yoursOf(playground).length, noticeOf(playground, 'session')?.text ?? ''];
    expect(kept[0] === 4 || String(kept[1]).includes('3'), 'the three from before are there or offered').toBe(
      true,
    );
  });

  it('of a version to come is left alone', async () => {
    const storage = new MemoryStorage();
    storage.slots.set('present', { version: 3, something: 'else' });
    const { playground } = await open('', storage);
    expect(playground.dataset).toEqual(freshDataset(defaultSettings));
  });

  it('with a setting that is no longer allowed comes back with its default', async () => {
    const storage = new MemoryStorage();
    const { dataset } = await leaveWork(storage);
    const settings = { ...defaultSettings, noise: 0.9, formerly: 1 };
    storage.slots.set('present', { version: 3, settings, dataset });
    const { playground } = await open('', storage);
    expect(playground.settings).toEqual(defaultSettings);
    expect(yoursOf(playground)).toHaveLength(3);
  });

  it('that is damaged does not keep the page from working', async () => {
    const storage = new MemoryStorage();
    const damaged = [1, 2].flatMap((version) => [{ version }, { version, settings: {}, dataset: {} }]);
    for (const present of [...damaged, 'text', 7, null]) {
      storage.slots.set('present', present);
      const { engines, playground } = await open('', storage);
      expect(playground.dataset).toEqual(freshDataset(defaultSettings));
      expect(engines.last.data!.chosen).toHaveLength(40);
    }
  });

  it('cannot be kept where storage refuses: the page says so and works on', async () => {
    const refuse = () => Promise.reject(new Error('The quota has been exceeded.'));
    const { engines, playground } = await open('', { load: refuse, save: refuse, leave: () => {} });
    expect(noticeOf(playground, 'storage')!.text).toMatch(/keeps nothing/);
    expect(engines.all).toHaveLength(1);
    playground.notices.dismiss('storage');
    playground.label('left');
    await vi.runAllTimersAsync();
    expect(noticeOf(playground, 'storage')).toBeDefined();
    expect(yoursOf(playground)).toHaveLength(1);
  });

  it('cannot be kept where storage never answers: the page works on all the same', async () => {
    const engines = new FakeEngines();
    const never = () => new Promise<never>(() => {});
    const playground = new Playground(engines.start, { load: never, save: never, leave: () => {} });
    void playground.open('#seed=4');
    await vi.advanceTimersByTimeAsync(5000);
    expect(engines.all).toHaveLength(1);
    expect(engines.last.settings!.seed).toBe(4);
    playground.label('left');
    expect(yoursOf(playground)).toHaveLength(1);
  });
});
