// Nothing to learn from, numbers that explode, and values that cannot be: a sentence, a way out, and no NaN.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import {
  button,
  card,
  comparisons,
  notice,
  progress,
  reach,
  ready,
  settings,
  stat,
  visiting,
} from './visiting.ts';

const visit = visiting();

/** Not in what one sees, nor in what a screen reader says. */
async function expectNoNaN(page: Page): Promise<void> {
  const html = await page.locator('#app').evaluate((app) => app.outerHTML);
  expect(html).not.toMatch(/\b(NaN|undefined|Infinity)\b/);
}

describe('nothing to learn from', () => {
  it('without a comparison: a sentence that says what to do; and a label later it trains', async () => {
    const page = await visit({ hash: '#simulated=0&heldOut=0' });
    await ready(page);
    await expectNoNaN(page);
    await button(page, 'play the loop').click();
    await notice(page, 'data').waitFor();
    expect(await notice(page, 'data').innerText()).toMatch(/no comparison.*cards.*simulated/s);
    await expectNoNaN(page);
    expect(await progress(page)).toEqual({ step: 0, iteration: 0 });
    await expect(page.evaluate(() => window.playground.train(5))).rejects.toThrow(/no comparison/);

    await card(page, 'left').click();
    await notice(page, 'data').waitFor({ state: 'detached' });
    await reach(page, { step: 10 });
    await expectNoNaN(page);
  });

  it('the way out that the sentence offers works', async () => {
    const page = await visit({ hash: '#simulated=0' });
    await button(page, 'play the loop').click();
    await button(notice(page, 'data'), /simulate 40/).click();
    expect(await comparisons(page)).toHaveLength(40);
    await reach(page, { step: 10 });
    expect(await notice(page, 'data').count()).toBe(0);
  });

  it('with only ties: a sentence about ties; and with one that is better it trains', async () => {
    const page = await visit({ hash: '#simulated=0&heldOut=0' });
    for (let k = 0; k < 3; k++) await button(page, 'tie').click();
    await button(page, 'play the loop').click();
    await notice(page, 'data').waitFor();
    expect(await notice(page, 'data').innerText()).toMatch(/None of the 3 .* they are ties/);
    await expectNoNaN(page);
    await card(page, 'right').click();
    await reach(page, { step: 10, iteration: 0 });
    expect(await notice(page, 'data').count()).toBe(0);
    await expectNoNaN(page);
  });

  it('of which nothing is held out or nothing is decided shows no number where there is none', async () => {
    const page = await visit({ hash: '#simulated=1&heldOut=0&warmup=5' });
    await button(page, 'play the loop').click();
    await reach(page, { iteration: 3 });
    expect(await stat(page, 'reward', 'held out')).toBe('–');
    await expectNoNaN(page);
    const csv = await page.evaluate(async () => (await window.playground.export('curves')).text());
    expect(csv).not.toMatch(/NaN|Infinity/);
  });
});

describe('numbers that explode', () => {
  it('stop the training with a note, and the reset it offers makes it well', async () => {
    const page = await visit({ hash: '#optimizer=sgd&learningRate=10&weightDecay=1' });
    await button(page, 'play the loop').click();
    await notice(page, 'divergence').waitFor();
    expect(await notice(page, 'divergence').innerText()).toMatch(/diverged at step \d+.*learning rate/s);
    await button(page, 'play the loop').waitFor();
    await expectNoNaN(page);
    const rewards = await page.evaluate(async () => [...(await window.playground.rewards())]);
    expect(rewards.every(Number.isFinite), 'finite weights are kept').toBe(true);
    for (const name of ['loss', 'margin', 'gradNorm']) {
      const { y } = await page.evaluate((which) => window.playground.series(which), name);
      expect(y.every(Number.isFinite), name).toBe(true);
    }

    await page.evaluate(() => window.playground.configure({ learningRate: 0.1, weightDecay: 0 }));
    await button(notice(page, 'divergence'), /reset/).click();
    await notice(page, 'divergence').waitFor({ state: 'detached' });
    await expect.poll(() => stat(page, 'reward', 'steps')).toBe('0');
    await button(page, 'play the loop').click();
    await reach(page, { step: 50 });
    expect(await notice(page, 'divergence').count()).toBe(0);
    expect(await comparisons(page)).toHaveLength(40);
  });
});

describe('values that cannot be', () => {
  it('typed into a setting: the range is said, and the value stays', async () => {
    const page = await visit();
    const setting = page.locator('[data-setting="learningRate"]');
    const field = setting.getByRole('textbox');
    for (const typed of ['fast', '11', '-1', '']) {
      await field.fill(typed);
      await field.press('Enter');
      expect(await setting.getByRole('alert').innerText(), typed).toMatch(/learning rate.*0\.0001 to 10/);
      expect(await field.inputValue()).toBe(String(defaultSettings.learningRate));
    }
    expect(await settings(page)).toEqual(defaultSettings);
    await field.fill('0.5');
    await field.press('Enter');
    expect((await settings(page)).learningRate).toBe(0.5);
    expect(await setting.getByRole('alert', { includeHidden: true }).textContent()).toBe('');
  });

  it('typed into the seed: likewise', async () => {
    const page = await visit();
    const seed = page.locator('[data-setting="seed"]').first();
    for (const typed of ['1.5', '-3', '99999999', '']) {
      await seed.fill(typed);
      await seed.press('Enter');
      expect((await settings(page)).seed, typed).toBe(defaultSettings.seed);
      await expect.poll(() => seed.inputValue()).toBe(String(defaultSettings.seed));
    }
    await page
      .getByText(/"seed" takes a whole number from 0 to 999999/)
      .first()
      .waitFor();
    await seed.fill('12');
    await seed.press('Enter');
    expect((await settings(page)).seed).toBe(12);
  });

  it('a simulated annotator that has no room for more says so', async () => {
    const page = await visit({ hash: '#simulated=4900' });
    await button(page, 'simulate 200 comparisons').click();
    await page.getByText(/"simulated" takes a whole number from 0 to 5000, but got 5100/).waitFor();
    expect(await comparisons(page)).toHaveLength(4900);
  });
});
