// Stage 3 opened: its diagnostics, by mouse and by keyboard.
import type { Locator, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, comparisons, pictureOf, ready, stage, stat, visiting, type Visit } from './visiting.ts';

const visit = visiting();
/** Quick to train, with labels enough to be wrong about some. */
const hash = '#features=48&simulated=120&noise=0.2';
const tabs = ['curves', 'rewards', 'calibration', 'mistakes', 'against gold', 'influence', 'blind spots'];

const reward = (page: Page) => stage(page, 'reward');
const tab = (page: Page, name: string) => reward(page).getByRole('tab', { name, exact: true });
const panel = (page: Page) => reward(page).getByRole('tabpanel');
const picks = (page: Page) => panel(page).locator('[data-pick] .pick');
const cursor = (page: Page, chart: string) =>
  panel(page).getByRole('slider', { name: `${chart}: cursor`, exact: true });
/** Which pairs the calibration is about. */
const part = (page: Page, name: string) => panel(page).locator('label', { hasText: name });
const answer = (page: Page, kind: string) => panel(page).locator(`[data-influence="${kind}"]`);
/** Text that is read out under the cursor, for a mouse beside the chart's title. */
const said = (reader: Locator) => reader.getAttribute('aria-valuetext');

/** A trained model, with stage 3 open at a tab. */
async function opened(name: string, options: Parameters<Visit>[0] = {}, steps = 60): Promise<Page> {
  const page = await visit({ hash, ...options });
  await ready(page);
  await page.evaluate((count) => window.playground.train(count), steps);
  await button(reward(page), 'open Reward model full width').click();
  await tab(page, name).click();
  await panel(page).waitFor();
  return page;
}

describe('by mouse', () => {
  it('each tab has its diagnostic, and every chart its numbers in words', async () => {
    const page = await opened('curves');
    for (const [name, chart] of [
      ['curves', 'loss'],
      ['rewards', 'rewards of chosen and rejected'],
      ['calibration', 'reliability'],
      ['against gold', 'learned against gold'],
      ['blind spots', 'distance to the nearest label'],
    ] as const) {
      await tab(page, name).click();
      const figure = panel(page).getByRole('figure', { name: new RegExp(`^${chart}`) });
      await figure.locator('table').first().waitFor({ state: 'attached' });
      expect(await figure.locator('figcaption').textContent()).toMatch(/\d/);
      expect(await figure.locator('tbody tr').count()).toBeGreaterThan(1);
    }
  });

  it('pointing at a dot says which candidate it is, and what both rewards give it', async () => {
    const page = await opened('against gold');
    const reader = cursor(page, 'learned against gold');
    const box = (await reader.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => said(reader)).toMatch(/^#\d+: gold reward −?[\d.]+, learned reward −?[\d.]+$/);
    await page.mouse.move(0, 0);
    await expect.poll(() => said(reader)).toBe('the arrow keys read values');
    expect(Number((await stat(page, 'reward', 'Spearman’s ρ')).replace('−', '-'))).toBeGreaterThan(0.3);
  });

  it('calibration tells held-out pairs from those it was trained on', async () => {
    const page = await opened('calibration');
    const brier = await stat(page, 'reward', 'Brier score');
    await part(page, 'training').click();
    await expect.poll(() => stat(page, 'reward', 'Brier score')).not.toBe(brier);
    const point = await page.evaluate(() => window.playground.train(10));
    await part(page, 'held out').click();
    const shown = async () => Number(await stat(page, 'reward', 'Brier score'));
    await expect.poll(shown).toBeCloseTo(point.brier, 2);
  });

  it('a mistake can be seen, flipped and deleted, and undo brings it back', async () => {
    const page = await opened('mistakes');
    const before = await pictureOf(reward(page));
    const first = panel(page).locator('[data-pick]').first();
    const id = Number(await first.getAttribute('data-pick'));
    const labelled = async () => (await comparisons(page)).find((comparison) => comparison.id === id);
    const verdict = ((await labelled()) as { verdict: string }).verdict;

    await first.locator('.pick').click();
    await expect.poll(() => pictureOf(reward(page))).not.toBe(before);
    await panel(page)
      .getByText(/margin −[\d.]+\. The model holds the opposite with odds of/)
      .waitFor();

    const row = panel(page).locator(`[data-pick="${id}"]`);
    await button(row, /^flip/).click();
    expect(await labelled()).toMatchObject({ verdict: verdict === 'left' ? 'right' : 'left' });
    await page.evaluate(() => window.playground.undo());
    await button(row, /^delete/).click();
    expect(await labelled()).toBeUndefined();
    await page.evaluate(() => window.playground.undo());
    expect(await labelled()).toMatchObject({ verdict });
  });

  it('held-out models judge instead of the live one, which says that it was trained on them', async () => {
    const page = await opened('mistakes');
    const check = panel(page).locator('[data-check]');
    expect(await check.innerText()).toContain('doubts of the live model');
    await button(check, 'check labels with held-out models').click();
    await panel(page).locator('[data-check="found"]').waitFor();
    expect(await check.innerText()).toMatch(/Judged by 5 held-out models.*120 labels judged\./s);
    // Lines that somebody points at keep their places; the others are put in order a moment later.
    await page.mouse.move(0, 0);
    await expect
      .poll(async () => {
        const margins = await panel(page).locator('[data-pick] b').allInnerTexts();
        const numbers = margins.map((text) => Number(text.replace('−', '-')));
        return numbers.every((value, i) => i === 0 || numbers[i - 1]! <= value);
      })
      .toBe(true);
    await picks(page).first().click();
    await panel(page)
      .getByText(/A held-out model holds the opposite with odds of .* It was not trained on this label\./)
      .waitFor();
    await button(panel(page).locator('[data-pick]').first(), /^flip/).click();
    await check.getByText('1 label has changed since.').waitFor();
    await page.evaluate(() => window.playground.undo());
    await check.getByText('120 labels judged.').waitFor();
  });

  it('lines keep their places while somebody points at them', async () => {
    const page = await opened('mistakes', {}, 5);
    const ids = () =>
      panel(page)
        .locator('[data-pick]')
        .evaluateAll((rows) => rows.slice(0, 6).map((row) => row.getAttribute('data-pick')));
    const kept = await ids();
    await panel(page).locator('[data-pick]').first().hover();
    await page.evaluate(() => window.playground.train(200));
    // Those that the model agrees with by now are gone; the others did not change their order.
    const left = (await ids()).filter((id) => kept.includes(id));
    expect(left).toEqual(kept.filter((id) => left.includes(id)));
  });

  it('several annotators are told apart by how often they are contradicted', async () => {
    const page = await opened('mistakes', { hash: `${hash}&annotators=3` });
    const table = panel(page).getByRole('table', { name: 'share contradicted, by annotator' });
    const rows = await table.locator('tbody tr').allInnerTexts();
    const names = new Set((await comparisons(page)).map(({ annotator }) => annotator));
    expect(rows).toHaveLength(3);
    expect(names.size).toBe(3);
    const counts = rows.map((row) => /(\d+) of (\d+)/.exec(row)!.slice(1).map(Number) as [number, number]);
    expect(counts.reduce((sum, [, of]) => sum + of, 0)).toBe(120);
    const shares = counts.map(([against, of]) => against / of);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('shows no tab for what the scenario does not have', async () => {
    const page = await opened('curves');
    const shown = await reward(page).getByRole('tab').allInnerTexts();
    expect(shown.map((text) => text.trim()).filter((text) => /length|weights/.test(text))).toEqual([]);
  });

  it('the influence of a label is computed, shown and told', async () => {
    const page = await opened('mistakes');
    await picks(page).first().click();
    await tab(page, 'influence').click();
    const before = await pictureOf(reward(page));
    await picks(page).first().click();
    await answer(page, 'found').waitFor();
    await expect.poll(() => pictureOf(reward(page))).not.toBe(before);
    expect(await answer(page, 'found').innerText()).toMatch(/flipped, after 60 steps each/);
    const flipped = await stat(page, 'reward', 'largest change');
    await panel(page).getByText('left out', { exact: true }).click();
    await panel(page)
      .getByText(/left out, after 60 steps each/)
      .waitFor();
    expect(await stat(page, 'reward', 'largest change')).not.toBe(flipped);
    expect((await page.evaluate(() => window.playground.train(1))).step).toBe(61);
  });

  it('a question that labels overtake says so and can be asked again', async () => {
    const page = await opened('influence', { hash: '#simulated=600&batchSize=512' }, 150);
    // In one breath: a fast engine would have answered in between.
    await picks(page)
      .first()
      .evaluate((pick: HTMLElement) => {
        pick.click();
        window.playground.prefer(0, 1);
      });
    await answer(page, 'failed').waitFor();
    expect(await answer(page, 'failed').innerText()).toMatch(/labels changed/);
    // Whoever goes elsewhere does not wait for it: as soon as the page has shown that it waits, before any answer.
    const again = await button(panel(page), 'ask again').elementHandle();
    await tab(page, 'curves').evaluate(async (curves: HTMLElement, ask) => {
      (ask as HTMLElement).click();
      for (let k = 0; k < 5; k++) await Promise.resolve();
      curves.click();
    }, again);
    await page.evaluate(() => window.playground.train(1));
    await tab(page, 'influence').click();
    await answer(page, 'none').waitFor();
  });

  it('labels where the policy goes shrink its blind spots', async () => {
    const page = await opened('blind spots');
    await page.evaluate(() => window.playground.optimise(60));
    const blind = async () =>
      Number((await stat(page, 'reward', 'policy where nothing is labelled')).replace(/[^\d.]/g, ''));
    await expect.poll(blind).toBeGreaterThan(20);
    const before = await blind();
    await button(panel(page), /^label 20 pairs/).click();
    await expect.poll(blind).toBeLessThan(before / 2);
    expect(await comparisons(page)).toHaveLength(140);
  });
});

describe('by keyboard', () => {
  it('arrow keys, Home and End go from tab to tab', async () => {
    const page = await opened('curves');
    await tab(page, 'curves').focus();
    for (const name of tabs.slice(1)) {
      await page.keyboard.press('ArrowRight');
      expect(await tab(page, name).getAttribute('aria-selected')).toBe('true');
      expect(await page.evaluate(() => document.activeElement?.textContent.trim())).toBe(name);
    }
    await page.keyboard.press('ArrowRight');
    expect(await tab(page, 'curves').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('End');
    expect(await tab(page, 'blind spots').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    expect(await panel(page).getAttribute('aria-labelledby')).toBe(
      await tab(page, 'curves').getAttribute('id'),
    );
    // Nothing was labelled by these keys, which answer the cards elsewhere.
    expect(await comparisons(page)).toHaveLength(120);
  });

  it('every chart is read value by value', async () => {
    const page = await opened('calibration');
    const expectSteps = async (chart: string, pattern: RegExp) => {
      const reader = cursor(page, chart);
      await reader.focus();
      const values = [];
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'End']) {
        await page.keyboard.press(key);
        values.push(await said(reader));
      }
      for (const value of values) expect(value).toMatch(pattern);
      expect(new Set(values).size).toBeGreaterThan(2);
    };
    await expectSteps('reliability', /%: (no pairs|said .* was .* of \d+)/);
    await tab(page, 'rewards').click();
    await expectSteps('rewards of chosen and rejected', /^reward .* to .*: \d+ chosen, \d+ rejected$/);
    await tab(page, 'against gold').click();
    await expectSteps('learned against gold', /^#\d+: gold reward/);
    await tab(page, 'blind spots').click();
    await expectSteps('distance to the nearest label', /^distance .* to /);
  });

  it('a label is picked, and its influence asked for, without a mouse', async () => {
    const page = await opened('influence');
    await picks(page).nth(1).focus();
    await page.keyboard.press('Enter');
    await answer(page, 'found').waitFor();
    expect(await picks(page).nth(1).getAttribute('aria-pressed')).toBe('true');
    await panel(page).getByRole('radio', { name: 'flipped' }).focus();
    await page.keyboard.press('ArrowRight');
    await panel(page)
      .getByText(/left out, after 60 steps each/)
      .waitFor();
    // The picture of the difference is read like any other.
    await reward(page).getByRole('application', { name: 'influence of the label' }).focus();
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(() => reward(page).locator('.picture [role="status"]').first().textContent())
      .toMatch(/reward would change by [+−]?\d/);
  });
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('axe finds nothing wrong in any tab', async () => {
    const page = await opened('curves', { colorScheme });
    for (const name of tabs) {
      await tab(page, name).click();
      if (name === 'influence') await picks(page).first().click();
      await page.waitForTimeout(300);
      const violations = await axeViolations(page);
      expect(
        violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html}`),
        name,
      ).toEqual([]);
    }
  });
});

it.each([360, 768, 1440])('nothing lies over anything else or sticks out at %d pixels', async (width) => {
  const page = await opened('curves', { width, height: width < 700 ? 780 : 900 });
  for (const name of tabs) {
    await tab(page, name).click();
    if (name === 'influence') {
      await picks(page).first().click();
      await answer(page, 'found').waitFor();
    }
    await page.waitForTimeout(200);
    const found = await page.evaluate(() => {
      const card = document.querySelector('[data-stage="reward"]')!;
      const box = (selector: string) => card.querySelector(selector)!.getBoundingClientRect();
      const [picture, details, settings] = ['.picture', '.details', '.settings'].map(box);
      const inner = card.querySelector('[role="tabpanel"]')!.getBoundingClientRect();
      const last = card.querySelector('[role="tabpanel"]')!.lastElementChild!.getBoundingClientRect();
      const key = card.querySelector('.picture')!.lastElementChild!.getBoundingClientRect();
      return {
        wide: document.documentElement.scrollWidth - window.innerWidth,
        overSettings: Math.max(details!.bottom, inner.bottom, last.bottom, key.bottom) - settings!.top,
        beside: picture!.right > details!.left && picture!.bottom > details!.top,
      };
    });
    expect(found.wide, `${name}: wider than the window`).toBeLessThanOrEqual(0);
    expect(found.overSettings, `${name}: over the settings`).toBeLessThanOrEqual(1);
    expect(found.beside, `${name}: picture over details`).toBe(false);
  }
});
