// Choosing between pairs, by mouse and by keyboard, and what can be done with the candidates and the list.
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import {
  button,
  card,
  comparisons,
  notice,
  pictureOf,
  reach,
  ready,
  stage,
  standstill,
  visiting,
  withoutEngine,
} from './visiting.ts';

const visit = visiting();
const prepare = withoutEngine;

/** The names of the two on the cards, for example ["#186", "#116"]. */
const shown = (page: Page) =>
  Promise.all(
    (['left', 'right'] as const).map(async (side) => /[#+π]\d+/.exec(await card(page, side).innerText())![0]),
  );
const count = async (page: Page) => (await comparisons(page)).length;
/** What was recorded, all of which are pairs. */
async function pairs(page: Page) {
  const all = await comparisons(page);
  const found = all.filter((comparison) => comparison.kind === 'pair');
  expect(found).toHaveLength(all.length);
  return found;
}
const points = (page: Page) => page.evaluate(() => window.playground.candidates().items);
const row = (page: Page, id: number): Locator => page.locator(`[data-comparison="${id}"]`);

describe('labelling by mouse', () => {
  it('a press on a card, or on a button, is an answer, and the next pair is there', async () => {
    const page = await visit({ hash: '#simulated=0' });
    const preferences = stage(page, 'preferences');
    const answers = [
      [card(page, 'left'), 'left'],
      [card(page, 'right'), 'right'],
      [button(preferences, 'left'), 'left'],
      [button(preferences, 'tie'), 'tie'],
      [button(preferences, 'both bad'), 'both-bad'],
      [button(preferences, 'right'), 'right'],
    ] as const;
    const expected = [];
    for (const [what, verdict] of answers) {
      const [left, right] = await shown(page);
      expected.push({
        left: Number(left!.slice(1)),
        right: Number(right!.slice(1)),
        verdict,
        annotator: 'you',
      });
      await what.click();
      expect(await shown(page)).not.toEqual([left, right]);
    }
    expect(await comparisons(page)).toMatchObject(expected);

    const before = await shown(page);
    await button(preferences, 'skip').click();
    expect(await shown(page)).not.toEqual(before);
    expect(await count(page)).toBe(6);
    await preferences.getByRole('region', { name: '6 comparisons, newest first' }).waitFor();
    await expect.poll(() => preferences.getByRole('progressbar').getAttribute('value')).toBe('6');
  });

  it('undo and redo have their buttons, which say what they do', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    await card(page, 'left').click();
    await card(page, 'right').click();
    await button(page, /^undo the label/).click();
    expect(await count(page)).toBe(1);
    await button(page, /^redo the label/).click();
    expect(await count(page)).toBe(2);
    await button(page, /^undo/).click();
    await button(page, /^undo/).click();
    expect(await count(page)).toBe(0);
    expect(await button(page, /^undo/).isDisabled()).toBe(true);
  });

  it('a comparison in the list can be flipped and deleted, and that undone', async () => {
    const page = await visit({ hash: '#simulated=12' });
    const [first, second] = (await pairs(page)).slice(-2).reverse();
    await button(row(page, first!.id), /^flip/).click();
    const flipped = (await pairs(page)).at(-1)!;
    expect([flipped.chosen, flipped.rejected]).toEqual([first!.rejected, first!.chosen]);
    const text = await row(page, first!.id).innerText();
    expect(text).toContain('edited');
    expect(text.replace(/\s/g, '')).toContain(`#${first!.rejected}≻#${first!.chosen}`);

    await button(row(page, second!.id), /^delete/).click();
    await row(page, second!.id).waitFor({ state: 'detached' });
    expect((await comparisons(page)).map(({ id }) => id)).not.toContain(second!.id);
    expect(await count(page)).toBe(11);
    await button(page, /^undo deleting/).click();
    await row(page, second!.id).waitFor();
    await button(page, /^undo flipping/).click();
    expect(await comparisons(page)).toContainEqual(first);
  });

  it('the simulated annotator answers 10, 40 or 200 at a press', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    let expected = 0;
    for (const more of [10, 40, 200]) {
      await button(page, `simulate ${more} comparisons`).click();
      expected += more;
      await page.getByRole('region', { name: `${expected} comparisons, newest first` }).waitFor();
      expect(await count(page)).toBe(expected);
    }
    await button(page, /^undo 200/).click();
    expect(await count(page)).toBe(50);
  });

  it('scrolls through thousands', async () => {
    const page = await visit({ prepare, hash: '#simulated=5000' });
    const all = await comparisons(page);
    expect(all).toHaveLength(5000);
    const list = page.getByRole('region', { name: '5000 comparisons, newest first' });
    await row(page, all.at(-1)!.id).waitFor();
    expect(await page.locator('[data-comparison]').count()).toBeLessThan(100);
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await row(page, all[0]!.id).waitFor();
  });
});

describe('labelling by keyboard', () => {
  it('a hundred answers leave a hundred records, in order, with what was shown and chosen, also after a reload', async () => {
    const page = await visit({ hash: '#simulated=0&goal=100' });
    await stage(page, 'preferences').focus();
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'b', 'ArrowRight'] as const;
    const verdicts = { ArrowLeft: 'left', ArrowRight: 'right', ArrowDown: 'tie', b: 'both-bad' };
    const expected: object[] = [];
    for (let k = 0; expected.length < 100; k++) {
      const key = keys[k % keys.length]!;
      const [left, right] = (await shown(page)).map((name) => Number(name.slice(1)));
      await page.keyboard.press(key);
      if (key !== 'ArrowUp') expected.push({ left, right, verdict: verdicts[key], annotator: 'you' });
    }
    const recorded = await comparisons(page);
    expect(recorded).toHaveLength(100);
    expect(recorded).toMatchObject(expected);
    expect(new Set(recorded.map(({ id }) => id)).size).toBe(100);
    await expect.poll(() => page.getByRole('progressbar').getAttribute('value')).toBe('100');
    const next = await shown(page);

    await page.reload();
    await expect.poll(() => comparisons(page)).toEqual(recorded);
    expect(await shown(page)).toEqual(next);
  });

  it('letters count outside the stage only as long as the setting says so', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    await page.keyboard.press('b');
    await page.evaluate(() => window.playground.configure({ answerKeys: false }));
    await page.keyboard.press('b');
    await page.keyboard.press('ArrowLeft');
    await stage(page, 'preferences').focus();
    await page.keyboard.press('b');
    expect(await comparisons(page)).toMatchObject(
      ['both-bad', 'left', 'both-bad'].map((verdict) => ({ verdict })),
    );
  });

  it('← and → work wherever the focus is not in something with keys of its own', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    await page.keyboard.press('ArrowLeft');
    await button(page, 'more').focus();
    await page.keyboard.press('ArrowRight');
    expect((await pairs(page)).map(({ verdict }) => verdict)).toEqual(['left', 'right']);
  });

  it('Backspace and Ctrl+Z take back, Ctrl+Y and Ctrl+Shift+Z do again', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowLeft']) await page.keyboard.press(key);
    const all = await comparisons(page);
    const after = async (key: string) => {
      await page.keyboard.press(key);
      return comparisons(page);
    };
    expect(await after('Backspace')).toEqual(all.slice(0, 2));
    expect(await after('Control+z')).toEqual(all.slice(0, 1));
    expect(await after('Control+y')).toEqual(all.slice(0, 2));
    expect(await after('Control+Shift+Z')).toEqual(all);
    expect(await after('Control+y')).toEqual(all);
    for (let k = 0; k < 5; k++) await page.keyboard.press('Backspace');
    expect(await comparisons(page)).toEqual([]);
  });

  it('a key that is held down is one answer', async () => {
    const page = await visit({ prepare, hash: '#simulated=0' });
    for (let k = 0; k < 5; k++) await page.keyboard.down('ArrowLeft');
    await page.keyboard.up('ArrowLeft');
    expect(await count(page)).toBe(1);
  });

  it('arrow keys in a slider, a field, a chart or a picture do what they do there, and label nothing', async () => {
    const page = await visit();
    const [rates, loss] = [
      page.locator('[data-setting="learningRate"]'),
      page.getByRole('slider', { name: 'loss: cursor' }),
    ];
    const places = [
      rates.getByRole('slider'),
      rates.getByRole('textbox'),
      page.locator('[data-setting="optimizer"]').getByRole('combobox'),
      page.getByRole('application', { name: 'learned reward', exact: true }),
      page.getByRole('application', { name: 'candidates on the plane' }),
      page.getByRole('slider', { name: /^embedding of/ }),
      page.getByRole('slider', { name: 'margins: cursor' }),
      page.locator('[data-setting="pairSource"]').getByRole('combobox'),
      page.locator('[data-setting="mode"]').getByRole('combobox'),
      page.getByRole('radio', { name: 'two hills' }),
      page.getByRole('region', { name: '40 comparisons, newest first' }),
      page.locator('[data-setting="seed"]').first(),
      loss,
    ];
    const slow = (await page.evaluate(() => window.playground.settings.learningRate)) ?? 0;
    for (const place of places) {
      await place.focus();
      for (const key of ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    }
    expect(await page.locator('[data-comparison]').count()).toBeGreaterThan(0);
    expect((await comparisons(page)).filter(({ annotator }) => annotator === 'you')).toEqual([]);

    // And they did do what they do there.
    await page.evaluate(() => window.playground.train(30));
    await loss.focus();
    await page.keyboard.press('Home');
    expect(await loss.getAttribute('aria-valuetext')).toMatch(/step 10\b/);
    await page.keyboard.press('ArrowRight');
    expect(await loss.getAttribute('aria-valuetext')).toMatch(/step 20\b/);
    await rates.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate(() => window.playground.settings.learningRate)).toBeGreaterThan(slow);
  });

  it('Backspace while typing edits what is typed', async () => {
    const page = await visit({ prepare });
    await page.keyboard.press('ArrowLeft');
    const field = page.locator('[data-setting="noise"]').getByRole('textbox');
    await field.fill('25');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => window.playground.settings.noise)).toBe(0.02);
    expect(await count(page)).toBe(41);
  });
});

describe('the plane of the candidates', () => {
  const plane = (page: Page) => page.getByRole('application', { name: 'candidates on the plane' });

  /** Presses a place of the plane, given as shares of its size. */
  async function press(page: Page, x: number, y: number): Promise<void> {
    const { width, height } = (await plane(page).boundingBox())!;
    await plane(page).click({ position: { x: x * width, y: y * height } });
  }

  it('a press on an empty place adds a point there, and the next pair asks about it', async () => {
    const page = await visit();
    const before = await points(page);
    await press(page, 0.2, 0.1);
    const added = (await points(page)).at(-1)!;
    expect(await points(page)).toHaveLength(201);
    expect(added.origin).toBe('added');
    const [x, y] = added.values as [number, number];
    expect(x).toBeLessThan(0);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeCloseTo((-4 / 3) * x, 1);
    expect(await shown(page)).toContain('+1');
    expect(await card(page, 'left').innerText()).not.toBe(await card(page, 'right').innerText());

    await card(page, 'left').click();
    const last = (await pairs(page)).at(-1)!;
    expect([last.left, last.right]).toContain(added.id);
    await page.keyboard.press('Backspace');
    // Undo works in the picture as well, although the arrow keys have a meaning of their own there.
    await plane(page).focus();
    await page.keyboard.press('Control+z');
    expect(await points(page)).toEqual(before);
  });

  it('the crosshair of the arrow keys adds one too', async () => {
    const page = await visit({ prepare });
    await plane(page).focus();
    for (let k = 0; k < 15; k++) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    const added = (await points(page)).at(-1)!;
    expect(added.origin).toBe('added');
    expect(added.values[0]).toBe(0);
    expect(added.values[1]).toBeGreaterThan(0);
    expect((await comparisons(page)).length, 'and labels nothing').toBe(40);
  });

  it('a press on a point picks it: its embedding is shown', async () => {
    const page = await visit({ prepare });
    await press(page, 0.2, 0.1);
    const embedding = page.getByRole('slider', { name: /^embedding of/ });
    expect(await embedding.getAttribute('aria-label')).toContain('embedding of +1');
    await press(page, 0.8, 0.1);
    expect(await embedding.getAttribute('aria-label')).toContain('embedding of +2');
    await press(page, 0.2, 0.1);
    expect(await embedding.getAttribute('aria-label')).toContain('embedding of +1');
    expect(await points(page)).toHaveLength(202);
  });

  it('a point is moved by dragging it, and moved back by one undo', async () => {
    const page = await visit();
    await press(page, 0.2, 0.1);
    const before = await points(page);
    const { values, id } = before.at(-1)!;
    const [x, y] = values as [number, number];
    const { x: left, y: top, width, height } = (await plane(page).boundingBox())!;
    await page.mouse.move(left + 0.2 * width, top + 0.1 * height);
    await page.mouse.down();
    for (let k = 1; k <= 10; k++)
      await page.mouse.move(left + (0.2 + 0.06 * k) * width, top + (0.1 + 0.08 * k) * height);
    await page.mouse.up();

    const after = await points(page);
    const moved = after.find((point) => point.id === id)!;
    expect(after).toHaveLength(201);
    expect(moved.values[0]).toBeCloseTo(-x, 1);
    expect(moved.values[1]).toBeCloseTo(-y, 1);
    expect(after.filter((point) => point.id !== id)).toEqual(before.filter((point) => point.id !== id));
    await button(page, 'undo moving a point').click();
    expect(await points(page)).toEqual(before);
  });

  it('the landscape is picked by its picture, and the simulated answers follow', async () => {
    const page = await visit({ prepare });
    const before = await pairs(page);
    await page.locator('label:has(input[value="ring"])').click();
    expect(await page.getByRole('radio', { name: 'ring' }).isChecked()).toBe(true);
    expect((await page.evaluate(() => window.playground.settings)).landscape).toBe('ring');
    const after = await pairs(page);
    expect(after.map(({ id, left, right }) => [id, left, right])).toEqual(
      before.map(({ id, left, right }) => [id, left, right]),
    );
    expect(after.map(({ verdict }) => verdict)).not.toEqual(before.map(({ verdict }) => verdict));

    const picture = await pictureOf(stage(page, 'candidates'));
    await page.getByRole('switch', { name: 'show gold' }).click();
    await expect.poll(() => pictureOf(stage(page, 'candidates'))).not.toBe(picture);
  });

  it('a tap adds a point on a touch screen as well, and a drag that starts on none adds nothing', async () => {
    const page = await visit({ prepare, width: 390, height: 800, hasTouch: true });
    await plane(page).scrollIntoViewIfNeeded();
    const box = (await plane(page).boundingBox())!;
    await page.touchscreen.tap(box.x + 0.15 * box.width, box.y + 0.15 * box.height);
    await expect.poll(async () => (await points(page)).length).toBe(201);
    await page.mouse.move(box.x + 0.9 * box.width, box.y + 0.1 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.2 * box.height, { steps: 4 });
    await page.mouse.up();
    expect(await points(page)).toHaveLength(201);
  });
});

describe('labelling what the policy does now', () => {
  it('the arrow back shows pairs of the policy, and their labels train the model', async () => {
    const page = await visit({ hash: '#warmup=20' });
    await ready(page);
    await button(page, 'play the loop').click();
    await reach(page, { iteration: 12 });
    await button(page, 'pause the loop').click();
    await standstill(page);

    const back = button(page, /^label what the policy does now/);
    expect(await back.getAttribute('aria-pressed')).toBe('false');
    await back.click();
    expect(await back.getAttribute('aria-pressed')).toBe('true');
    expect((await shown(page)).every((name) => name.startsWith('π'))).toBe(true);
    const known = (await points(page)).length;
    await page.keyboard.press('ArrowLeft');
    const last = (await pairs(page)).at(-1)!;
    expect(last).toMatchObject({ annotator: 'you', source: 'policy', verdict: 'left' });
    const fresh = (await points(page)).slice(known);
    expect(fresh.map(({ id, origin }) => [id, origin])).toEqual([
      [last.left, 'policy'],
      [last.right, 'policy'],
    ]);
    // The policy has left the place where it started, and the pair shows where to.
    for (const { values } of fresh) expect(Math.hypot(...values)).toBeGreaterThan(0.3);

    await button(page, 'simulate 10 comparisons').click();
    const simulated = (await comparisons(page)).slice(-10);
    expect(simulated.every(({ annotator, source }) => annotator === 'simulated' && source === 'policy')).toBe(
      true,
    );
    const { loss } = await page.evaluate(() => window.playground.train(20));
    expect(loss).toBeGreaterThan(0);
    await back.click();
    expect((await shown(page)).every((name) => name.startsWith('#'))).toBe(true);
    expect(await notice(page, 'data').count()).toBe(0);
  });
});
