// window.playground, as a console, a lesson or a test uses it.
import type { Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../src/domain/metrics.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { exporters } from '../../src/io/index.ts';
import { button, comparisons, stat, visiting } from './visiting.ts';

const visit = visiting();

/** What a piece of code throws or rejects with when it runs in the page; null when it does neither. */
const complaint = (page: Page, code: string): Promise<string | null> =>
  page.evaluate(async (source) => {
    try {
      await (0, eval)(source);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : `not an Error: ${String(error)}`;
    }
  }, code);

describe('window.playground', () => {
  it('has the names that are promised', async () => {
    const page = await visit();
    const promised = {
      ready: 'object',
      settings: 'object',
      configure: 'function',
      candidates: 'function',
      prefer: 'function',
      simulate: 'function',
      comparisons: 'function',
      undo: 'function',
      redo: 'function',
      train: 'function',
      optimise: 'function',
      rewards: 'function',
      series: 'function',
      export: 'function',
      reset: 'function',
    };
    const found = await page.evaluate(
      (names) =>
        Object.fromEntries(
          names.map((name) => [name, typeof (window.playground as unknown as Record<string, unknown>)[name]]),
        ),
      Object.keys(promised),
    );
    expect(found).toEqual(promised);
  });

  it('says what it computes with, what it is about, and how it is set', async () => {
    const page = await visit();
    const ready = await page.evaluate(() => window.playground.ready);
    expect(['webgpu', 'webgl', 'cpu']).toContain(ready.backend);
    expect(ready.adapter.length).toBeGreaterThan(0);
    expect(ready.trainer.length).toBeGreaterThan(0);
    const candidates = await page.evaluate(() => window.playground.candidates());
    expect(candidates).toMatchObject({ count: 200, dimension: 768, prompts: 1 });
    expect(candidates.items).toHaveLength(200);
    expect(await page.evaluate(() => window.playground.settings)).toEqual(defaultSettings);
  });

  it('configures, and the page follows', async () => {
    const page = await visit();
    await page.evaluate(() => window.playground.configure({ learningRate: 0.01, points: 50, features: 64 }));
    expect(await page.evaluate(() => window.playground.settings)).toEqual({
      ...defaultSettings,
      learningRate: 0.01,
      points: 50,
      features: 64,
    });
    expect(await page.evaluate(() => window.playground.candidates())).toMatchObject({
      count: 50,
      dimension: 64,
    });
    expect(await stat(page, 'candidates', 'candidates')).toBe('50');
    expect(await page.locator('[data-setting="learningRate"]').getByRole('textbox').inputValue()).toBe(
      '0.01',
    );
  });

  it('refuses what cannot be, with an Error that says why, and changes nothing', async () => {
    const page = await visit();
    await page.evaluate(() => window.playground.ready);
    const before = await comparisons(page);
    const refusals: [string, RegExp][] = [
      ['playground.configure({ learnRate: 1 })', /"learnRate".*learningRate/],
      ['playground.configure({ learningRate: "fast" })', /"learningRate".*0\.0001 to 10.*"fast"/],
      ['playground.configure({ learningRate: NaN })', /"learningRate".*NaN/],
      ['playground.configure({ seed: 1e9 })', /"seed".*0 to 999999.*1000000000/],
      ['playground.configure({ noise: 0.2, epochs: 1.5 })', /"epochs".*whole number from 1 to 16.*1\.5/],
      ['playground.configure({ optimizer: "lion" })', /"optimizer".*sgd, adam, adamw.*"lion"/],
      ['playground.prefer(0, 123456)', /123456/],
      ['playground.prefer(0, 0)', /itself/],
      ['playground.prefer()', /undefined/],
      ['playground.simulate(0)', /1 to 5000.*0/],
      ['playground.train(-1)', /train.*1 to.*-1/],
      ['playground.train("many")', /train.*many/],
      ['playground.optimise(2.5)', /optimise.*2\.5/],
      ['playground.series("los")', /"los".*loss/],
      ['playground.export("pdf")', /"pdf".*comparisons.*curves/],
    ];
    for (const [code, why] of refusals) expect(await complaint(page, code), code).toMatch(why);
    expect(await page.evaluate(() => window.playground.settings)).toEqual(defaultSettings);
    expect(await comparisons(page)).toEqual(before);
  });

  it('records and simulates comparisons, and takes them back', async () => {
    const page = await visit({ hash: '#simulated=0' });
    const id = await page.evaluate(() => window.playground.prefer(5, 9));
    expect(await comparisons(page)).toMatchObject([
      { id, chosen: 5, rejected: 9, annotator: 'you', source: 'start' },
    ]);
    expect(await page.evaluate(() => window.playground.simulate(20))).toBe(21);
    await page.evaluate(() => window.playground.undo());
    expect(await comparisons(page)).toHaveLength(1);
    await page.evaluate(() => window.playground.redo());
    expect(await comparisons(page)).toHaveLength(21);
    await page.getByRole('region', { name: '21 comparisons, newest first' }).waitFor();
  });

  it('trains, optimises, and gives rewards, curves and exports', async () => {
    const page = await visit();
    const trained = await page.evaluate(() => window.playground.train(60));
    expect(trained.step).toBe(60);
    for (const name of ['loss', 'accuracy', 'margin', 'evalLoss', 'evalAccuracy', 'goldAccuracy'] as const)
      expect(trained[name], name).toBeTypeOf('number');
    expect(trained.loss).toBeLessThan(0.69);
    expect(trained.loss).toBeGreaterThan(0);
    expect(trained.accuracy).toBeGreaterThan(0.5);

    const optimised = await page.evaluate(() => window.playground.optimise(10));
    expect(optimised.iteration).toBe(10);
    for (const name of ['proxyReward', 'goldReward', 'kl', 'entropy', 'clipFraction'] as const)
      expect(Number.isFinite(optimised[name]), name).toBe(true);
    expect(optimised.kl).toBeGreaterThan(0);

    const rewards = await page.evaluate(async () => {
      const values = await window.playground.rewards();
      return { kind: values.constructor.name, values: [...values] };
    });
    expect(rewards.kind).toBe('Float32Array');
    expect(rewards.values).toHaveLength(200);
    expect(rewards.values.every(Number.isFinite)).toBe(true);
    expect(Math.max(...rewards.values)).toBeCloseTo(trained.maxReward, 5);

    const all = await page.evaluate(
      (names) => names.map((name) => window.playground.series(name)),
      [...metricNames],
    );
    for (const [k, { x, y }] of all.entries()) {
      expect(x.length, metricNames[k]).toBeGreaterThan(0);
      expect(y, metricNames[k]).toHaveLength(x.length);
      expect(x).toEqual([...x].sort((a, b) => a - b));
    }
    expect(all[metricNames.indexOf('loss')]!.x).toEqual([10, 20, 30, 40, 50, 60]);
    expect(all[metricNames.indexOf('kl')]!.x).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

    const exported = await page.evaluate(async () => {
      const [json, csv] = await Promise.all(
        ['comparisons', 'curves'].map((name) => window.playground.export(name)),
      );
      return { types: [json!.type, csv!.type], json: await json!.text(), csv: await csv!.text() };
    });
    expect(exported.types).toEqual(['application/json', 'text/csv']);
    expect((JSON.parse(exported.json) as { comparisons: object[] }).comparisons).toHaveLength(40);
    expect(exported.csv.split('\r\n')[0]).toBe('stage,step,metric,value');
    expect(exported.csv).toContain(`policy,10,kl,${optimised.kl}`);

    await page.evaluate(() => window.playground.reset());
    expect(await page.evaluate(() => window.playground.series('loss'))).toEqual({ x: [], y: [] });
    expect(await page.evaluate(() => window.playground.series('kl'))).toEqual({ x: [], y: [] });
    expect(await comparisons(page), 'labels stay').toHaveLength(40);
    const again = await page.evaluate(() => window.playground.train(60));
    expect(again).toEqual(trained);
  });

  it('gives copies: what is done to them changes nothing', async () => {
    const page = await visit();
    await page.evaluate(() => window.playground.train(20));
    const same = await page.evaluate(async () => {
      const { playground } = window;
      const all = async () =>
        JSON.stringify([
          await playground.ready,
          playground.settings,
          playground.candidates(),
          playground.comparisons(),
          playground.series('loss'),
          [...(await playground.rewards())],
        ]);
      const before = await all();
      const spoil = (value: object): void => {
        const open = value as Record<string, unknown>;
        for (const key of Object.keys(open)) {
          const part = open[key];
          if (part && typeof part === 'object') spoil(part);
          else open[key] = 7777;
        }
        if (Array.isArray(value)) value.length = 0;
      };
      spoil(await playground.ready);
      spoil(playground.settings);
      spoil(playground.candidates());
      spoil(playground.comparisons());
      spoil(playground.series('loss'));
      (await playground.rewards()).fill(7777);
      return (await all()) === before;
    });
    expect(same).toBe(true);
  });

  it('rejects what is under way when the run is reset', async () => {
    const page = await visit();
    const why = await page.evaluate(async () => {
      const { playground } = window;
      const [trained] = await Promise.allSettled([playground.train(100_000), playground.reset()]);
      return trained.status === 'rejected' ? String(trained.reason) : trained.value;
    });
    expect(why).toMatch(/reset/);
  });

  it('can be used before the engine is there', async () => {
    const page = await visit();
    // In the very task in which the page was made.
    const [point] = await Promise.all([page.evaluate(() => window.playground.train(10))]);
    expect(point.step).toBe(10);
  });
});

describe('the menu of what can be taken away', () => {
  it('saves the same as files', async () => {
    const page = await visit();
    await button(page, 'more').click();
    const menu = page.locator('#more-menu');
    for (const [group, label, file, start] of [
      ['preferences', 'Everything recorded (JSON)', 'comparisons.json', '{'],
      ['preferences', 'TRL pairs (JSONL)', 'preferences.jsonl', '{"prompt":'],
      ['reward model', 'ONNX', 'reward-head.onnx', '\x08\x08\x12'],
      ['reward model', 'Continue at scale: scripts, notebook, data (zip)', 'reward-model-pytorch.zip', 'PK'],
      ['data', 'Curves (CSV)', 'curves.csv', 'stage,step'],
    ] as const) {
      const item = button(page, label);
      if (!(await item.isVisible())) await menu.getByText(group, { exact: true }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), item.click()]);
      expect(download.suggestedFilename()).toBe(file);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString('latin1').startsWith(start)).toBe(true);
    }
  });

  it('writes every format, of a head with hidden layers and criteria too', async () => {
    const page = await visit({ hash: 'hiddenLayers=1&members=2&criteria=true' });
    await page.evaluate(() => window.playground.train(10));
    for (const { name } of exporters) {
      const size = await page.evaluate(async (format) => (await window.playground.export(format)).size, name);
      expect(size, name).toBeGreaterThan(30);
    }
  });
});
