// The page is there and can be used while the engine is still on its way, and answers while it computes.
import type { BrowserContext, Route } from 'playwright';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import {
  button,
  card,
  comparisons,
  pictureOf,
  reach,
  ready,
  series,
  settings,
  stage,
  stageNames,
  visiting,
} from './visiting.ts';

const visit = visiting();

/** Holds back every script of the worker until it is let go; what those import later is not held. */
function heldBack() {
  const held: Route[] = [];
  let free = false;
  return {
    held,
    hold: async (context: BrowserContext) => {
      await context.route('**/worker-*.js', async (route) => {
        if (free) await route.continue();
        else held.push(route);
      });
    },
    letGo: async () => {
      free = true;
      await Promise.all(held.map((route) => route.continue()));
    },
  };
}

describe('before the engine is there', () => {
  it('the page is painted, can be worked on, and remembers that play was pressed', async () => {
    const { held, hold, letGo } = heldBack();
    const requests: string[] = [];
    const page = await visit({
      prepare: async (context) => {
        context.on('request', (request) => requests.push(request.url()));
        // TensorFlow.js is in the worker alone.
        await hold(context);
      },
    });
    await expect
      .poll(() => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length))
      .toBe(1);
    for (const name of stageNames) expect(await stage(page, name).isVisible()).toBe(true);
    await page.locator('[data-backend="starting"]').waitFor();

    await card(page, 'left').click();
    await page.locator('[data-setting="noise"]').getByRole('slider').press('ArrowRight');
    await button(page, 'simulate 10 comparisons').click();
    expect(await comparisons(page)).toHaveLength(51);
    await button(page, /^undo/).click();
    expect(await comparisons(page)).toHaveLength(41);
    await button(page, 'play the loop').click();
    await button(page, 'pause the loop').waitFor();
    expect(held.length, 'the engine was asked for').toBeGreaterThan(0);
    expect(await series(page, 'loss')).toEqual({ x: [], y: [] });

    const scripts = requests.filter((url) => url.endsWith('.js') && !url.includes('/worker-'));
    expect(scripts.length).toBeGreaterThan(0);
    // Its kernels are known by these names.
    for (const url of scripts)
      expect(await (await page.request.get(url)).text(), url).not.toMatch(
        /BatchMatMul|FusedMatMul|DepthwiseConv/,
      );

    await letGo();
    await reach(page, { step: 20 });
    expect((await page.evaluate(() => window.playground.comparisons())).length).toBe(41);
  });

  it('what is asked of it meanwhile is answered when it is there', async () => {
    const { held, hold, letGo } = heldBack();
    const page = await visit({ prepare: hold });
    const trained = page.evaluate(() => window.playground.train(10));
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await letGo();
    expect((await trained).step).toBe(10);
  });
});

describe('while it computes', () => {
  it('the page answers every key while it plays with the most there can be', async () => {
    const page = await visit({ hash: '#points=1000&simulated=4500&speed=30&warmup=20' });
    await ready(page);
    await button(page, 'play the loop').click();
    await reach(page, { iteration: 5 });
    for (let k = 0; k < 5; k++) {
      await page.keyboard.press('ArrowLeft');
      await page.locator('[data-setting="noise"]').getByRole('slider').press('ArrowRight');
      await page.locator('[data-setting="learningRate"]').getByRole('slider').press('ArrowRight');
      await page.locator('h1').click();
    }
    expect(await comparisons(page)).toHaveLength(4505);
    await button(page, 'simulate 200 comparisons').click();
    expect(await comparisons(page)).toHaveLength(4705);
    const { noise, learningRate } = await settings(page);
    expect(noise).toBeGreaterThan(defaultSettings.noise);
    expect(learningRate).toBeGreaterThan(defaultSettings.learningRate);
    await reach(page, { iteration: 12 });
  });

  it('a label changes the landscape that is being trained', async () => {
    const page = await visit({ hash: '#simulated=0&heldOut=0&weightDecay=0&warmup=5000' });
    await ready(page);
    const [first, second] = await page.evaluate(() => {
      const { items } = window.playground.candidates();
      const byX = [...items].sort((a, b) => a.values[0]! - b.values[0]!);
      return [byX[0]!.id, byX.at(-1)!.id];
    });
    await page.evaluate(([a, b]) => window.playground.prefer(a!, b!), [first, second]);
    await button(page, 'play the loop').click();
    await reach(page, { step: 40 });
    const gap = () =>
      page.evaluate(
        async ([a, b]) => {
          const ids = window.playground.candidates().items.map(({ id }) => id);
          const rewards = await window.playground.rewards();
          return rewards[ids.indexOf(a!)]! - rewards[ids.indexOf(b!)]!;
        },
        [first, second],
      );
    expect(await gap()).toBeGreaterThan(0);
    const picture = await pictureOf(stage(page, 'reward'));
    // Nine say the contrary: the landscape turns round.
    await page.evaluate(
      ([a, b]) => {
        for (let k = 0; k < 9; k++) window.playground.prefer(b!, a!);
      },
      [first, second],
    );
    await expect.poll(gap, { timeout: 30_000 }).toBeLessThan(0);
    expect(await pictureOf(stage(page, 'reward'))).not.toBe(picture);
  });

  it('every setting can be changed without an error', async () => {
    const page = await visit({ hash: '#warmup=5' });
    await ready(page);
    await button(page, 'play the loop').click();
    await reach(page, { iteration: 2 });
    const patches = [
      { seed: 8 },
      { landscape: 'bowl' },
      { spread: 1.2 },
      { points: 30 },
      { features: 32 },
      { lengthScale: 0.5 },
      { embeddingNoise: 0.5 },
      { simulated: 100 },
      { pairSource: 'policy' },
      { noise: 0.3 },
      { heldOut: 0 },
      { optimizer: 'sgd' },
      { optimizer: 'adam' },
      { batchSize: 7 },
      { samples: 64, epochs: 2, minibatches: 4 },
      { whitenAdvantages: true, normalizeReward: false },
      { klCoefficient: 1, entropyCoefficient: 0 },
      { speed: 120 },
    ];
    for (const patch of patches) {
      await page.evaluate((some) => window.playground.configure(some), patch);
      await page.waitForTimeout(60);
    }
    const { length } = (await series(page, 'kl')).x;
    await expect.poll(async () => (await series(page, 'kl')).x.length, { timeout: 30_000 }).not.toBe(length);
    expect(await page.locator('[data-notice]').count()).toBe(0);
    // And back again, all of it.
    for (let k = 0; k < patches.length; k++) await page.keyboard.press('Control+z');
    // How fast it plays is how one looks at it: that stays.
    expect(await settings(page)).toEqual({ ...defaultSettings, warmup: 5, speed: 120 });
  });
});
