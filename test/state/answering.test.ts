// The verbs of a person who answers: what is on the cards, what a script records, and what is changed afterwards.
import { describe, expect, it } from 'vitest';
import { itemsOf, type Comparison, type Statement } from '../../src/domain/comparison.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { Playground, type CardAnswer } from '../../src/state/playground.svelte.ts';
import { FakeEngines, MemoryStorage } from './fakes.ts';
import { contentOf } from '../../src/domain/content.ts';
import { pictureOf, xOf, yOf } from '../support/contents.ts';

async function open(hash = '#simulated=0', storage: MemoryStorage | null = null, reloaded = false) {
  const engines = new FakeEngines();
  const playground = new Playground(engines.start, storage);
  await playground.open(hash, reloaded);
  return { engines, playground };
}

const shownNow = ({ dataset }: Playground) => dataset.question.shown;
const last = ({ dataset }: Playground): Comparison => dataset.comparisons.at(-1)!;
const byId = ({ dataset }: Playground, id: number) => dataset.comparisons.find((c) => c.id === id)!;

/** Does something that must be refused, and changes nothing. */
function refuses(
  { engines, playground }: Awaited<ReturnType<typeof open>>,
  act: (playground: Playground) => unknown,
  sentence: string | RegExp,
): void {
  const { dataset, undoable } = playground;
  const told = engines.last.commands.length;
  expect(() => act(playground)).toThrow(sentence);
  expect(playground.dataset).toBe(dataset);
  expect(playground.undoable).toBe(undoable);
  expect(engines.last.commands).toHaveLength(told);
}

describe('answering what is on the cards', () => {
  it.each<[Settings['mode'], number, (shown: readonly number[]) => [CardAnswer, object, RegExp]]>([
    [
      'pair',
      2,
      ([left, right]) => [
        { verdict: 'right' },
        { kind: 'pair', left, right, verdict: 'right' },
        /^Labelled #\d+ ≻ #\d+\. (Which|In|How)/,
      ],
    ],
    [
      'pair',
      2,
      ([left, right]) => [
        { verdict: 'both-bad' },
        { kind: 'pair', left, right, verdict: 'both-bad' },
        /^Labelled #\d+ = #\d+\. (Which|In|How)/,
      ],
    ],
    [
      'strength',
      2,
      ([left, right]) => [
        { verdict: 'left', strength: 3 },
        { kind: 'pair', left, right, verdict: 'left', strength: 3 },
        /^Labelled #\d+ ≻ #\d+\. (Which|In|How)/,
      ],
    ],
    [
      'best',
      4,
      (shown) => [
        { best: shown[2]! },
        { kind: 'best', shown, best: shown[2] },
        /^Labelled #\d+ ≻ #\d+, #\d+, #\d+\. (Which|In|How)/,
      ],
    ],
    [
      'ranking',
      4,
      (shown) => [
        { places: [2, 1, 4, 2] },
        { kind: 'ranking', shown, places: [2, 1, 4, 2] },
        /^Labelled #\d+ ≻ #\d+ = #\d+ ≻ #\d+\. (Which|In|How)/,
      ],
    ],
    [
      'rating',
      1,
      ([item]) => [
        { score: 4 },
        { kind: 'rating', item, score: 4 },
        /^Labelled #\d+ rated 4\. (Which|In|How)/,
      ],
    ],
  ])('in the mode %s: records it, asks something else, and can be taken back', async (mode, count, say) => {
    const { engines, playground } = await open(`#simulated=0&mode=${mode}`);
    const before = playground.dataset;
    const shown = shownNow(playground);
    expect(shown).toHaveLength(count);
    const [answer, recorded, announced] = say(shown);
    const id = playground.answer(answer);
    expect(last(playground)).toEqual({ ...recorded, id, annotator: 'you', source: 'start' });
    expect(playground.notices.announcement).toMatch(announced);
    expect(shownNow(playground)).not.toEqual(shown);
    expect(shownNow(playground)).toHaveLength(count);
    expect(engines.last.data!.observations.kind).toHaveLength(1);
    playground.undo();
    expect(playground.dataset).toBe(before);
    playground.redo();
    expect(last(playground)).toMatchObject({ ...recorded, id });
  });

  it.each<[string, unknown, string]>([
    ['pair', { verdict: 'middle' }, 'A verdict is one of left, right, tie, both-bad, but got "middle".'],
    ['pair', { verdict: 'tie', strength: 1 }, 'A tie has no strength'],
    ['strength', { verdict: 'left', strength: 9 }, 'A strength is a whole number from 1'],
    ['pair', { score: 3 }, 'A rating is about one candidate, but the question shows 2.'],
    ['pair', { places: [1, 2, 3] }, 'A ranking of 2 needs 2 places, but got 3.'],
    ['pair', { best: -1 }, 'The best one (id -1) is not among those shown'],
    ['best', { best: -1 }, 'The best one (id -1) is not among those shown'],
    ['best', { verdict: 'left' }, 'A verdict is about two candidates, but the question shows 4.'],
    ['ranking', { verdict: 'left' }, 'A verdict is about two candidates, but the question shows 4.'],
    ['ranking', { places: [1, 2, 3] }, 'A ranking of 4 needs 4 places, but got 3.'],
    ['ranking', { places: [1, 2, 3, 5] }, 'A place is a whole number from 1 (best) to 4, but got 5.'],
    ['ranking', { score: 3 }, 'A rating is about one candidate, but the question shows 4.'],
    ['rating', { verdict: 'left' }, 'A verdict is about two candidates, but the question shows 1.'],
    ['rating', { places: [1] }, 'A ranking takes 2 to 9 candidates, but got 1.'],
    ['rating', { score: 0 }, 'A rating is a number from 1 to 5, but got 0.'],
    ['rating', {}, 'A rating is a number from 1 to 5, but got undefined.'],
  ])('in the mode %s, %j is refused, and nothing is recorded', async (mode, answer, sentence) => {
    const opened = await open(`#mode=${mode}`);
    refuses(opened, (playground) => playground.answer(answer as CardAnswer), sentence);
  });

  it('a question in another mode is asked when the mode changes, also by a link, and undone with it', async () => {
    const { playground } = await open();
    const { question } = playground.dataset;
    playground.configure({ mode: 'ranking', listLength: 3 });
    expect(shownNow(playground)).toHaveLength(3);
    playground.followHash('#simulated=0&mode=rating');
    expect(shownNow(playground)).toHaveLength(1);
    playground.followHash('#simulated=0&mode=criteria');
    expect(playground.dataset.question).toMatchObject({ criterion: 'worth' });
    playground.undo();
    playground.undo();
    expect(shownNow(playground)).toHaveLength(3);
    playground.undo();
    expect(playground.dataset.question).toEqual(question);
  });

  it('a question in another mode is asked after a reload under another link, the labels are kept', async () => {
    const storage = new MemoryStorage();
    const { playground: before } = await open('', storage);
    before.label('left');
    const kept = await open('#clip=0.3', storage, true);
    expect(kept.playground.dataset.question).toEqual(before.dataset.question);
    const { playground } = await open('#mode=ranking&listLength=5', storage, true);
    expect(playground.dataset.comparisons).toEqual(before.dataset.comparisons);
    expect(shownNow(playground)).toHaveLength(5);
  });

  it('lists and single ones are taken from the policy as it is now', async () => {
    const { engines, playground } = await open('#simulated=0&mode=ranking&listLength=3');
    engines.last.frame({ policy: { iteration: 9, now: pictureOf({ mean: [2, -2], logStd: [-5, -5] }) } });
    playground.configure({ pairSource: 'policy' });
    const { shown, fresh } = playground.dataset.question;
    expect(fresh.map(({ id }) => id)).toEqual(shown);
    for (const one of fresh) expect(Math.hypot(xOf(one) - 2, yOf(one) + 2)).toBeLessThan(0.1);
    playground.answer({ places: [3, 1, 2] });
    expect(last(playground)).toMatchObject({ kind: 'ranking', shown, source: 'policy' });
    expect(playground.dataset.candidates.slice(-3)).toEqual(fresh);
    playground.configure({ mode: 'rating' });
    const [one] = playground.dataset.question.fresh;
    playground.answer({ score: 2 });
    expect(last(playground)).toMatchObject({ kind: 'rating', item: one!.id, source: 'policy' });
    expect(playground.dataset.candidates.at(-1)).toEqual(one);
  });

  it('asks for the point that was just added, in lists and alone', async () => {
    for (const mode of ['best', 'ranking', 'rating', 'criteria', 'strength']) {
      const { playground } = await open(`#simulated=0&mode=${mode}`);
      const id = playground.addCandidate(contentOf(1, -1));
      expect(shownNow(playground), mode).toContain(id);
    }
  });
});

describe('each criterion', () => {
  const criteria = ['worth', 'near', 'north'];

  it('is asked one after the other about the same pair, and then about another', async () => {
    const { playground } = await open('#simulated=0&mode=criteria');
    const pairs: string[] = [];
    for (let k = 0; k < 9; k++) {
      const { question } = playground.dataset;
      expect(question.criterion).toBe(criteria[k % 3]);
      pairs.push(question.shown.join('/'));
      playground.answer({ verdict: k % 2 === 0 ? 'left' : 'right' });
      expect(last(playground)).toMatchObject({ kind: 'pair', criterion: criteria[k % 3] });
      expect(itemsOf(last(playground))).toEqual(question.shown);
    }
    expect(pairs.map((pair, k) => pairs.indexOf(pair) === k)).toEqual(
      [0, 1, 2].flatMap(() => [true, false, false]),
    );
  });

  it('undo goes back by one criterion', async () => {
    const { playground } = await open('#simulated=0&mode=criteria');
    const seen = [];
    for (let k = 0; k < 5; k++) {
      seen.push(playground.dataset);
      playground.answer({ verdict: 'left' });
    }
    for (const dataset of seen.toReversed()) {
      playground.undo();
      expect(playground.dataset).toBe(dataset);
    }
    expect(playground.undoable).toBeNull();
  });

  it('skipping goes to another pair, and to its first criterion', async () => {
    const { playground } = await open('#simulated=0&mode=criteria');
    playground.answer({ verdict: 'left' });
    const shown = shownNow(playground);
    expect(playground.dataset.question.criterion).toBe('near');
    playground.skip();
    expect(playground.dataset.question.criterion).toBe('worth');
    expect(shownNow(playground)).not.toEqual(shown);
    expect(playground.dataset.comparisons).toHaveLength(1);
  });

  it('of a pair of the policy: its candidates join once, with the first answer', async () => {
    const { playground } = await open('#simulated=0&mode=criteria&pairSource=policy');
    playground.skip();
    const { shown, fresh } = playground.dataset.question;
    expect(fresh.map(({ id }) => id)).toEqual(shown);
    for (const criterion of criteria) {
      expect(playground.dataset.question).toMatchObject({ shown, criterion, source: 'policy' });
      playground.answer({ verdict: 'right' });
      expect(playground.dataset.candidates.slice(200)).toEqual(fresh);
      expect(last(playground)).toMatchObject({ criterion, source: 'policy' });
    }
    expect(shownNow(playground)).not.toEqual(shown);
  });

  it('the same pair is asked to the end when the settings of the annotator change meanwhile', async () => {
    const { playground } = await open('#mode=criteria');
    playground.answer({ verdict: 'left' });
    const { question } = playground.dataset;
    playground.configure({ noise: 0.3 });
    expect(playground.dataset.question).toEqual(question);
  });
});

describe('recording by script', () => {
  it.each<Statement>([
    { kind: 'pair', left: 3, right: 9, verdict: 'right' },
    { kind: 'pair', left: 3, right: 9, verdict: 'left', strength: 4, criterion: 'near' },
    { kind: 'pair', left: 3, right: 9, verdict: 'tie', note: 'hard to say' },
    { kind: 'best', shown: [5, 6, 7], best: 6 },
    { kind: 'ranking', shown: [1, 2, 3, 4], places: [4, 2, 2, 1], criterion: 'north' },
    { kind: 'rating', item: 12, score: 2.5 },
  ])('%j: recorded as yours, while the cards show what they showed', async (said) => {
    const { engines, playground } = await open();
    const before = playground.dataset;
    const id = playground.record(said);
    expect(playground.dataset.comparisons).toEqual([{ ...said, id, annotator: 'you', source: 'start' }]);
    expect(playground.dataset.question).toEqual(before.question);
    expect(playground.undoable).toMatch(/^the label /);
    expect(engines.last.data!.observations.kind).toHaveLength(1);
    playground.undo();
    expect(playground.dataset).toBe(before);
    playground.redo();
    playground.configure({ seed: 8, noise: 0.4 });
    expect(byId(playground, id)).toEqual({ ...said, id, annotator: 'you', source: 'start' });
  });

  it.each<[unknown, string]>([
    [{ kind: 'pair', left: 0, right: 200, verdict: 'left' }, 'There is no candidate with the id 200.'],
    [{ kind: 'pair', left: 4, right: 4, verdict: 'left' }, 'compared with itself (id 4)'],
    [{ kind: 'ranking', shown: [1, 2], places: [1] }, 'A ranking of 2 needs 2 places, but got 1.'],
    [{ kind: 'ranking', places: [1] }, 'A ranking needs "shown"'],
    [{ kind: 'rating', item: 1, score: 'good' }, 'A rating is a number from 1 to 5, but got "good".'],
    [{ kind: 'duel' }, 'A comparison is of the kind pair, best, ranking or rating, but got "duel".'],
    [{}, 'A comparison is of the kind'],
    [null, 'A comparison is of the kind'],
    [undefined, 'A comparison is of the kind'],
    [
      { kind: 'rating', item: 1, score: 3, criterion: 'beauty' },
      'There is no criterion named "beauty". There are: worth, near, north.',
    ],
  ])('%j is refused, and nothing is recorded', async (said, sentence) => {
    refuses(await open(), (playground) => playground.record(said as Statement), sentence);
  });

  it('keeps a copy: what is done to the lists afterwards changes nothing', async () => {
    const { playground } = await open();
    const said = { kind: 'ranking' as const, shown: [1, 2, 3], places: [1, 2, 3] };
    playground.record(said);
    said.shown[0] = 99;
    said.places.reverse();
    expect(last(playground)).toMatchObject({ shown: [1, 2, 3], places: [1, 2, 3] });
  });

  it('nobody can pass as somebody else, or as an answer that is drawn', async () => {
    const { playground } = await open();
    const pretended = { id: 77, annotator: 'simulated', source: 'policy', draw: 0, edited: true };
    const said: Statement = { kind: 'rating', item: 1, score: 3 };
    const id = playground.record({ ...pretended, ...said });
    expect(playground.dataset.comparisons).toEqual([
      { kind: 'rating', item: 1, score: 3, id, annotator: 'you', source: 'start' },
    ]);
  });

  it('a candidate that is on the cards for the first time joins once, also when the cards are answered', async () => {
    const { playground } = await open('#simulated=0&pairSource=policy');
    playground.skip();
    const { shown, fresh } = playground.dataset.question;
    playground.record({ kind: 'rating', item: shown[0]!, score: 5 });
    expect(playground.dataset.candidates.slice(200)).toEqual([fresh[0]]);
    expect(shownNow(playground)).toEqual(shown);
    playground.label('left');
    expect(playground.dataset.candidates.slice(200)).toEqual(fresh);
    times(2, () => playground.undo());
    expect(playground.dataset.question.fresh).toEqual(fresh);
    expect(playground.dataset.candidates).toHaveLength(200);
  });
});

describe('changing what was said', () => {
  const three = { kind: 'ranking', shown: [1, 2, 3], places: [1, 2, 3] } as const;

  it.each<[string, Statement, CardAnswer, object]>([
    [
      'a winner',
      { kind: 'pair', left: 1, right: 2, verdict: 'left' },
      { verdict: 'right' },
      { verdict: 'right' },
    ],
    [
      'its strength',
      { kind: 'pair', left: 1, right: 2, verdict: 'left', strength: 1 },
      { verdict: 'left', strength: 4 },
      { strength: 4 },
    ],
    ['an order', three, { places: [2, 2, 1] }, { places: [2, 2, 1] }],
    ['the best', { kind: 'best', shown: [1, 2, 3], best: 1 }, { best: 3 }, { best: 3 }],
    ['a score', { kind: 'rating', item: 9, score: 1 }, { score: 5 }, { score: 5 }],
  ])('%s: what was shown stays, and it can be taken back', async (_, said, answer, changed) => {
    const { engines, playground } = await open();
    const id = playground.record({ ...said, criterion: 'near', note: 'sure' });
    const before = playground.dataset;
    playground.revise(id, answer);
    expect(last(playground)).toEqual({ ...before.comparisons[0], ...changed, edited: true });
    expect(itemsOf(last(playground))).toEqual(itemsOf(said));
    expect(engines.last.data!.version).toBeGreaterThan(1);
    playground.undo();
    expect(playground.dataset).toBe(before);
  });

  it('a strength that is not given again is gone', async () => {
    const { playground } = await open();
    const id = playground.record({ kind: 'pair', left: 1, right: 2, verdict: 'left', strength: 2 });
    playground.revise(id, { verdict: 'tie' });
    expect(last(playground)).toMatchObject({ verdict: 'tie' });
    expect(last(playground)).not.toHaveProperty('strength');
  });

  it('a simulated answer that was changed stays as it is when the annotator changes', async () => {
    const { playground } = await open('#simulated=5&simulatedMode=ranking&listLength=3');
    const { id, draw } = last(playground);
    playground.revise(id, { places: [1, 1, 1] });
    const changed = last(playground);
    expect(changed).toMatchObject({ id, draw, annotator: 'simulated', edited: true, places: [1, 1, 1] });
    for (const patch of [{ noise: 0.5 }, { simulatedMode: 'pair' }, { seed: 9 }, { simulated: 0 }]) {
      playground.configure(patch);
      expect(byId(playground, id)).toEqual(changed);
    }
    playground.configure({ simulated: 5 });
    expect(playground.dataset.comparisons).toHaveLength(5);
  });

  it.each<[unknown, string]>([
    [{ places: [1, 2] }, 'A ranking of 3 needs 3 places, but got 2.'],
    [{ places: [1, 2, 4] }, 'A place is a whole number from 1 (best) to 3, but got 4.'],
    [{ verdict: 'left' }, 'A verdict is about two candidates, but the question shows 3.'],
    [{ score: 3 }, 'A rating is about one candidate, but the question shows 3.'],
    [{ best: 7 }, 'The best one (id 7) is not among those shown: 1, 2, 3.'],
  ])('%j does not fit a ranking of three, and changes nothing', async (answer, sentence) => {
    const opened = await open();
    const id = opened.playground.record(three);
    refuses(opened, (playground) => playground.revise(id, answer as CardAnswer), sentence);
  });

  it('of a comparison that there is not, says so', async () => {
    const opened = await open();
    const sentence = 'There is no comparison with the id 4711.';
    refuses(opened, (playground) => playground.revise(4711, { score: 3 }), sentence);
    refuses(opened, (playground) => playground.flip(4711), sentence);
    refuses(opened, (playground) => playground.annotate(4711, 'hm'), sentence);
  });
});

describe('turning round', () => {
  it('rankings and ratings, and back by undo', async () => {
    const { playground } = await open();
    const ranking = playground.record({ kind: 'ranking', shown: [1, 2, 3], places: [1, 2, 2] });
    const rating = playground.record({ kind: 'rating', item: 4, score: 2 });
    const before = playground.dataset;
    playground.flip(ranking);
    playground.flip(rating);
    expect(byId(playground, ranking)).toMatchObject({ places: [2, 1, 1], edited: true });
    expect(byId(playground, rating)).toMatchObject({ score: 4, edited: true });
    times(2, () => playground.undo());
    expect(playground.dataset).toBe(before);
  });

  it('the best of several has no opposite: nothing happens, and there is nothing to undo', async () => {
    const opened = await open();
    const id = opened.playground.record({ kind: 'best', shown: [1, 2, 3], best: 2 });
    const { dataset, undoable } = opened.playground;
    opened.playground.flip(id);
    expect(opened.playground.dataset).toBe(dataset);
    expect(opened.playground.undoable).toBe(undoable);
  });
});

describe('a remark', () => {
  it('is written beside a comparison, changed and taken away', async () => {
    const { playground } = await open();
    const id = playground.label('left');
    const plain = last(playground);
    playground.annotate(id, '  not sure  ');
    expect(last(playground)).toEqual({ ...plain, note: 'not sure' });
    playground.annotate(id, 'sure now');
    expect(last(playground)).toEqual({ ...plain, note: 'sure now' });
    playground.annotate(id, '   ');
    expect(last(playground)).toEqual(plain);
    expect(last(playground)).not.toHaveProperty('note');
  });

  it('is one step as it is typed; beside another comparison it is another', async () => {
    const { playground } = await open();
    const [first, second] = [playground.label('left'), playground.label('right')];
    const before = playground.dataset;
    for (const text of ['n', 'no', 'not', 'not sure']) playground.annotate(first, text);
    playground.annotate(second, 'sure');
    playground.undo();
    expect(byId(playground, first).note).toBe('not sure');
    expect(byId(playground, second)).not.toHaveProperty('note');
    playground.undo();
    expect(playground.dataset).toBe(before);
  });

  it('that says what it said is nothing to undo', async () => {
    const { playground } = await open();
    const id = playground.label('left');
    const { dataset, undoable } = playground;
    playground.annotate(id, '');
    expect([playground.dataset, playground.undoable]).toEqual([dataset, undoable]);
    playground.annotate(id, 'sure');
    playground.label('left');
    const later = playground.dataset;
    playground.annotate(id, ' sure ');
    expect(playground.dataset).toBe(later);
    expect(playground.undoable).toMatch(/^the label/);
  });

  it('has at most 500 characters', async () => {
    const { playground } = await open();
    playground.annotate(playground.label('left'), 'ä'.repeat(800));
    expect(last(playground).note).toBe('ä'.repeat(500));
  });

  it('beside a simulated answer stays when that is drawn again, and does not keep it from being drawn', async () => {
    const { playground } = await open('#simulated=30');
    for (const { id } of playground.dataset.comparisons) playground.annotate(id, `about ${id}`);
    const before = playground.dataset.comparisons;
    playground.configure({ noise: 0.5, temperature: 5 });
    const after = playground.dataset.comparisons;
    expect(after.map(({ note }) => note)).toEqual(before.map(({ id }) => `about ${id}`));
    expect(after).not.toEqual(before);
    expect(after.some(({ edited }) => edited)).toBe(false);
  });

  it('stays when the comparison is turned round or changed', async () => {
    const { playground } = await open();
    const id = playground.label('left');
    playground.annotate(id, 'hm');
    playground.flip(id);
    playground.revise(id, { verdict: 'tie' });
    expect(last(playground)).toMatchObject({ verdict: 'tie', note: 'hm' });
  });
});

function times(count: number, act: () => void): void {
  for (let k = 0; k < count; k++) act();
}
