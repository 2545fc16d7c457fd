// The driving scenario: from reset to a drifted policy by play alone, by hand, by keyboard, and with a detector's file.
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import {
  button,
  card,
  comparisons,
  notice,
  pictureOf,
  reach,
  ready,
  series,
  settings,
  stage,
  visiting,
  withoutEngine,
} from './visiting.ts';

const visit = visiting();
const hash = '#scenario=driving';
const street = (page: Page): Locator =>
  stage(page, 'candidates').getByRole('img', { name: /^plans for scene/ });
const sceneOf = (page: Page, name: 'candidates' | 'reward' | 'policy'): Locator =>
  stage(page, name).getByRole('combobox', { name: 'scene' });
const thing = (page: Page, kind: string): Locator =>
  stage(page, 'candidates').locator(`[data-thing="${kind}"]`).first();
/** The first scene of the list in which somebody crosses. */
const showCrossing = (page: Page) => sceneOf(page, 'candidates').selectOption('1');

describe('driving', () => {
  it('goes from reset to a drifted policy by play alone', async () => {
    const page = await visit({ hash: `${hash}&speed=120` });
    await ready(page);
    await button(page, 'play the loop').click();
    await reach(page, { step: 200, iteration: 60 });
    await button(page, 'pause the loop').click();
    const [proxy, kl] = [await series(page, 'proxyReward'), await series(page, 'kl')];
    expect(proxy.y.at(-1)! - proxy.y[0]!, 'the proxy rose').toBeGreaterThan(0.5);
    expect(kl.y.at(-1)!, 'the policy drifted').toBeGreaterThan(1);
    const hits = await series(page, 'hack:collisions');
    expect(hits.y[0]!).toBeGreaterThan(0.03);
    const policy = stage(page, 'policy');
    await expect.poll(() => policy.innerText()).toMatch(/collisions [\d.]+ % → [\d.]+ %/);
    expect(await policy.innerText()).toContain('iteration');
    // The weights by name, the largest of them worth something.
    const weights = await stage(page, 'reward').locator('.values td.number').allInnerTexts();
    expect(weights).toHaveLength(22);
    expect(weights.some((text) => Math.abs(Number(text.replace('−', '-'))) > 0.3)).toBe(true);
    expect(await page.locator('[data-notice]').count(), 'nothing to complain about').toBe(0);
  });

  it('a pedestrian is dragged by the mouse and moved by the arrow keys; undo puts it back', async () => {
    const page = await visit({ hash, prepare: withoutEngine });
    await showCrossing(page);
    const before = await street(page).getAttribute('aria-describedby');
    const words = () => page.locator(`[id="${before}"]`).innerText();
    const [first, picture] = [await words(), await pictureOf(street(page))];
    const from = (await thing(page, 'pedestrian').boundingBox())!;
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
    await page.mouse.down();
    await page.mouse.move(from.x + from.width / 2 - 20, from.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(words).not.toBe(first);
    expect(await pictureOf(street(page))).not.toBe(picture);
    const dragged = await words();
    expect((await thing(page, 'pedestrian').boundingBox())!.y).toBeGreaterThan(from.y + 30);

    await thing(page, 'pedestrian').focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp');
    await expect.poll(words).not.toBe(dragged);
    await button(stage(page, 'candidates'), 'as it was').click();
    await expect.poll(words).toBe(first);
    await page.keyboard.press('Control+z');
    await expect.poll(words).not.toBe(first);

    await thing(page, 'pedestrian').focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => stage(page, 'candidates').locator('[data-thing]').count()).toBe(0);
    await button(stage(page, 'candidates'), 'stop sign').click();
    await thing(page, 'stop').waitFor();
  });

  it('plans are driven on the cards, and answered by keyboard', async () => {
    const page = await visit({ hash, prepare: withoutEngine });
    const left = card(page, 'left').locator('canvas');
    const frame = () => left.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await expect.poll(() => card(page, 'left').getByRole('img').getAttribute('aria-label')).toMatch(/^Gets /);
    // It comes to rest; pointing at it drives again.
    await expect
      .poll(
        async () => {
          const now = await frame();
          await page.waitForTimeout(300);
          return now === (await frame());
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    const rest = await frame();
    await card(page, 'left').hover();
    await expect.poll(frame).not.toBe(rest);
    const count = (await comparisons(page)).length;
    await stage(page, 'preferences').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => (await comparisons(page)).length).toBe(count + 1);
    expect((await comparisons(page)).at(-1)).toMatchObject({ annotator: 'you', verdict: 'left' });
  });

  it('with reduced motion nothing moves', async () => {
    const page = await visit({ hash, prepare: withoutEngine, reducedMotion: 'reduce' });
    const canvas = card(page, 'left').locator('canvas');
    await canvas.waitFor();
    await page.waitForTimeout(500);
    const first = await pictureOf(card(page, 'left'));
    await card(page, 'left').hover();
    await page.waitForTimeout(400);
    expect(await pictureOf(card(page, 'left'))).toBe(first);
  });

  it('a plan is picked by pressing on it and by the arrow keys', async () => {
    const page = await visit({ hash, prepare: withoutEngine });
    await sceneOf(page, 'candidates').selectOption('6');
    const caption = stage(page, 'candidates').locator('.caption b');
    const first = await caption.innerText();
    await stage(page, 'candidates').getByRole('slider', { name: 'plan that is shown' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => caption.innerText()).not.toBe(first);
    await page.keyboard.press('End');
    const last = await caption.innerText();
    const box = (await street(page).boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.85, box.y + box.height * 0.35);
    await expect.poll(() => caption.innerText()).not.toBe(last);
  });

  it('a dropped file of detections becomes a scene; a malformed one is refused in words', async () => {
    const page = await visit({ prepare: withoutEngine });
    const drop = (body: unknown) =>
      page.evaluate((text) => {
        const data = new DataTransfer();
        data.items.add(new File([text], 'street.json', { type: 'application/json' }));
        document.body.dispatchEvent(
          new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }),
        );
      }, JSON.stringify(body));
    const box = { x1: 700, y1: 380, x2: 740, y2: 460 };
    await drop([{ name: 'person', class: 0, confidence: 'sure', box }]);
    await expect.poll(() => notice(page, 'file').innerText()).toContain('[0].confidence is "sure"');
    expect((await settings(page)).scenario).toBe('map');

    await drop([
      { name: 'person', class: 0, confidence: 0.9, box },
      { name: 'dog', class: 16, confidence: 0.9, box },
    ]);
    await expect.poll(() => notice(page, 'file').innerText()).toContain('left out: 1 × dog (other class)');
    expect((await settings(page)).scenario).toBe('driving');
    await expect.poll(() => sceneOf(page, 'candidates').inputValue()).toBe('16');
    await thing(page, 'pedestrian').waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible, wide and narrow, %s', async (colorScheme) => {
    for (const [width, height] of [
      [1440, 900],
      [360, 780],
    ] as const) {
      const page = await visit({ hash, prepare: withoutEngine, colorScheme, width, height });
      await street(page).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
    }
  });
});
