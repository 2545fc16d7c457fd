import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright';
import { axeViolations } from './page.ts';
import { button, notice, progress, ready, series, stage, visiting } from './visiting.ts';

// Stage 4 in focus: the policy lab.

const visit = visiting();

/** A trained reward model, a policy some way off, and stage 4 open. */
async function lab(page: Page, iterations = 40): Promise<void> {
  await ready(page);
  await page.evaluate(async (count) => {
    await window.playground.train(60);
    if (count > 0) await window.playground.optimise(count);
  }, iterations);
  await button(page, 'open Policy full width').click();
  await page.getByRole('tablist', { name: 'policy lab' }).waitFor();
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });

/** As fast as the engine can, and small enough for a machine that computes in software. */
const quick = 'features=64&samples=64&speed=120';

describe('the policy lab', () => {
  it('has its panels behind tabs, by mouse and by keyboard, without a fault of accessibility in any', async () => {
    const page = await visit({ hash: quick });
    await lab(page);
    const names = ['over-optimisation', 'KL frontier', 'curves', 'one iteration', 'rounds'];
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(names);
    await tab(page, 'over-optimisation').focus();
    for (const name of names) {
      expect(await tab(page, name).getAttribute('aria-selected')).toBe('true');
      expect((await axeViolations(page)).map(({ id }) => id)).toEqual([]);
      await page.keyboard.press('ArrowRight');
    }
    expect(await tab(page, names[0]!).getAttribute('aria-selected')).toBe('true');
    await tab(page, 'curves').click();
    for (const name of ['KL', 'clip fraction', 'explained variance', 'log ratio'])
      await page.getByRole('slider', { name: `${name}: cursor`, exact: true }).waitFor();
  });

  it('keeps runs to compare with, and forgets them', async () => {
    const page = await visit({ hash: quick });
    await lab(page, 10);
    await button(page, 'keep this run').click();
    const forget = page.getByRole('button', { name: /^forget PPO, β 0/ });
    await forget.waitFor();
    // What a screen reader hears of the chart follows it slowly.
    await stage(page, 'policy')
      .locator('figcaption')
      .filter({ hasText: 'PPO, β 0' })
      .first()
      .waitFor({ state: 'attached' });
    await forget.click();
    expect(await forget.count()).toBe(0);
  });

  it('walks through one iteration by keyboard: five parts, and one iteration done', async () => {
    const page = await visit({ hash: quick });
    await lab(page, 3);
    await tab(page, 'one iteration').click();
    const before = await progress(page);
    const current = page.locator('[aria-current="step"]');
    await button(page, 'walk through one iteration').focus();
    await page.keyboard.press('Enter');
    for (const part of ['1 sample', '2 score', '3 advantages', '4 ratios and clipping', '5 update']) {
      await current.filter({ hasText: part }).waitFor();
      if (part !== '5 update') await page.keyboard.press('Enter');
    }
    expect((await progress(page)).iteration).toBe(before.iteration + 1);
    const table = page.getByRole('table', { name: 'eight samples of the iteration' });
    expect(await table.getByRole('row').count()).toBe(9);
    const cells = await table.getByRole('row').nth(1).getByRole('cell').allInnerTexts();
    expect(cells).toHaveLength(7);
    expect(cells[4]).toBe('1.00'); // the first ratio
    await button(page, 'back').click();
    await current.filter({ hasText: 'ratios' }).waitFor();
    await button(page, 'done').click();
    await button(page, 'walk through one iteration').waitFor();
  });

  it('sweeps the KL penalty, tells how far it is, is cancelled, and leaves the policy where it is', async () => {
    // Long enough to be cancelled, however fast the machine is.
    const page = await visit({ hash: `${quick}&samples=1024&epochs=16` });
    await lab(page, 1);
    const before = await progress(page);
    await tab(page, 'KL frontier').click();
    await button(page, 'sweep the KL penalty').click();
    await page.getByRole('progressbar', { name: 'sweep the KL penalty' }).waitFor();
    const rows = page.getByRole('table', { name: 'policies under several KL penalties' }).getByRole('row');
    await rows.nth(1).waitFor();
    await button(page, 'cancel').click();
    await button(page, 'sweep the KL penalty').waitFor();
    expect(await rows.nth(1).innerText()).toContain('β 0');
    expect(await progress(page)).toEqual(before);
  });

  it('runs rounds: labels what the policy does, retrains, and marks the rounds', async () => {
    const page = await visit({ hash: `${quick}&rounds=2&roundIterations=5&roundLabels=7&roundSteps=10` });
    await lab(page, 0);
    await tab(page, 'rounds').click();
    const labels = () => page.evaluate(() => window.playground.comparisons().length);
    const before = await labels();
    await button(page, 'run 2 rounds').click();
    await page.getByText('round 2: labelled after iteration 10 and reward step 70').waitFor();
    await button(page, 'run 2 rounds').waitFor();
    expect(await labels()).toBe(before + 14);
    expect(await progress(page)).toEqual({ step: 80, iteration: 15 });
    // On the curves of both stages, also for those who do not see them.
    await page.keyboard.press('Escape');
    const rewardChart = stage(page, 'policy').locator('figure').filter({ hasText: 'entropy' });
    await expect.poll(() => rewardChart.last().textContent()).toContain('Marked: r1 at 5, r2 at 10.');
    const lossChart = stage(page, 'reward').locator('figure').filter({ hasText: 'loss' });
    await expect.poll(() => lossChart.first().textContent()).toContain('r2 at 70');
  });

  it('says that only a simulation can stop at the peak, and takes held-out preferences of the policy now', async () => {
    const page = await visit({ hash: quick });
    await lab(page, 10);
    await tab(page, 'rounds').click();
    await page.getByText('possible only here, in a simulation').waitFor();
    await button(page, '20 by the simulated annotator').click();
    await page.getByText('20 held-out preferences').waitFor();
    await button(page, 'ask me').click();
    await page.locator('[data-side="left"]').click();
    await page.getByText('21 held-out preferences').waitFor();
  });

  it('goes back to where gold was best', async () => {
    const page = await visit({ hash: 'seed=1&speed=120' });
    await lab(page, 90);
    const { y } = await series(page, 'goldReward');
    const best = y.indexOf(Math.max(...y));
    await button(page, 'go back there').click();
    await page.waitForFunction((last) => (window.playground.series('kl').x.at(-1) ?? 0) <= last, best);
    await page.evaluate(() => window.playground.optimise(1));
    expect((await series(page, 'goldReward')).y.at(-1)).toBe(Math.max(...y));
  });

  it('pauses a policy whose KL explodes, says why, and goes back with one click', async () => {
    const page = await visit({ hash: `${quick}&klLimit=2&policyLearningRate=0.1` });
    await lab(page, 0);
    await button(page, 'play Policy').click();
    const said = notice(page, 'divergence');
    await said.waitFor();
    expect(await said.innerText()).toContain('more than the KL limit of 2');
    await button(page, 'play Policy').waitFor(); // it pauses
    await said.getByRole('button', { name: /^go back to iteration/ }).click();
    await said.waitFor({ state: 'detached' });
    await page.evaluate(() => window.playground.configure({ klLimit: 5000, policyLearningRate: 0.01 }));
    const { iteration } = await page.evaluate(() => window.playground.optimise(1));
    expect(iteration).toBe(1);
  });
});
