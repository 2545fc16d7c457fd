import { expect, it } from 'vitest';
import { axeViolations, openBrowser, openPage } from './page.ts';

it('#bench measures this device, case by case, and can be stopped and saved', async () => {
  const browser = await openBrowser([], { graphics: 'none' });
  const { page, errors, outside } = await openPage(browser, { width: 360, height: 800, hash: 'bench' });
  await page.getByRole('button', { name: 'Run the benchmark' }).click();
  const linear = page.getByRole('table').first();
  await linear.waitFor({ timeout: 100_000 });
  expect(await linear.getByRole('row', { name: /^fused WebAssembly/ }).textContent()).toMatch(/±/);
  // Without graphics, what needs them says so.
  expect(await linear.getByRole('row', { name: /^fused WebGPU/ }).textContent()).toContain('not measured');
  await page.getByRole('button', { name: 'Stop' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as JSON' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('benchmark.json');
  expect(await axeViolations(page)).toEqual([]);
  expect([errors, outside]).toEqual([[], []]);
  await browser.close();
});
