// The textbook scenario through the page: chosen from the bar, from untrained scores to a policy that drifted, and back.
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import {
  button,
  card,
  comparisons,
  reach,
  ready,
  series,
  settings,
  stage,
  standstill,
  visiting,
} from './visiting.ts';

const visit = visiting();

describe('the textbook scenario', () => {
  it('is chosen in the bar, and the work on the map is there again afterwards', async () => {
    const page = await visit();
    await ready(page);
    await card(page, 'left').click();
    const before = await comparisons(page);
    const select = page.getByRole('combobox', { name: 'scenario' });
    await select.selectOption('Linear');
    await stage(page, 'reward').getByText('torch.nn.Linear(768, 1)').waitFor();
    expect(await page.evaluate(() => window.playground.candidates().dimension)).toBe(768);
    await card(page, 'right').click();
    expect(await comparisons(page)).toHaveLength(201);
    await select.selectOption('Map');
    await expect.poll(() => comparisons(page)).toEqual(before);
    await button(page, /^undo/).click();
    expect((await settings(page)).scenario).toBe('linear');
  });

  it('shows scores to four decimals before and after training, and a policy that drifts by play alone', async () => {
    const page = await visit({ hash: '#scenario=linear' });
    await ready(page);
    const reward = stage(page, 'reward');
    const rowOf = async (name: RegExp) =>
      (await reward.getByRole('row', { name }).getByRole('cell').allInnerTexts()).map((text) =>
        Number(text.replace('−', '-')),
      );
    await expect.poll(() => rowOf(/^chosen/)).toHaveLength(2);
    const [untrained, now] = await rowOf(/^chosen/);
    expect(untrained, 'nothing is trained yet').toBeCloseTo(now!, 3);
    await button(page, 'play the loop').focus();
    await page.keyboard.press('Enter');
    await reach(page, { iteration: 20 });
    await button(page, 'pause the loop').click();
    await standstill(page);
    const chosen = await rowOf(/^chosen/);
    const rejected = await rowOf(/^rejected/);
    expect(chosen[0]).toBeCloseTo(untrained!, 4);
    expect(chosen[1]! - rejected[1]!, 'chosen above rejected').toBeGreaterThan(1);
    const [margin] = (await rowOf(/^margin/)).slice(1);
    expect(margin).toBeCloseTo(chosen[1]! - rejected[1]!, 3);
    const proxy = (await series(page, 'proxyReward')).y;
    expect(proxy.at(-1)! - proxy[0]!).toBeGreaterThan(0.1);
    // The likeliest actions stand first.
    const bars = await stage(page, 'policy').locator('.bars tbody tr').allInnerTexts();
    const shares = bars.map((text) => Number(/([\d.]+) %/.exec(text)![1]));
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
  });

  it('actions are read and picked by keyboard', async () => {
    const page = await visit({ hash: '#scenario=linear' });
    await ready(page);
    const matrix = page.getByRole('slider', { name: /200 actions/ });
    await matrix.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await matrix.getAttribute('aria-valuetext')).toMatch(/^#1: \[/);
    await page.getByRole('slider', { name: 'embedding of #1' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('can be used by everybody: %s', async (colorScheme) => {
    for (const width of [1440, 360]) {
      const page = await visit({ hash: '#scenario=linear', colorScheme, width });
      await ready(page);
      await stage(page, 'reward').getByText('torch.nn.Linear(768, 1)').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `at ${width} px`).toBeLessThanOrEqual(width);
    }
  });
});
