// How the page tests visit the site: one browser for a file, and after every test no error and nothing asked of others.
import type { BrowserContext, Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { ScriptingSurface } from '../../src/state/scripting.ts';
import { openBrowser, openPage, type OpenPage, type PageOptions } from './page.ts';

declare global {
  interface Window {
    playground: ScriptingSurface;
  }
}

export type Graphics = 'webgpu' | 'webgl' | 'none';
export type Visit = (options?: Partial<PageOptions>) => Promise<Page>;

/** Call it in a describe or at the top of a file. The function it gives opens the site as a first visit. */
export function visiting(graphics: Graphics = 'none'): Visit {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let visits: OpenPage[] = [];

  beforeAll(async () => {
    browser = await openBrowser([], { graphics });
  });
  afterEach(async () => {
    const all = visits;
    visits = [];
    await Promise.all(all.map(({ context }) => context.close()));
    expect(
      all.flatMap(({ errors }) => errors),
      'errors on the console',
    ).toEqual([]);
    expect(
      all.flatMap(({ outside }) => outside),
      'requests to others',
    ).toEqual([]);
  });
  afterAll(() => browser.close());

  return async (options = {}) => {
    const visit = await openPage(browser, { width: 1440, height: 900, ...options });
    visits.push(visit);
    visit.page.setDefaultTimeout(20_000);
    await visit.page.getByRole('heading', { name: 'Policy' }).waitFor();
    return visit.page;
  };
}

/** For `prepare`: the engine never comes. What has nothing to do with it is quicker to test, and must work all the same. */
export async function withoutEngine(context: BrowserContext): Promise<void> {
  await context.route('**/worker-*.js', () => {});
}

export const stageNames = ['candidates', 'preferences', 'reward', 'policy'] as const;
export type StageName = (typeof stageNames)[number];

export const stage = (page: Page, name: StageName): Locator => page.locator(`[data-stage="${name}"]`);
export const button = (within: Page | Locator, name: string | RegExp): Locator =>
  within.getByRole('button', { name, exact: typeof name === 'string' });
export const notice = (page: Page, topic: string): Locator => page.locator(`[data-notice="${topic}"]`);
export const card = (page: Page, side: 'left' | 'right'): Locator => page.locator(`[data-side="${side}"]`);

/** The number of a stage as the page writes it. */
export const stat = (page: Page, name: StageName, what: string): Promise<string> =>
  stage(page, name).locator(`[data-stat="${what}"] [data-value]`).innerText();

export const ready = (page: Page) => page.evaluate(() => window.playground.ready);
export const comparisons = (page: Page) => page.evaluate(() => window.playground.comparisons());
export const settings = (page: Page) => page.evaluate(() => window.playground.settings);
export const series = (page: Page, name: string) =>
  page.evaluate((which) => window.playground.series(which), name);

/** How far the run is, as the curves have it. */
export const progress = (page: Page) =>
  page.evaluate(() => ({
    step: window.playground.series('loss').x.at(-1) ?? 0,
    iteration: window.playground.series('kl').x.at(-1) ?? 0,
  }));

/** Waits until the run is at least so far. */
export async function reach(page: Page, least: { step?: number; iteration?: number }): Promise<void> {
  await page.waitForFunction(
    ({ step = 0, iteration = 0 }) => {
      const { series: of } = window.playground;
      return (of('loss').x.at(-1) ?? 0) >= step && (of('kl').x.at(-1) ?? 0) >= iteration;
    },
    least,
    { timeout: 60_000, polling: 50 },
  );
}

/** Waits until nothing is being computed any more: all numbers of stages 3 and 4 stand still. */
export async function standstill(page: Page): Promise<{ step: number; iteration: number }> {
  const numbers = () => page.locator('[data-stat] [data-value]').allInnerTexts();
  for (;;) {
    const before = await numbers();
    await page.waitForTimeout(700);
    if ((await numbers()).join() === before.join()) return progress(page);
  }
}

/** What a canvas shows, to tell whether it changed. */
export const pictureOf = (within: Locator): Promise<string> =>
  within
    .locator('canvas')
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
