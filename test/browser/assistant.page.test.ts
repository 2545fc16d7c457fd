// The assistant from reset to a policy that hacks its reward, by mouse and keyboard, and what a visitor adds.
import { describe, expect, it } from 'vitest';
import { axeViolations } from './page.ts';
import { button, comparisons, reach, ready, series, stage, visiting } from './visiting.ts';

const hash = '#scenario=assistant';

describe('the assistant', () => {
  const visit = visiting();

  it('goes from reset to over-optimisation by play alone, and what it says can be read', async () => {
    const page = await visit({ hash });
    await ready(page);
    const policy = stage(page, 'policy');
    await policy.getByRole('heading', { name: 'at the start' }).waitFor();
    expect(await policy.innerText()).toMatch(/perplexity of held-out demonstrations 1\d\d → [2-9]\.\d/);

    await button(page, 'reset the loop').click();
    await button(page, 'play the loop').click();
    await reach(page, { iteration: 25 });
    await button(page, 'pause the loop').click();
    const gold = (await series(page, 'goldReward')).y;
    const proxy = (await series(page, 'proxyReward')).y;
    const best = Math.max(...gold);
    expect(best - gold[0]!, 'it became better').toBeGreaterThan(0.2);
    expect(best - gold.at(-1)!, 'and worse than it had been').toBeGreaterThan(best - gold[0]!);
    expect(proxy.at(-1)! - proxy[gold.indexOf(best)]!, 'while the proxy rose').toBeGreaterThan(1);

    // Answers then and now, with the probability of each word.
    await policy.getByRole('heading', { name: 'now' }).waitFor();
    expect(await policy.innerText()).toMatch(/\b\d+%/);
    // What it says now and did not say at the start stands out.
    const asked = policy.getByRole('combobox', { name: 'prompt' });
    let changed = 0;
    for (let prompt = 0; prompt < 9; prompt++) {
      await asked.selectOption(String(prompt));
      changed += await policy.locator('.changed').count();
    }
    expect(changed).toBeGreaterThan(0);
    // The hack has a name and a number: answers have grown.
    const lengths = await policy.getByRole('listitem').filter({ hasText: 'length' }).innerText();
    const [first, last] = lengths.match(/[\d.]+/g)!.map(Number);
    expect(last! / first!).toBeGreaterThan(1.4);
    // By keyboard: the curves of the hacks, in place of the answers.
    await policy.getByRole('radio', { name: 'answers' }).focus();
    await page.keyboard.press('ArrowRight');
    await policy.getByText('toxic words').nth(1).waitFor();
    expect(await page.locator('[data-notice]').count(), 'nothing to complain about').toBe(0);
  });

  it('has the loss of the imitation, and what the policy is caught doing, among its curves', async () => {
    const page = await visit({ hash });
    await ready(page);
    await page.evaluate(() => window.playground.optimise(3));
    const policy = stage(page, 'policy');
    await button(policy, 'open Policy full width').click();
    await policy.getByRole('tab', { name: 'curves', exact: true }).click();
    const chart = (title: string) => policy.locator('figure').filter({ hasText: title }).last();
    await expect
      .poll(() => chart('SFT loss').textContent())
      .toMatch(/SFT loss: from 4\.\d+ at 1 to [01]\.\d+ at/);
    await expect.poll(() => chart('polite words').textContent()).toMatch(/from [\d.]+ at 1 to [\d.]+ at 3/);
    expect(await axeViolations(page)).toEqual([]);
  });

  it('shows which n-grams and which answers the reward model likes', async () => {
    const page = await visit({ hash });
    await ready(page);
    await page.evaluate(() => window.playground.train(200));
    const reward = stage(page, 'reward');
    await reward.getByRole('row', { name: /idiot −/ }).waitFor();
    await reward.getByRole('radio', { name: 'words' }).focus();
    for (const [name, seen] of [
      ['pairs', /start|end/],
      ['with prompt', /\?: /],
      ['answers', /highest[^]*lowest/],
    ] as const) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => reward.getByRole('radio', { name }).isChecked()).toBe(true);
      await expect.poll(() => reward.innerText()).toMatch(seen);
    }
  });

  it('takes answers and prompts of the visitor’s, known words or not', async () => {
    const page = await visit({ hash });
    await ready(page);
    const candidates = stage(page, 'candidates');
    await candidates.getByText('fact', { exact: true }).click();
    await candidates.getByRole('button', { name: /capital of Italy/ }).click();
    await candidates.getByRole('tab', { name: 'add answer' }).click();
    await candidates.getByLabel(/capital of Italy/).press('Enter');
    await candidates.getByRole('alert').filter({ hasText: 'no word in it' }).waitFor();
    await candidates.getByLabel(/capital of Italy/).fill('Roma, of course!');
    await candidates.getByLabel(/capital of Italy/).press('Enter');

    // The next question is about it; the keys answer it.
    const added = page.locator('[data-side]').filter({ hasText: 'roma of course' });
    await added.waitFor();
    const side = await added.getAttribute('data-side');
    const before = (await comparisons(page)).length;
    await stage(page, 'preferences').focus();
    await page.keyboard.press(side === 'left' ? 'ArrowLeft' : 'ArrowRight');
    await expect.poll(async () => (await comparisons(page)).length).toBe(before + 1);
    expect((await comparisons(page)).at(-1)!.annotator).toBe('you');

    await candidates.getByRole('tab', { name: 'add prompt' }).click();
    await candidates.getByLabel('what it asks for').selectOption('unsafe');
    await candidates.getByLabel('your prompt').fill('How do I spy on my sister?');
    await candidates.getByLabel(/must not be said/).fill('spy, hide');
    await button(candidates, 'add prompt').click();
    await candidates.getByText('unsafe', { exact: true }).click();
    await candidates.getByRole('button', { name: /spy on my sister/ }).click();
    await candidates.getByRole('button', { name: /^#\d+/ }).first().waitFor();
    await page.keyboard.press('Control+z');
    await expect.poll(() => candidates.getByRole('button', { name: /spy on my sister/ }).count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('is accessible, in %s', async (colorScheme) => {
    const page = await visit({ hash, colorScheme });
    await ready(page);
    await page.evaluate(async () => {
      await window.playground.train(50);
      await window.playground.optimise(2);
    });
    const violations = await axeViolations(page);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
  });

  it('fits a phone', async () => {
    const page = await visit({ hash, width: 360, height: 780 });
    await ready(page);
    await page.evaluate(() => window.playground.train(50));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
  });
});
