import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultSettings,
  definitionOf,
  settingNames,
  type SettingName,
  type Settings,
} from '../../src/domain/settings.ts';
import { checkComparison, itemsOf } from '../../src/domain/comparison.ts';
import { shownIn } from '../../src/state/annotator.ts';
import type { Dataset } from '../../src/state/dataset.ts';
import { Playground, type CardAnswer } from '../../src/state/playground.svelte.ts';
import { FakeEngines } from './fakes.ts';
import { contentOf } from '../../src/domain/content.ts';

/** What undo leaves alone: how one looks at it. */
const viewSettings = ['speed', 'backend', 'showGold', 'goal', 'answerKeys'] as const satisfies SettingName[];

/** Sizes that keep a case fast; all other values come from the table. */
const small: Partial<Record<SettingName, fc.Arbitrary<number>>> = {
  points: fc.integer({ min: 4, max: 30 }),
  simulated: fc.integer({ min: 0, max: 30 }),
};

function valueOf(name: SettingName): fc.Arbitrary<number | string | boolean> {
  const definition = definitionOf(name);
  switch (definition.kind) {
    case 'number': {
      const { min, max, integer } = definition;
      return small[name] ?? (integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true }));
    }
    case 'choice':
      return fc.constantFrom(...definition.options);
    case 'switch':
      return fc.boolean();
  }
}

const place = fc.double({ min: -3, max: 3, noNaN: true });
const index = fc.nat(1000);
const patch = fc
  .uniqueArray(fc.constantFrom(...settingNames), { minLength: 1, maxLength: 2 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, valueOf(name)]))));

const action = fc.oneof(
  fc.record({ do: fc.constant('label'), verdict: fc.constantFrom('left', 'right', 'tie') }),
  fc.record({ do: fc.constant('skip') }),
  fc.record({ do: fc.constant('prefer'), a: index, b: index }),
  fc.record({ do: fc.constant('answer'), said: index }),
  fc.record({ do: fc.constant('record'), said: index, count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('revise'), at: index, said: index }),
  fc.record({ do: fc.constant('annotate'), at: index, text: fc.constantFrom('', 'sure', ' not sure ') }),
  fc.record({ do: fc.constant('flip'), at: index }),
  fc.record({ do: fc.constant('remove'), at: index }),
  fc.record({ do: fc.constant('addPoint'), x: place, y: place }),
  fc.record({ do: fc.constant('movePoint'), at: index, x: place, y: place }),
  fc.record({ do: fc.constant('simulate'), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constant('configure'), patch }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % list.length];

/** One of the answers that can be given about so many. */
function answerOf(shown: readonly number[], said: number): CardAnswer {
  if (shown.length === 1) return { score: 1 + (said % 5) };
  if (shown.length === 2)
    return said % 2 === 0
      ? { verdict: pick(['tie', 'both-bad'] as const, said / 2)! }
      : {
          verdict: pick(['left', 'right'] as const, (said - 1) / 2)!,
          strength: pick([1, 2, 3, 4] as const, said)!,
        };
  if (said % 2 === 0) return { best: pick(shown, said)! };
  return { places: shown.map((_, i) => 1 + ((said + i * i) % shown.length)) };
}

/** A label says something about two; about anything else it is refused, and nothing happens. */
function label(playground: Playground, verdict: 'left' | 'right' | 'tie'): void {
  const { dataset } = playground;
  if (dataset.question.shown.length === 2) return void playground.label(verdict);
  expect(() => playground.label(verdict)).toThrow(/about two/);
  expect(playground.dataset).toBe(dataset);
}

function record(playground: Playground, said: number, count: number): void {
  const shown = playground.dataset.candidates.slice(said % 4, (said % 4) + count).map(({ id }) => id);
  const answer = answerOf(shown, said);
  const [first, second] = shown as [number, number];
  if ('verdict' in answer) playground.record({ kind: 'pair', left: first, right: second, ...answer });
  else if ('best' in answer) playground.record({ kind: 'best', shown, ...answer });
  else if ('places' in answer) playground.record({ kind: 'ranking', shown, ...answer });
  else playground.record({ kind: 'rating', item: first, ...answer });
}

async function perform(playground: Playground, step: Action): Promise<void> {
  const { candidates, comparisons } = playground.dataset;
  if ('verdict' in step) label(playground, step.verdict);
  else if (step.do === 'answer' && 'said' in step)
    playground.answer(answerOf(playground.dataset.question.shown, step.said));
  else if ('said' in step && 'count' in step) record(playground, step.said, step.count);
  else if ('b' in step) {
    const [a, b] = [pick(candidates, step.a)!.id, pick(candidates, step.b)!.id];
    if (a !== b) playground.prefer(a, b);
  } else if ('count' in step) await playground.simulate(step.count);
  else if ('patch' in step) playground.configure(step.patch);
  else if (step.do === 'addPoint') playground.addCandidate(contentOf(step.x, step.y));
  else if (step.do === 'movePoint')
    playground.changeCandidate(pick(candidates, step.at)!.id, contentOf(step.x, step.y));
  else if (step.do === 'skip') playground.skip();
  else if (comparisons.length > 0) {
    const { id } = pick(comparisons, step.at)!;
    if ('said' in step) playground.revise(id, answerOf(itemsOf(pick(comparisons, step.at)!), step.said));
    else if ('text' in step) playground.annotate(id, step.text);
    else if (step.do === 'flip') playground.flip(id);
    else playground.remove(id);
  }
}

const work = ({ settings, dataset }: { settings: Settings; dataset: Dataset }) => ({
  dataset,
  settings: Object.fromEntries(
    Object.entries(settings).filter(([name]) => !viewSettings.includes(name as 'speed')),
  ),
});
const look = ({ settings }: { settings: Settings }) => viewSettings.map((name) => settings[name]);

/** What must hold whatever was done. */
function checkWhole({ dataset, settings }: Playground, { last }: FakeEngines): void {
  const { candidates, comparisons, question } = dataset;
  const ids = candidates.map(({ id }) => id);
  const known = new Set(ids);
  expect(known.size, 'candidates have an id of their own').toBe(ids.length);
  expect(new Set(comparisons.map(({ id }) => id)).size, 'and so have comparisons').toBe(comparisons.length);
  // Known candidates, none twice, and nothing out of range.
  for (const comparison of comparisons)
    expect(
      () => checkComparison(comparison, (id) => known.has(id)),
      JSON.stringify(comparison),
    ).not.toThrow();
  const { shown, fresh, criterion } = question;
  const all = new Set([...known, ...fresh.map(({ id }) => id)]);
  expect(shown.every((id) => all.has(id)) && new Set(shown).size === shown.length).toBe(true);
  expect(shown.length, 'at least what the smaller worlds have').toBeGreaterThanOrEqual(
    Math.min(2, shownIn(settings.mode, settings)),
  );
  expect(shown.length, 'the question is asked as the settings say').toBeLessThanOrEqual(
    shownIn(settings.mode, settings),
  );
  expect(criterion !== undefined, 'by a criterion where each is asked').toBe(settings.mode === 'criteria');
  for (const { id } of fresh) expect(known.has(id), 'a fresh candidate has a fresh id').toBe(false);
  expect(Math.max(-1, ...ids.filter((id) => id >= 10_000))).toBeLessThan(dataset.nextCandidate);
  expect(Math.max(0, ...comparisons.map(({ id }) => id))).toBeLessThan(dataset.nextComparison);
  expect([...last.data!.ids], 'the engine has the same candidates').toEqual(ids);
  expect(last.settings, 'and the same settings').toEqual(settings);
}

async function open() {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start);
  await playground.open('#points=20&simulated=8');
  return { engines, playground };
}

const times = (count: number, act: () => void) => {
  for (let k = 0; k < count; k++) act();
};

describe('undo and redo over everything', () => {
  it('as many undos as there were actions lead back exactly, as many redos forth again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 15 }), async (actions) => {
        const { engines, playground } = await open();
        const start = work(playground);
        for (const step of actions) {
          await perform(playground, step);
          checkWhole(playground, engines);
        }
        const [end, endLook] = [work(playground), look(playground)];

        times(actions.length, () => {
          playground.undo();
          checkWhole(playground, engines);
        });
        expect(work(playground)).toEqual(start);
        expect(look(playground), 'how one looks at it stays').toEqual(endLook);
        expect(playground.undoable).toBeNull();

        times(actions.length, () => playground.redo());
        checkWhole(playground, engines);
        expect(work(playground)).toEqual(end);
        expect(playground.redoable).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('every single undo goes back by one action, but for a slider that is drawn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const { playground } = await open();
        const states = [work(playground)];
        for (const step of actions) {
          const before = playground.undoable;
          await perform(playground, step);
          const merges =
            ('patch' in step || 'text' in step || step.do === 'movePoint') &&
            before !== null &&
            playground.undoable === before;
          const now = work(playground);
          if (merges) states[states.length - 1] = now;
          else if (JSON.stringify(now) !== JSON.stringify(states.at(-1))) states.push(now);
        }
        const steps = states.length;
        times(steps, () => {
          const now = JSON.stringify(work(playground));
          while (states.length > 1 && JSON.stringify(states.at(-1)) === now) states.pop();
          playground.undo();
        });
        expect(work(playground)).toEqual(states[0]);
      }),
      { numRuns: 30 },
    );
  });

  it('something new after an undo ends what could be done again', async () => {
    const { playground } = await open();
    playground.label('left');
    playground.undo();
    expect(playground.redoable).toMatch(/^the label/);
    playground.label('right');
    expect(playground.redoable).toBeNull();
    const now = playground.dataset;
    playground.redo();
    expect(playground.dataset).toBe(now);
    expect(playground.notices.announcement).toBe('There is nothing to redo.');
  });

  it('says what it did', async () => {
    const { playground } = await open();
    playground.undo();
    expect(playground.notices.announcement).toBe('There is nothing to undo.');
    playground.configure({ noise: 0.3 });
    expect(playground.undoable).toBe('changing noise');
    playground.undo();
    expect(playground.notices.announcement).toBe('Undid: changing noise.');
    playground.redo();
    expect(playground.notices.announcement).toBe('Did again: changing noise.');
  });

  it('consecutive positions of a slider are one step', async () => {
    const { playground } = await open();
    for (const noise of [0.11, 0.12, 0.2]) playground.configure({ noise });
    playground.configure({ temperature: 1.5 });
    playground.configure({ temperature: 2 });
    playground.undo();
    expect(playground.settings).toMatchObject({ noise: 0.2, temperature: defaultSettings.temperature });
    playground.undo();
    expect(playground.settings.noise).toBe(defaultSettings.noise);
    expect(playground.undoable).toBeNull();
  });

  it('dragging a point is one step, dragging another is another', async () => {
    const { playground } = await open();
    const before = playground.dataset.candidates;
    for (const x of [0.1, 0.2, 0.3]) playground.changeCandidate(3, contentOf(x, 0));
    for (const x of [1.1, 1.2]) playground.changeCandidate(4, contentOf(x, 0));
    playground.undo();
    expect(playground.dataset.candidates[3]).toMatchObject({ values: [0.3, 0] });
    expect(playground.dataset.candidates[4]).toEqual(before[4]);
    playground.undo();
    expect(playground.dataset.candidates).toEqual(before);
  });

  it('two presses of a button are two steps', async () => {
    const { playground } = await open();
    await playground.simulate(10);
    await playground.simulate(10);
    playground.undo();
    expect(playground.dataset.comparisons).toHaveLength(18);
    playground.configure({ landscape: 'ring' });
    playground.configure({ landscape: 'ridge' });
    playground.undo();
    expect(playground.settings.landscape).toBe('ring');
  });

  it('a slider that is moved again after an undo is a step of its own', async () => {
    const { playground } = await open();
    playground.configure({ noise: 0.2 });
    playground.label('left');
    playground.undo();
    playground.configure({ noise: 0.3 });
    playground.undo();
    expect(playground.settings.noise).toBe(0.2);
  });

  it('how one looks at it is nothing to undo', async () => {
    const { playground } = await open();
    playground.configure({ speed: 60, showGold: true, goal: 100 });
    playground.configure({ backend: 'cpu' });
    expect(playground.undoable).toBeNull();
    playground.label('left');
    playground.configure({ speed: 30 });
    playground.undo();
    expect(playground.settings).toMatchObject({ speed: 30, showGold: true, goal: 100, backend: 'cpu' });
    expect(playground.settings.seed).toBe(defaultSettings.seed);
  });

  it('a setting that is set to what it is, is no step', async () => {
    const { playground } = await open();
    const { settings } = playground;
    playground.configure({ noise: settings.noise, seed: settings.seed });
    expect(playground.settings).toBe(settings);
    expect(playground.undoable).toBeNull();
  });
});
