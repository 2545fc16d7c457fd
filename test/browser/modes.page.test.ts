// Every way of asking, by mouse, by keyboard and by touch: what is recorded, and what is refused.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, comparisons, settings, stage, visiting, withoutEngine } from './visiting.ts';

const visit = visiting();

/** Opens the page with nothing recorded, asking in a mode. */
async function asking(mode: string, more = ''): Promise<Page> {
  const page = await visit({
    prepare: withoutEngine,
    hash: `#simulated=0&mode=${mode}${more}`,
    reducedMotion: 'reduce', // what moves has another size for a moment
  });
  await question(page).locator('[data-side], [data-rank]').first().waitFor();
  // Elsewhere ↑ and ↓ scroll.
  await stage(page, 'preferences').focus();
  return page;
}
const question = (page: Page) => stage(page, 'preferences');
const cards = (page: Page) => question(page).locator('[data-side]');
/** The ids on the cards, in the order they are shown. */
const shown = async (page: Page) =>
  (await cards(page).allInnerTexts()).map((text) => Number(/#(\d+)/.exec(text)![1]));
/** The same of a ranking, in the order in which they stand. */
const listed = (page: Page) =>
  question(page)
    .locator('[data-rank]')
    .evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.rank)));
const places = (page: Page) => question(page).locator('[data-place]').allInnerTexts();
const last = async (page: Page) => (await comparisons(page)).at(-1);
const count = async (page: Page) => (await comparisons(page)).length;
const said = (page: Page) => page.locator('[aria-live="polite"].sr-only').innerText();
const keys = async (page: Page, ...pressed: string[]) => {
  for (const key of pressed) await page.keyboard.press(key);
};

describe('the mode', () => {
  it('is chosen in the stage, changes the cards at once, and is undone', async () => {
    const page = await asking('pair');
    const modes = page.locator('[data-setting="mode"]').getByRole('combobox');
    const expected = { strength: 2, criteria: 2, best: 4, rating: 1 };
    for (const [mode, cardCount] of Object.entries(expected)) {
      await modes.selectOption(mode);
      await expect.poll(() => cards(page).count()).toBe(cardCount);
      expect((await settings(page)).mode).toBe(mode);
    }
    await modes.selectOption('ranking');
    expect(await listed(page)).toHaveLength(4);
    await stage(page, 'preferences').focus();
    await page.keyboard.press('Backspace');
    expect((await settings(page)).mode).toBe('rating');
    expect(await cards(page).count()).toBe(1);
  });

  it.each(['pair', 'strength', 'criteria', 'best', 'ranking', 'rating'])(
    '%s is accessible, in the stage and opened full width',
    async (mode) => {
      const page = await asking(mode);
      expect(await axeViolations(page)).toEqual([]);
      await button(page, 'open Preferences full width').click();
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  it.each(['pair', 'strength', 'criteria', 'best', 'ranking', 'rating'])(
    '%s fits a phone with fingers',
    async (mode) => {
      const page = await visit({
        prepare: withoutEngine,
        hash: `#mode=${mode}&listLength=9`,
        width: 360,
        height: 780,
        hasTouch: true,
      });
      await question(page).locator('[data-side], [data-rank]').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      const targets = question(page).locator('[aria-keyshortcuts], [data-grip]');
      const sizes = await targets.evaluateAll((all) =>
        all.map((one) => {
          const { width, height, left, right } = one.getBoundingClientRect();
          return { width, height, inside: left >= 0 && right <= innerWidth };
        }),
      );
      expect(sizes.length).toBeGreaterThan(0);
      for (const { width, height, inside } of sizes) {
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(30);
        expect(height).toBeGreaterThanOrEqual(40);
        expect(inside).toBe(true);
      }
    },
  );
});

describe.each([
  [1440, 900],
  [1280, 720],
])('opened full width at %d × %d', (width, height) => {
  it.each(['pair', 'strength', 'best', 'ranking', 'rating'])('%s stays above the settings', async (mode) => {
    const page = await visit({
      prepare: withoutEngine,
      hash: `#mode=${mode}&listLength=9&pairSource=repeats`,
      width,
      height,
    });
    await button(page, 'open Preferences full width').click();
    await cards(page).or(question(page).locator('[data-rank]')).first().waitFor();
    const { y: settingsTop } = (await question(page).locator('.settings').boundingBox())!;
    for (const part of ['.question', '[role="tabpanel"]']) {
      const { y, height: tall } = (await question(page).locator(part).boundingBox())!;
      expect(y + tall, part).toBeLessThanOrEqual(settingsTop);
    }
    const scrolls = await question(page)
      .locator('.question')
      .evaluate((part) => part.scrollHeight - part.clientHeight);
    // Nine to be ranked do not fit a low window; there they scroll.
    if (height >= 900) expect(scrolls).toBeLessThanOrEqual(0);
  });
});

describe('how much better', () => {
  it('digits are eight grades from left to right, as they lie on the keyboard', async () => {
    const page = await asking('strength');
    const expected = [];
    for (let digit = 1; digit <= 8; digit++) {
      const [left, right] = await shown(page);
      await page.keyboard.press(String(digit));
      expected.push({
        kind: 'pair',
        left,
        right,
        verdict: digit <= 4 ? 'left' : 'right',
        strength: digit <= 4 ? 5 - digit : digit - 4,
        annotator: 'you',
      });
    }
    await keys(page, 'ArrowDown', 'b', 'ArrowUp', '9', 'ArrowLeft');
    const all = await comparisons(page);
    expect(all).toMatchObject([...expected, { verdict: 'tie' }, { verdict: 'both-bad' }]);
    expect(all.slice(8).some((comparison) => 'strength' in comparison)).toBe(false);
  });

  it('so are the buttons, and the cards alone are no answer', async () => {
    const page = await asking('strength');
    await button(question(page), 'left much better').click();
    await button(question(page), 'right slightly better').click();
    await cards(page).first().click();
    expect(await comparisons(page)).toMatchObject([
      { verdict: 'left', strength: 4 },
      { verdict: 'right', strength: 2 },
    ]);
  });
});

describe('each criterion', () => {
  it('asks one after the other about the same pair, then about the next pair', async () => {
    const page = await asking('criteria');
    const [left, right] = await shown(page);
    const asked = () => question(page).locator('header p').innerText();
    expect(await asked()).toBe('Which is worth more? (1 of 3)');
    await page.keyboard.press('ArrowLeft');
    expect(await asked()).toBe('Which is nearer to the start? (2 of 3)');
    expect(await said(page)).toContain('Which is nearer to the start? (2 of 3)');
    expect(await shown(page)).toEqual([left, right]);
    await page.keyboard.press('ArrowDown');
    await cards(page).nth(1).click();
    expect(await asked()).toBe('Which is worth more? (1 of 3)');
    expect(await shown(page)).not.toEqual([left, right]);
    expect(await comparisons(page)).toMatchObject([
      { left, right, verdict: 'left', criterion: 'worth' },
      { left, right, verdict: 'tie', criterion: 'near' },
      { left, right, verdict: 'right', criterion: 'north' },
    ]);
    await page.keyboard.press('Backspace');
    expect(await asked()).toBe('Which lies further north? (3 of 3)');
  });
});

describe('the best of several', () => {
  it('by digit and by press', async () => {
    const page = await asking('best', '&listLength=5');
    const first = await shown(page);
    expect(first).toHaveLength(5);
    await page.keyboard.press('3');
    const second = await shown(page);
    await cards(page).nth(4).click();
    await keys(page, '6', 'ArrowUp');
    expect(await comparisons(page)).toMatchObject([
      { kind: 'best', shown: first, best: first[2] },
      { kind: 'best', shown: second, best: second[4] },
    ]);
    expect(await said(page)).toMatch(/^Skipped\. Which of these 5 is the best\? 1: #/);
  });
});

describe('a ranking', () => {
  it('by digits in order of preference, a tie and Enter; the one that is left over is last', async () => {
    const page = await asking('ranking');
    const ids = await listed(page);
    await keys(page, '3', '1', 't', '4');
    expect(await listed(page)).toEqual([ids[2], ids[0], ids[3], ids[1]]);
    expect((await places(page)).map((text) => text.replace(/\D/g, ''))).toEqual(['1', '1', '3', '']);
    await page.keyboard.press('Enter');
    expect(await last(page)).toMatchObject({ kind: 'ranking', shown: ids, places: [1, 4, 1, 3] });
    expect(await listed(page)).not.toEqual(ids);
  });

  it('Enter says what is missing, Backspace takes back one place and then the last record', async () => {
    const page = await asking('ranking');
    await keys(page, '1', '2', '3', '4', 'Enter');
    await keys(page, '2', '1', 'Enter');
    expect(await said(page)).toMatch(/^2 have no place yet/);
    expect(await count(page)).toBe(1);
    await keys(page, 'Backspace', 'Backspace');
    expect(await count(page), 'the record stays').toBe(1);
    await page.keyboard.press('Backspace');
    expect(await count(page)).toBe(0);
  });

  it('by mouse: pressing rows, then the button', async () => {
    const page = await asking('ranking');
    const ids = await listed(page);
    const row = (id: number) => question(page).locator(`[data-rank="${id}"] button`).first();
    expect(await button(question(page), 'record').isDisabled()).toBe(true);
    for (const k of [1, 3, 0, 2]) await row(ids[k]!).click();
    await button(question(page), `tie #${ids[0]} with the one above`).click();
    await button(question(page), 'record').click();
    expect(await last(page)).toMatchObject({ shown: ids, places: [2, 1, 4, 2] });
  });

  it('by dragging: all that is listed has a place then', async () => {
    const page = await asking('ranking');
    const ids = await listed(page);
    const box = async (id: number) => (await question(page).locator(`[data-rank="${id}"]`).boundingBox())!;
    const [from, to] = [await box(ids[3]!), await box(ids[0]!)];
    await page.mouse.move(from.x + 60, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + to.height / 2, { steps: 12 });
    await page.mouse.up();
    expect(await listed(page)).toEqual([ids[3], ids[0], ids[1], ids[2]]);
    await page.keyboard.press('Enter');
    expect(await last(page)).toMatchObject({ shown: ids, places: [2, 3, 4, 1] });
    // The focus was on a row that is gone: ↑ still means the cards.
    const next = await listed(page);
    await page.keyboard.press('ArrowUp');
    expect(await listed(page)).not.toEqual(next);
  });

  it('by a finger at the grip', async () => {
    const page = await visit({
      prepare: withoutEngine,
      hash: '#simulated=0&mode=ranking',
      width: 390,
      height: 800,
      hasTouch: true,
    });
    await question(page).locator('[data-rank]').first().waitFor();
    const ids = await listed(page);
    const grip = question(page).locator(`[data-rank="${ids[0]}"] [data-grip]`);
    await grip.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await grip.boundingBox())!;
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', down: number) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x: x + width / 2, y: y + height / 2 + down }],
      });
    const scrolled = await page.evaluate(() => scrollY);
    await touch('touchStart', 0);
    for (let k = 1; k <= 10; k++) await touch('touchMove', 10 * k);
    await touch('touchEnd', 100);
    expect(await listed(page)).toEqual([ids[1], ids[2], ids[0], ids[3]]);
    expect(await page.evaluate(() => scrollY)).toBe(scrolled);
    await page.waitForTimeout(500); // sooner, the browser takes a tap for the second of two
    await button(question(page), 'record').tap();
    await expect.poll(() => last(page)).toMatchObject({ shown: ids, places: [3, 1, 2, 4] });
  });

  it('by the buttons of each row, for those who hear the page; each move is said', async () => {
    const page = await asking('ranking');
    const ids = await listed(page);
    const down = button(question(page), `move #${ids[0]} down`);
    await down.focus();
    await page.keyboard.press('Enter');
    expect(await listed(page)).toEqual([ids[1], ids[0], ids[2], ids[3]]);
    expect(await said(page)).toBe(`#${ids[0]} is at 2 of 4.`);
    expect(await count(page), 'Enter on a button presses it').toBe(0);
    await button(question(page), 'record').click();
    expect(await last(page)).toMatchObject({ shown: ids, places: [2, 1, 3, 4] });
  });

  it('what was begun is not taken over to the next question', async () => {
    const page = await asking('ranking');
    await keys(page, '2', '1');
    await button(question(page), 'skip').click();
    expect((await places(page)).every((text) => !/\d/.test(text))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await count(page)).toBe(0);
  });
});

describe('a rating', () => {
  it('by digit and by button', async () => {
    const page = await asking('rating');
    const expected = [];
    for (let score = 1; score <= 5; score++) {
      expected.push({ kind: 'rating', item: (await shown(page))[0], score });
      await page.keyboard.press(String(score));
    }
    expected.push({ kind: 'rating', item: (await shown(page))[0], score: 4 });
    await button(question(page), 'good').click();
    await keys(page, '6', '0', 'ArrowLeft');
    expect(await comparisons(page)).toMatchObject(expected);
    expect(await count(page)).toBe(6);
  });
});

describe('what a script says that makes no sense', () => {
  it.each([
    [{ kind: 'ranking', shown: [1, 2, 1], places: [1, 2, 3] }, /twice: id 1/],
    [{ kind: 'best', shown: [1, 1], best: 1 }, /twice: id 1/],
    [{ kind: 'pair', left: 4, right: 4, verdict: 'left' }, /with itself \(id 4\)/],
    [{ kind: 'pair', left: 4, right: 5, verdict: 'left', strength: 5 }, /from 1 .* to 4 .* got 5/],
    [{ kind: 'pair', left: 4, right: 5, verdict: 'up' }, /one of left, right, tie/],
    [{ kind: 'rating', item: 4, score: 6 }, /from 1 to 5, but got 6/],
    [{ kind: 'ranking', shown: [1, 2], places: [1, 3] }, /from 1 \(best\) to 2, but got 3/],
    [{ kind: 'pair', left: 4, right: 99_999, verdict: 'left' }, /no candidate with the id 99999/],
    [{ kind: 'guess' }, /kind pair, best, ranking or rating/],
  ])('%j is refused with a sentence, and nothing is recorded', async (nonsense, why) => {
    const page = await asking('pair');
    const message = await page.evaluate((given) => {
      try {
        window.playground.record(given as never);
        return 'recorded';
      } catch (error) {
        return (error as Error).message;
      }
    }, nonsense);
    expect(message).toMatch(why);
    expect(await count(page)).toBe(0);
    expect(await button(page, /^undo/).isDisabled()).toBe(true);
  });
});
