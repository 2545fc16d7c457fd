// Where it computes: chosen, overridden, and lost in the middle of a run.
import type { BrowserContext, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import {
  button,
  comparisons,
  notice,
  progress,
  reach,
  ready,
  stageNames,
  stage,
  visiting,
} from './visiting.ts';

const badge = (page: Page, backend: string) => page.locator(`[data-backend="${backend}"]`);
const titles = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' } as const;

/** Puts code before the worker's own. It runs in the worker, before TensorFlow.js is there. */
const inWorker = (code: () => void) => async (context: BrowserContext) => {
  await context.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `(${code.toString()})();\n${await response.text()}` });
  });
};

/** A list, in the page, to which every number of steps is added that the page shows from now on. */
const watchSteps = (page: Page) =>
  stage(page, 'reward')
    .locator('[data-stat="steps"] [data-value]')
    .evaluateHandle((value) => {
      const seen = [Number(value.textContent)];
      new MutationObserver(() => seen.push(Number(value.textContent))).observe(value, {
        characterData: true,
        childList: true,
        subtree: true,
      });
      return seen;
    });

/** Something is computed and shown, and nothing that was made is gone. */
async function expectAlive(page: Page, labels: object[]): Promise<void> {
  for (const name of stageNames) expect(await stage(page, name).isVisible()).toBe(true);
  expect(await comparisons(page)).toEqual(labels);
  const { step } = await progress(page);
  await reach(page, { step: step + 20 });
}

describe('where there is WebGPU and WebGL', () => {
  const visit = visiting('webgpu');

  it('another one can be chosen while it trains, and the run goes on there', async () => {
    const page = await visit({ hash: '#backend=cpu&warmup=5000' });
    expect(await ready(page)).toMatchObject({ backend: 'cpu' });
    await button(page, 'play the loop').click();
    await reach(page, { step: 40 });
    const labels = await comparisons(page);
    await badge(page, 'cpu').click();
    const panel = page.locator('[popover="auto"]:popover-open');
    await panel.getByText('as chosen by hand').waitFor();
    await panel.getByRole('combobox', { name: 'backend' }).selectOption('webgl');
    await badge(page, 'webgl').waitFor();
    const { step } = await progress(page);
    expect(step).toBeGreaterThanOrEqual(40);
    await page.waitForURL((url) => url.hash.includes('backend=webgl'));
    await expectAlive(page, labels);
    const { x, y } = await page.evaluate(() => window.playground.series('loss'));
    expect(x, 'one run, without a gap').toEqual(x.map((_, i) => 10 * (i + 1)));
    // It took up the weights where they were: the loss goes on falling and does not jump back.
    expect(y.at(-1)!).toBeLessThan(y[3]!);
    expect(await page.locator('[data-notice]').count()).toBe(0);
  });

  it('an adapter that gives no device: the run is on the CPU, and a note says why', async () => {
    const prepare = inWorker(() => {
      GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error('The driver is out of order.'));
    });
    const page = await visit({ hash: '#backend=webgpu', prepare });
    expect(await ready(page)).toMatchObject({ backend: 'cpu' });
    await badge(page, 'cpu').waitFor();
    expect(await notice(page, 'backend').innerText()).toContain('The driver is out of order.');
    await button(page, 'play the loop').click();
    await expectAlive(page, await comparisons(page));
  });

  it('a device that is lost while it trains: the run goes on from its last weights, with a note', async () => {
    const prepare = inWorker(() => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to the adapter below
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, ...options) {
        const device = await requestDevice.apply(this, options);
        (globalThis as { lose?: () => void }).lose = () => device.destroy();
        return device;
      };
    });
    const page = await visit({ hash: '#backend=webgpu&warmup=5000&features=32', prepare });
    await loseAndGoOn(page, 'webgpu');
  });

  it('a WebGL context that is lost while it trains: likewise', async () => {
    const prepare = inWorker(() => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to the canvas below
      const getContext = OffscreenCanvas.prototype.getContext as (...args: unknown[]) => unknown;
      OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: unknown[]) {
        const context = getContext.apply(this, args) as WebGL2RenderingContext;
        (globalThis as { lose?: () => void }).lose = () =>
          context.getExtension('WEBGL_lose_context')?.loseContext();
        return context;
      } as typeof OffscreenCanvas.prototype.getContext;
    });
    const page = await visit({ hash: '#backend=webgl&warmup=5000&features=32', prepare });
    await loseAndGoOn(page, 'webgl');
  });

  /** Trains on a backend, has the worker's code above lose it, and sees whether everything goes on. */
  async function loseAndGoOn(page: Page, backend: 'webgpu' | 'webgl'): Promise<void> {
    expect(await ready(page)).toMatchObject({ backend });
    expect(await badge(page, backend).innerText()).toContain(titles[backend]);
    await page.keyboard.press('ArrowLeft');
    await button(page, 'play the loop').click();
    await reach(page, { step: 30 });
    const steps = await watchSteps(page);
    await page.workers()[0]!.evaluate(() => (globalThis as { lose?: () => void }).lose!());

    await notice(page, 'backend').waitFor();
    const text = await notice(page, 'backend').innerText();
    expect(text).toMatch(new RegExp(`${titles[backend]} failed .*goes on`));
    await badge(page, 'cpu').waitFor();
    const labels = await comparisons(page);
    expect(labels).toHaveLength(41);
    await expectAlive(page, labels);
    const shown = await steps.evaluate((list) => list);
    expect(shown.at(-1)!).toBeGreaterThan(shown[0]!);
    expect(Math.max(...shown.slice(1).map((step, i) => shown[i]! - step)), 'steps lost').toBeLessThanOrEqual(
      10,
    );
    const { x } = await page.evaluate(() => window.playground.series('loss'));
    expect(x, 'one run, without a gap').toEqual(x.map((_, i) => 10 * (i + 1)));
    await button(page, 'pause the loop').waitFor();
  }
});

describe('where there is no GPU at all', () => {
  const visit = visiting('none');

  it('computes on the CPU, and the badge says why', async () => {
    const page = await visit();
    const { backend, reason } = await ready(page);
    expect(backend).toBe('cpu');
    await badge(page, 'cpu').click();
    const text = await page.locator('[popover="auto"]:popover-open').innerText();
    expect(text).toContain(reason);
    expect(text).toMatch(/WebGPU.*adapter/);
    expect(text).toMatch(/WebGL.*context/);
    expect(await page.locator('[data-notice]').count(), 'nothing is wrong with that').toBe(0);
  });

  it('says so when a link asks for what is not there', async () => {
    const page = await visit({ hash: '#backend=webgpu' });
    expect(await ready(page)).toMatchObject({ backend: 'cpu' });
    expect(await notice(page, 'backend').innerText()).toMatch(/WebGPU does not start/);
    await button(page, 'play the loop').click();
    await expectAlive(page, await comparisons(page));
  });
});

describe('an engine that cannot be loaded', () => {
  it('the page is there all the same, and says what happened', async () => {
    const page = await visitNone({
      prepare: async (context) => {
        await context.route('**/worker-*.js', (route) => route.fulfill({ body: 'throw new Error("no")' }));
      },
    });
    // It is tried twice.
    await notice(page, 'engine')
      .getByText(/stopped.*reload/s)
      .waitFor();
    for (const name of stageNames) expect(await stage(page, name).isVisible()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    expect(await comparisons(page)).toHaveLength(41);
    await expect(page.evaluate(() => window.playground.train(1))).rejects.toThrow(/engine stopped/);
  });
  const visitNone = visiting('none');
});
