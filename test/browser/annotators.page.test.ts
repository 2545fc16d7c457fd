// The simulated annotators' settings, the ways to choose the next pair, and accuracy against labels, on the page.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, comparisons, ready, settings, stage, visiting, type Visit } from './visiting.ts';

const visit = visiting();
/** Quick to train. */
const hash = '#backend=cpu&features=32&points=80';
const preferences = (page: Page) => stage(page, 'preferences');
const setting = (page: Page, name: string) => preferences(page).locator(`[data-setting="${name}"]`);

async function type(page: Page, name: string, value: string): Promise<void> {
  const field = setting(page, name).getByRole('textbox');
  await field.fill(value);
  await field.press('Enter');
}

/** With the rare settings in sight. */
async function withMore(options: Parameters<Visit>[0] = {}): Promise<Page> {
  const page = await visit({ hash, ...options });
  await preferences(page).locator('.settings summary').click();
  return page;
}

/** Stage 2 open, with its charts of accuracy against labels. */
async function withCharts(options: Parameters<Visit>[0] = {}): Promise<Page> {
  const page = await visit({ hash, ...options });
  await button(page, /^open Preferences/).click();
  await preferences(page).getByRole('tab', { name: 'accuracy against labels' }).click();
  return page;
}
const chart = (page: Page, section: string) => preferences(page).getByRole('region', { name: section });

describe('the simulated annotators', () => {
  it('are several by name, of two groups, and call ties, as their settings say', async () => {
    const page = await withMore();
    await type(page, 'annotators', '3');
    await expect
      .poll(async () => [...new Set((await comparisons(page)).map(({ annotator }) => annotator))].sort())
      .toEqual(['simulated 1', 'simulated 2', 'simulated 3']);

    expect(await setting(page, 'groupLandscape').count()).toBe(0);
    await type(page, 'groupShare', '50');
    await setting(page, 'groupLandscape').getByRole('combobox').selectOption({ label: 'ring' });
    await expect
      .poll(async () =>
        [...new Set((await comparisons(page)).map(({ annotator }) => annotator.slice(0, 7)))].sort(),
      )
      .toEqual(['group A', 'group B']);

    await type(page, 'tieThreshold', '3');
    const ties = async () =>
      (await comparisons(page)).filter((c) => c.kind === 'pair' && c.verdict === 'tie').length;
    await expect.poll(ties).toBeGreaterThan(30);
    await button(page, /^undo/).first().click();
    await expect.poll(ties).toBe(0);
  });

  it('have each setting with its meaning, and none that this scenario has no use for', async () => {
    const page = await withMore();
    for (const name of ['tieThreshold', 'positionBias', 'fatigue', 'annotators', 'groupShare']) {
      const label = setting(page, name).locator('label').first();
      await label.hover();
      await page.getByRole('tooltip').waitFor();
      expect((await page.getByRole('tooltip').innerText()).length).toBeGreaterThan(20);
      await page.mouse.move(0, 0);
    }
    expect(await setting(page, 'lengthBias').count()).toBe(0);
  });
});

describe('the next pair', () => {
  it('is chosen as the setting says, which says why it cannot be', async () => {
    const page = await visit({ hash });
    await ready(page);
    const choose = (label: string) =>
      setting(page, 'pairSource').getByRole('combobox').selectOption({ label });
    await choose('repeats');
    await preferences(page).getByText('You have answered nothing yet').waitFor();
    await choose('disagreement');
    await preferences(page).getByText('One head cannot disagree with itself').waitFor();
    await choose('uncertain');
    await preferences(page).getByText('has not been trained yet').waitFor();
    await page.evaluate(() => window.playground.train(40));
    await expect.poll(() => preferences(page).getByText('has not been trained yet').count()).toBe(0);
    const before = (await comparisons(page)).length;
    await button(preferences(page), 'simulate 10 comparisons').click();
    await expect.poll(async () => (await comparisons(page)).length).toBe(before + 10);
    const sources = (await comparisons(page)).slice(before).map(({ source }) => source);
    expect(sources.filter((source) => source === 'uncertain').length).toBeGreaterThan(3);
    expect(sources.every((source) => source === 'uncertain' || source === 'start')).toBe(true);
  });
});

describe('accuracy against labels', () => {
  it('grows with the labels, for each way to choose', async () => {
    const page = await withCharts();
    await ready(page);
    await page.evaluate(async () => {
      await window.playground.train(40);
      await window.playground.simulate(20);
      await window.playground.train(40);
      window.playground.configure({ pairSource: 'uncertain' });
      await window.playground.simulate(10);
      await window.playground.train(40);
    });
    const table = chart(page, 'accuracy against your labels').locator('table');
    await expect.poll(() => table.locator('thead').textContent()).toMatch(/labels.*random.*uncertain/s);
    await expect.poll(() => table.locator('tbody tr td:first-child').allTextContents()).toEqual(['40', '60']);
  });

  it('a study compares the ways to choose beside the run, and tells what it found', async () => {
    const page = await withCharts();
    await ready(page);
    const study = chart(page, 'comparison of ways to choose');
    const before = await settings(page);
    await button(study, 'compare ways to choose').click();
    await study.getByRole('progressbar').waitFor();
    // The run goes on meanwhile.
    await page.evaluate(() => window.playground.train(50));
    expect((await page.evaluate(() => window.playground.series('loss'))).x.at(-1)).toBe(50);
    await study.getByText(/^With 160 labels, uncertain is .* over 5 worlds: (not )?clear\)\.$/).waitFor({
      timeout: 90_000,
    });
    // The chart comes a moment after the sentence.
    await expect.poll(() => study.locator('table tbody tr').count()).toBeGreaterThan(5);
    expect(await study.locator('table tbody td').nth(1).textContent()).toMatch(
      /^[\d.]+ \([\d.]+ to [\d.]+\)$/,
    );
    expect(await settings(page)).toEqual(before);
    expect(await comparisons(page)).toHaveLength(40);
    await page.evaluate(() => window.playground.configure({ noise: 0.3 }));
    await study.getByText('Made under other settings').waitFor();
  });

  it('a study can be cancelled, and is gone with its worker', async () => {
    const page = await withCharts({ hash: '#backend=cpu' });
    await ready(page);
    const study = chart(page, 'comparison of ways to choose');
    const workers = page.workers().length;
    await button(study, 'compare ways to choose').click();
    await expect.poll(() => page.workers().length).toBe(workers + 1);
    await button(study, 'cancel').click();
    await button(study, 'compare ways to choose').waitFor();
    await expect.poll(() => page.workers().length).toBe(workers);
  });

  it.each(['light', 'dark'] as const)('can be used by everybody: %s', async (colorScheme) => {
    for (const width of [1440, 360]) {
      const page = await withCharts({ colorScheme, width });
      expect(await axeViolations(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
    }
  });
});
