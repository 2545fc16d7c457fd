// Stage 2 opened full width: the history with its tools, and whether the answers fit together.
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, comparisons, ready, settings, stage, visiting, withoutEngine } from './visiting.ts';

const visit = visiting();

async function open(hash: string, more: Parameters<typeof visit>[0] = {}): Promise<Page> {
  const page = await visit({ prepare: withoutEngine, hash, ...more });
  await button(page, 'open Preferences full width').click();
  await history(page).waitFor();
  return page;
}
const history = (page: Page) => stage(page, 'preferences').getByRole('region', { name: 'history' });
const rows = (page: Page) => history(page).locator('[data-comparison]');
const row = (page: Page, id: number): Locator => history(page).locator(`[data-comparison="${id}"]`);
/** The ids of the rows from the top to the bottom, as far as they are in the page. */
const listed = (page: Page) =>
  rows(page).evaluateAll((all) =>
    all
      .map((one) => ({
        id: Number((one as HTMLElement).dataset.comparison),
        top: one.getBoundingClientRect().top,
      }))
      .sort((a, b) => a.top - b.top)
      .map(({ id }) => id),
  );
const choose = (page: Page, label: string, option: string) =>
  history(page).getByLabel(label, { exact: true }).selectOption({ label: option });
const found = async (page: Page, id: number) => (await comparisons(page)).find((one) => one.id === id)!;
const finding = (page: Page, name: string) => page.locator(`[data-finding="${name}"]`);
/** One of a row of options, which is drawn by its label. */
const option = (within: Locator, name: string) =>
  within.locator('label', { has: within.page().getByRole('radio', { name, exact: true }) });

/** Records one comparison of each kind; their ids. */
const oneOfEach = (page: Page) =>
  page.evaluate(() => ({
    pair: window.playground.record({ kind: 'pair', left: 1, right: 2, verdict: 'left', strength: 2 }),
    best: window.playground.record({ kind: 'best', shown: [3, 4, 5], best: 4 }),
    ranking: window.playground.record({ kind: 'ranking', shown: [6, 7, 8], places: [1, 2, 3] }),
    rating: window.playground.record({ kind: 'rating', item: 9, score: 2 }),
    criterion: window.playground.record({
      kind: 'pair',
      left: 10,
      right: 11,
      verdict: 'tie',
      criterion: 'near',
    }),
  }));

describe('the history', () => {
  it('is put in order, searched and filtered', async () => {
    const page = await open('#simulated=6');
    const ids = await oneOfEach(page);
    const newest = [ids.criterion, ids.rating, ids.ranking, ids.best, ids.pair];
    expect((await listed(page)).slice(0, 5)).toEqual(newest);
    expect(await rows(page).count()).toBe(11);

    await choose(page, 'order', 'oldest');
    expect((await listed(page)).slice(-5)).toEqual(newest.toReversed());
    await choose(page, 'order', 'annotator');
    expect((await listed(page)).slice(-5)).toEqual(newest);
    await choose(page, 'order', 'newest');

    await choose(page, 'by', 'you');
    expect(await listed(page)).toEqual(newest);
    await choose(page, 'asked for', 'ranking');
    expect(await listed(page)).toEqual([ids.ranking]);
    await button(history(page), 'show all').click();
    await choose(page, 'criterion', 'nearness');
    expect(await listed(page)).toEqual([ids.criterion]);
    await button(history(page), 'show all').click();
    await choose(page, 'show', 'not used');
    expect(await listed(page)).toEqual([ids.criterion]);
    await choose(page, 'show', 'all');

    const search = history(page).getByRole('searchbox');
    await search.fill('slightly');
    expect(await listed(page)).toEqual([ids.pair]);
    await search.fill('#9 you');
    expect(await listed(page)).toEqual([ids.rating]);
    await search.fill('nothing like it');
    await history(page).getByText('Nothing recorded is like that.').waitFor();
    expect(await history(page).getByRole('status').innerText()).toBe('0 of 11');
  });

  it('every kind is edited in its row, as one undo each', async () => {
    const page = await open('#simulated=3');
    const ids = await oneOfEach(page);
    const before = await comparisons(page);
    const edit = async (id: number) => {
      await button(row(page, id), /^edit/).click();
      return page.locator(`[data-editor="${id}"]`);
    };

    let editor = await edit(ids.pair);
    await option(editor, '#2 (right)').click();
    expect(await found(page, ids.pair)).toMatchObject({ verdict: 'right', strength: 2, edited: true });
    await option(editor, 'much better').click();
    expect(await found(page, ids.pair)).toMatchObject({ verdict: 'right', strength: 4 });
    await option(editor, 'both bad').click();
    expect(await found(page, ids.pair)).not.toHaveProperty('strength');

    editor = await edit(ids.best);
    expect(await page.locator('[data-editor]').count(), 'one at a time').toBe(1);
    await option(editor, '#5').click();
    expect(await found(page, ids.best)).toMatchObject({ shown: [3, 4, 5], best: 5 });

    editor = await edit(ids.ranking);
    await button(editor, 'move #8 up').click();
    await button(editor, 'tie #7 with the one above').click();
    expect(await found(page, ids.ranking), 'not before it is recorded').toMatchObject({ places: [1, 2, 3] });
    await button(editor, 'record this order').click();
    expect(await found(page, ids.ranking)).toMatchObject({ shown: [6, 7, 8], places: [1, 2, 2] });

    editor = await edit(ids.rating);
    await option(editor, '5').click();
    expect(await found(page, ids.rating)).toMatchObject({ score: 5 });

    await choose(page, 'show', 'edited');
    expect((await listed(page)).sort()).toEqual([ids.pair, ids.best, ids.ranking, ids.rating].sort());
    await editor.getByRole('button', { name: 'done' }).focus();
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-editor]').count()).toBe(0);
    expect(await stage(page, 'candidates').count(), 'the stage stays open').toBe(0);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^edit #9/);

    for (let k = 0; k < 6; k++) await page.keyboard.press('Control+z');
    expect(await comparisons(page)).toEqual(before);
  });

  it('what is under an open editor is pushed down, not covered', async () => {
    const page = await open('#simulated=40');
    const [first, second] = await listed(page);
    await button(row(page, first!), /^edit/).click();
    const editor = page.locator('[data-editor]');
    await expect
      .poll(async () => {
        const above = (await editor.boundingBox())!;
        return (await row(page, second!).boundingBox())!.y - (above.y + above.height);
      })
      .toBeGreaterThanOrEqual(-1);
  });

  it('a remark is written, found, kept over a reload, and taken away', async () => {
    const page = await open('#simulated=5');
    const [id] = await listed(page);
    await button(row(page, id!), /^edit/).click();
    const remark = page.locator('[data-editor]').getByLabel('remark');
    await remark.fill('ask Ada ← again');
    await remark.press('Enter');
    expect(await found(page, id!)).toMatchObject({ note: 'ask Ada ← again' });
    expect(await row(page, id!).innerText()).toContain('“ask Ada ← again”');
    expect(await comparisons(page), 'typing is no answer').toHaveLength(5);
    await choose(page, 'show', 'with a remark');
    expect(await listed(page)).toEqual([id]);

    const kept = await comparisons(page);
    await page.reload();
    await expect.poll(() => comparisons(page)).toEqual(kept);
    await button(page, 'open Preferences full width').click();
    await button(row(page, id!), /^edit/).click();
    await remark.fill('');
    await remark.press('Enter');
    expect(await found(page, id!)).not.toHaveProperty('note');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
    expect(await found(page, id!)).toHaveProperty('note');
  });

  it('lines are turned round and deleted, and that undone', async () => {
    const page = await open('#simulated=4');
    const before = await comparisons(page);
    const [first, second] = await listed(page);
    await button(row(page, first!), /^flip/).click();
    await button(row(page, second!), /^delete/).click();
    expect(await rows(page).count()).toBe(3);
    expect(await found(page, first!)).toMatchObject({ edited: true });
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    expect(await comparisons(page)).toEqual(before);
  });

  it('thousands are scrolled through and edited with few rows in the page', async () => {
    const page = await open('#simulated=5000');
    const all = await comparisons(page);
    const list = history(page).getByRole('region');
    const most = async () => expect(await rows(page).count()).toBeLessThan(60);
    await most();
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await row(page, all[2490]!.id).waitFor();
    await most();
    await button(row(page, all[2490]!.id), /^edit/).click();
    const editor = page.locator('[data-editor]');
    await option(editor, 'tie').click();
    expect(await found(page, all[2490]!.id)).toMatchObject({ verdict: 'tie', edited: true });
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await row(page, all[0]!.id).waitFor();
    await list.evaluate((element) => element.scrollTo(0, 0));
    await row(page, all.at(-1)!.id).waitFor();
    expect((await listed(page))[0]).toBe(all.at(-1)!.id);
    await most();
  });

  it('rows keep their places while somebody points at them, although the margins change', async () => {
    const page = await visit({ hash: '#simulated=60&noise=0.3' });
    await ready(page);
    await page.evaluate(() => window.playground.train(30));
    await button(page, 'open Preferences full width').click();
    await choose(page, 'order', 'lowest margin');
    await rows(page).first().hover();
    const before = await listed(page);
    await page.evaluate(() => window.playground.train(400));
    await expect.poll(() => stage(page, 'preferences').locator('[data-finding]').count()).toBeGreaterThan(2);
    expect(await listed(page)).toEqual(before);
    await page.locator('h1').hover();
    await expect.poll(() => listed(page)).not.toEqual(before);
  });
});

describe('consistency', () => {
  it('finds cycles, shows the three comparisons of one, and turning one round mends it', async () => {
    const page = await open('#simulated=8');
    const ids = await page.evaluate(() => [
      window.playground.prefer(101, 102),
      window.playground.prefer(102, 103),
      window.playground.prefer(103, 101),
    ]);
    const cycles = finding(page, 'cycles');
    await expect.poll(() => cycles.locator('[data-value]').innerText()).toBe('1 of 1');
    await cycles.getByRole('button', { name: '#101 ≻ #102 ≻ #103 ≻ #101' }).click();
    expect((await listed(page)).sort()).toEqual([...ids].sort());
    await button(row(page, ids[2]!), /^flip/).click();
    await expect.poll(() => cycles.locator('[data-value]').innerText()).toBe('0 of 1');
    await button(history(page), 'show all').click();
    expect(await rows(page).count()).toBe(11);
  });

  it('repeats, sides and agreement say what there is, and what is missing', async () => {
    const page = await open('#simulated=0');
    await expect.poll(() => finding(page, 'asked again').innerText()).toContain('Nobody was asked');
    expect(await finding(page, 'agreement').innerText()).toContain('Only one annotator so far');
    await page.evaluate(() => {
      const { record } = window.playground;
      record({ kind: 'pair', left: 1, right: 2, verdict: 'left' });
      record({ kind: 'pair', left: 2, right: 1, verdict: 'right' });
      record({ kind: 'pair', left: 1, right: 2, verdict: 'right' });
    });
    await expect
      .poll(() => finding(page, 'asked again').locator('[data-value]').innerText())
      .toMatch(/^33 %/);
    // Two of the same question as it was shown are one; it comes out as a tie.
    expect(await finding(page, 'left preferred').locator('[data-value]').innerText()).toBe('0 % (0 to 79)');

    await page.evaluate(() => window.playground.configure({ annotators: 3 }));
    await button(page, 'simulate 40 comparisons').click();
    const alpha = finding(page, 'Krippendorff’s α').locator('[data-value]');
    await expect.poll(() => alpha.innerText()).toMatch(/^−?[01]\.\d\d$/);
    expect(await finding(page, 'Fleiss’ κ').innerText()).toContain('3 annotators answered each');
    expect(await finding(page, 'Cohen’s κ').innerText()).toMatch(/simulated \d and simulated \d/);

    await stage(page, 'preferences').getByLabel('answers of').selectOption('simulated 2');
    await expect.poll(() => finding(page, 'asked again').innerText()).toContain('Nobody was asked');
  });

  it('likely wrong labels are counted, and shown worst first', async () => {
    const page = await visit({ hash: '#simulated=200&noise=0.3&points=40&heldOut=0' });
    await ready(page);
    await page.evaluate(() => window.playground.train(300));
    await button(page, 'open Preferences full width').click();
    const wrong = finding(page, 'likely wrong');
    await expect.poll(async () => Number(await wrong.locator('[data-value]').innerText())).toBeGreaterThan(0);
    await button(wrong, 'show them').click();
    const margins = async () =>
      (await history(page).locator('.margin').allInnerTexts()).map((text) =>
        Number(text.replace('−', '-').replace(/[^\d.-]/g, '')),
      );
    const shown = await margins();
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.every((margin) => margin < -0.99)).toBe(true);
    expect(await history(page).getByLabel('order', { exact: true }).inputValue()).toBe('doubt');
    expect((await settings(page)).noise).toBe(0.3);
  });

  it('held-out models find a label that the live one has learned by heart, by keyboard alone', async () => {
    // A wide head, and every point compared about once: it can learn whatever is said.
    const page = await visit({
      hash: '#simulated=150&points=300&features=64&hiddenLayers=1&hiddenWidth=64&batchSize=512&learningRate=0.01&weightDecay=0&heldOut=0&noise=0&temperature=0.05',
    });
    await ready(page);
    const clear = await page.evaluate(async () => {
      const { playground } = window;
      await playground.train(300);
      const rewards = await playground.rewards();
      const rowOf = new Map(playground.candidates().items.map(({ id }, row) => [id, row]));
      const rewardOf = (id: number) => rewards[rowOf.get(id)!]!;
      const all = playground.comparisons().flatMap((one) => {
        if (one.kind !== 'pair') return [];
        const margin = Math.abs(rewardOf(one.left) - rewardOf(one.right));
        return [{ id: one.id, left: one.left, right: one.right, margin }];
      });
      return all.sort((a, b) => b.margin - a.margin)[20]!;
    });
    await button(page, 'open Preferences full width').click();
    await history(page).getByRole('searchbox').fill(`#${clear.left} #${clear.right}`);
    await button(row(page, clear.id), /^flip/).click();
    await page.evaluate(() => window.playground.train(4000));
    const mark = row(page, clear.id).locator('.margin .sr-only');
    const margin = row(page, clear.id).locator('.margin');
    await expect.poll(() => margin.innerText()).toMatch(/^\+/);
    expect(await mark.count(), 'the live model has learned it').toBe(0);

    const wrong = finding(page, 'likely wrong');
    await button(wrong, 'check labels with held-out models').focus();
    await page.keyboard.press('Enter');
    await wrong.getByRole('progressbar', { name: 'held-out models' }).waitFor();
    await button(wrong, 'cancel').waitFor();
    await page.keyboard.press('Enter');
    await wrong.locator('[data-check="none"]').waitFor();
    await page.keyboard.press('Enter');
    await wrong.locator('[data-check="found"]').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('check labels again');
    expect(await wrong.innerText()).toContain('150 labels judged.');
    expect(await mark.innerText()).toBe('likely wrong,');

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    expect((await listed(page)).slice(0, 4)).toContain(clear.id);
    await row(page, clear.id).getByRole('button', { name: /^flip/ }).focus();
    await page.keyboard.press('Enter');
    await wrong.getByText('1 label has changed since.').waitFor();
    await button(history(page), 'show all').click();
    await history(page).getByRole('searchbox').fill(`#${clear.left} #${clear.right}`);
    // What it says now was judged by nobody but the live model, which has learned the opposite.
    expect(await mark.innerText()).toBe('doubted by the live model,');
  });
});

describe('everybody can use it', () => {
  it.each([
    ['light', 1440, 900],
    ['dark', 1440, 900],
    ['light', 360, 780],
  ] as const)('in the %s, %d × %d, with an editor open', async (colorScheme, width, height) => {
    const page = await open('#simulated=30&annotators=3&noise=0.3', {
      colorScheme,
      width,
      height,
      reducedMotion: 'reduce',
    });
    await oneOfEach(page);
    await page.evaluate(() => {
      for (const [a, b] of [
        [101, 102],
        [102, 103],
        [103, 101],
      ])
        window.playground.prefer(a!, b!);
    });
    await finding(page, 'cycles').getByRole('button').first().waitFor();
    for (const kind of ['#6 ≻', '#1 ≻']) {
      await button(history(page), new RegExp(`^edit ${kind}`)).click();
      // The bar that stays at the top of a phone covers half of what is scrolled under it.
      await page.evaluate(() => scrollTo(0, 0));
      expect(await axeViolations(page)).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
