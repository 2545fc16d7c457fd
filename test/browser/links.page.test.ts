// One link reproduces the experiment, and a reload loses nothing.
import jsQR from 'jsqr';
import type { Locator, Page } from 'playwright';
import { describe, expect, inject, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import { button, card, comparisons, notice, ready, settings, visiting } from './visiting.ts';

const visit = visiting();
const hashOf = (page: Page) => new URL(page.url()).hash;
const waitForHash = (page: Page, hash: RegExp) => page.waitForURL((url) => hash.test(url.hash));

/** What a decoder makes of the QR code in the picture. */
async function readCode(code: Locator): Promise<string | undefined> {
  const picture = (await code.screenshot()).toString('base64');
  const { width, height, data } = await code.page().evaluate(async (png) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: image.width, height: image.height, data: Array.from(image.data) };
  }, picture);
  return jsQR(Uint8ClampedArray.from(data), width, height)?.data;
}

describe('a link', () => {
  const link = '#seed=3&showGold=true&landscape=ring&noise=0.25&learningRate=0.01&klCoefficient=0.1';
  const linked = {
    ...defaultSettings,
    seed: 3,
    landscape: 'ring',
    showGold: true,
    noise: 0.25,
    learningRate: 0.01,
    klCoefficient: 0.1,
  };

  it('sets what it says, and still does after a reload', async () => {
    const page = await visit({ hash: link });
    expect(await settings(page)).toEqual(linked);
    const check = async () => {
      expect(await settings(page)).toEqual(linked);
      expect(await page.getByRole('radio', { name: 'ring' }).isChecked()).toBe(true);
      expect(await page.getByRole('switch', { name: 'show gold' }).isChecked()).toBe(true);
      expect(await page.locator('[data-setting="noise"]').getByRole('textbox').inputValue()).toBe('25 %');
      expect(await page.locator('[data-notice]').count()).toBe(0);
    };
    await check();
    // Everything that differs from the defaults, in the order of the table.
    await waitForHash(
      page,
      /^#seed=3&landscape=ring&showGold=true&noise=0\.25&learningRate=0\.01&klCoefficient=0\.1$/,
    );
    await page.reload();
    await check();
  });

  it('shows what the engine computes for it', async () => {
    const page = await visit({ hash: link });
    await ready(page);
    const { step } = await page.evaluate(() => window.playground.train(20));
    expect(step).toBe(20);
    expect(await page.evaluate(() => window.playground.series('loss').x)).toEqual([10, 20]);
  });

  it('follows a slider, a switch and a choice, and leaves out what is at its default', async () => {
    const page = await visit();
    expect(hashOf(page)).toBe('');
    await page.locator('[data-setting="temperature"]').getByRole('slider').press('ArrowRight');
    const { temperature } = await settings(page);
    expect(temperature).toBeGreaterThan(0.2);
    await waitForHash(page, new RegExp(`^#temperature=${temperature}$`));
    await page.locator('[data-setting="optimizer"]').getByRole('combobox').selectOption('sgd');
    await waitForHash(page, /optimizer=sgd/);
    await button(page, /^undo/).click();
    await button(page, /^undo/).click();
    await page.waitForURL((url) => url.hash === '');
    expect(await settings(page)).toEqual(defaultSettings);
  });

  it('that is pasted into the address bar of the open page is followed', async () => {
    const page = await visit();
    await card(page, 'left').click();
    await page.evaluate(() => (location.hash = 'seed=9&landscape=hills'));
    await expect.poll(() => settings(page)).toEqual({ ...defaultSettings, seed: 9, landscape: 'hills' });
    expect((await comparisons(page)).filter(({ annotator }) => annotator === 'you')).toHaveLength(1);
  });

  it('with mistakes: a notice names them, the rest holds', async () => {
    const page = await visit({ hash: '#seed=3&noise=2&colour=blue&optimizer=lion&points=12.5' });
    expect(await settings(page)).toEqual({ ...defaultSettings, seed: 3 });
    const text = await notice(page, 'link').innerText();
    for (const name of ['noise', 'colour', 'optimizer', 'lion', 'points', '12.5'])
      expect(text).toContain(name);
    expect(text).not.toContain('seed');
    await button(notice(page, 'link'), 'dismiss').click();
    await notice(page, 'link').waitFor({ state: 'detached' });
    await page.waitForURL((url) => url.hash === '#seed=3');
  });

  it('with something nasty in it is text, and nothing else', async () => {
    const page = await visit({
      hash: `#__proto__=1&${encodeURIComponent('<img src=x onerror="window.hit=1">')}=1&seed=%E0%A4%A`,
    });
    expect(await settings(page)).toEqual(defaultSettings);
    expect(await notice(page, 'link').innerText()).toContain('<img src=x');
    expect(await notice(page, 'link').locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
  });

  it('is what Share copies', async () => {
    const page = await visit({ hash: '#seed=3' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('[data-setting="optimizer"]').getByRole('combobox').selectOption('sgd');
    await button(page, 'Share').click();
    await button(page, 'copy link').click();
    await button(page, 'link copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `${inject('site')}#seed=3&optimizer=sgd`,
    );
  });

  it('brings the labels too, if one wants; its QR code says the same', async () => {
    const page = await visit({ hash: '#seed=3&simulated=4' });
    await card(page, 'left').click();
    await page.evaluate(() => window.playground.prefer(3, 8));
    const labels = await comparisons(page);
    await button(page, 'Share').click();
    await page.getByRole('checkbox', { name: 'with my labels' }).check();
    const link = (await page.locator('[data-link*="labels="]').getAttribute('data-link'))!;
    await button(page, 'QR code').click();
    const code = page.getByRole('img', { name: 'QR code of the link' });
    await code.waitFor();
    expect(await readCode(code)).toBe(link);

    const other = await visit({ hash: new URL(link).hash });
    await expect.poll(() => comparisons(other)).toEqual(labels);
    // The address keeps the settings alone: a reload goes on from what was done since.
    await waitForHash(other, /^#seed=3&simulated=4$/);
    await card(other, 'right').click();
    await other.reload();
    await ready(other);
    expect(await comparisons(other)).toHaveLength(labels.length + 1);
  });

  it('gives the same run again, number by number', async () => {
    const hash = '#seed=11&backend=cpu&landscape=hills&noise=0.2&batchSize=32&samples=128&klCoefficient=0.05';
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const page = await visit({ hash });
        return page.evaluate(async () => {
          const { playground } = window;
          playground.prefer(3, 4);
          playground.prefer(8, 1);
          await playground.train(60);
          await playground.optimise(8);
          await playground.train(15);
          return {
            backend: (await playground.ready).backend,
            series: [
              'loss',
              'evalLoss',
              'margin',
              'gradNorm',
              'proxyReward',
              'goldReward',
              'kl',
              'ratio',
            ].map((name) => playground.series(name)),
            rewards: [...(await playground.rewards())],
            pairs: playground.comparisons(),
          };
        });
      }),
    );
    expect(runs[0]!.backend).toBe('cpu');
    expect(runs[0]!.series[0]!.y.length).toBeGreaterThan(6);
    expect(runs[0]!.series[4]!.y).toHaveLength(8);
    expect(runs[1]).toEqual(runs[0]);
  });
});

describe('the work', () => {
  const label = async (page: Page, count: number) => {
    for (let k = 0; k < count; k++) await page.keyboard.press(k % 2 ? 'ArrowLeft' : 'ArrowRight');
    return comparisons(page);
  };

  it('is there after a reload: the labels, the points, the settings', async () => {
    const page = await visit();
    const labels = await label(page, 5);
    const { count } = await page.evaluate(() => window.playground.candidates());
    await page.evaluate(() => window.playground.configure({ clip: 0.3 }));
    await waitForHash(page, /clip=0\.3/);
    await page.reload();
    await page.getByRole('region', { name: '45 comparisons, newest first' }).waitFor();
    expect(await comparisons(page)).toEqual(labels);
    expect(labels.filter(({ annotator }) => annotator === 'you')).toHaveLength(5);
    expect((await page.evaluate(() => window.playground.candidates())).count).toBe(count);
    expect((await settings(page)).clip).toBe(0.3);
    expect(await page.locator('[data-notice]').count()).toBe(0);
    // And it can be worked on.
    await page.keyboard.press('ArrowLeft');
    expect(await comparisons(page)).toHaveLength(46);
    await page.evaluate(() => window.playground.train(10));
  });

  it('is there even if the last label was given just before', async () => {
    const page = await visit();
    const labels = await label(page, 3);
    await page.reload();
    await page.getByRole('region', { name: '43 comparisons, newest first' }).waitFor();
    expect(await comparisons(page)).toEqual(labels);
  });

  it('is kept when a link opens something else over it, and brought back with one press', async () => {
    const page = await visit();
    const labels = await label(page, 4);
    await page.goto('about:blank');
    await page.goto(`${inject('site')}#seed=21`);
    const offer = notice(page, 'session');
    await offer.waitFor();
    expect(await offer.innerText()).toContain('4 of your own labels');
    expect((await settings(page)).seed).toBe(21);
    expect(await comparisons(page)).toHaveLength(40);
    await button(offer, 'bring it back').click();
    expect(await comparisons(page)).toEqual(labels);
    await page.waitForURL((url) => url.hash === '');
    await offer.waitFor({ state: 'detached' });
  });
});
