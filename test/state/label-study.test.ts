// Accuracy against labels: as it went, and the comparison of the ways to choose with a real engine of its own.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../src/domain/settings.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import * as tf from '../../src/engine/tf.ts';
import { LabelCurve } from '../../src/state/label-curve.svelte.ts';
import { Playground } from '../../src/state/playground.svelte.ts';
import { LabelStudy } from '../../src/state/study/label-study.svelte.ts';
import { studyCounts, type StudyCell } from '../../src/state/study/study-engine.ts';
import { curvesOf, gainsOf } from '../../src/state/study/study-result.ts';
import { resultOf } from '../../src/views/preferences/learning/result.ts';
import { startSession } from '../support/session-line.ts';
import { FakeEngines, rewardPoint } from './fakes.ts';

tf.env().set('IS_TEST', true);

const cell = (
  strategy: StudyCell['strategy'],
  seed: number,
  labels: number,
  accuracy: number,
): StudyCell => ({
  strategy,
  seed,
  labels,
  accuracy,
});

describe('the live curve', () => {
  it('has the last measurement at each number of labels, in order, for each way to choose', () => {
    const curve = new LabelCurve();
    curve.note('start', { labels: 40, heldOut: 0.5, gold: 0.6 });
    curve.note('start', { labels: 50, heldOut: 0.6, gold: 0.7 });
    curve.note('start', { labels: 50, heldOut: 0.7, gold: 0.8 });
    curve.note('uncertain', { labels: 60, heldOut: NaN, gold: 0.9 });
    curve.note('start', { labels: 45, heldOut: 0.1, gold: 0.2 });
    expect(curve.curves).toEqual([
      {
        source: 'start',
        points: [
          { labels: 40, heldOut: 0.5, gold: 0.6 },
          { labels: 45, heldOut: 0.1, gold: 0.2 },
          { labels: 50, heldOut: 0.7, gold: 0.8 },
        ],
      },
      { source: 'uncertain', points: [{ labels: 60, heldOut: NaN, gold: 0.9 }] },
    ]);
    curve.clear();
    expect(curve.curves).toEqual([]);
  });

  it('stays short enough to draw, with both ends', () => {
    const curve = new LabelCurve();
    for (let labels = 1; labels <= 2500; labels++) curve.note('start', { labels, heldOut: 0, gold: labels });
    const { points } = curve.curves[0]!;
    expect(points.length).toBeLessThanOrEqual(1001);
    expect([points[0]!.labels, points.at(-1)!.labels]).toEqual([1, 2500]);
  });

  it('is fed by what is measured on the present labels, and forgets another world', async () => {
    const engines = new FakeEngines();
    const playground = new Playground(engines.start);
    await playground.open('#simulated=20');
    const measured = (step: number, value: number, version?: number) =>
      engines.last.frame({
        reward: { step, points: [rewardPoint(step, value)], ...(version === undefined ? {} : { version }) },
      });
    measured(10, 0.6);
    await playground.simulate(10);
    // Still about the 20 labels before.
    measured(20, 0.1, 0);
    measured(30, 0.8);
    expect(playground.labelCurve.curves).toEqual([
      {
        source: 'start',
        points: [
          { labels: 20, heldOut: 0.6, gold: 0.6 },
          { labels: 30, heldOut: 0.8, gold: 0.8 },
        ],
      },
    ]);
    playground.configure({ landscape: 'ring' });
    expect(playground.labelCurve.curves).toEqual([]);
  });
});

describe('what a study found', () => {
  const cells = [
    cell('start', 1, 10, 0.5),
    cell('start', 2, 10, 0.7),
    cell('start', 1, 20, 0.6),
    cell('start', 2, 20, 0.8),
    cell('uncertain', 1, 20, 0.65),
    cell('uncertain', 2, 20, 0.81),
  ];

  it('is the mean over the seeds with one standard error each way', () => {
    const [random, uncertain] = curvesOf(cells);
    expect(random).toMatchObject({ strategy: 'start', seeds: 2, labels: [10, 20] });
    expect(random!.mean[0]).toBeCloseTo(0.6, 12);
    // The unbiased variance of 0.5 and 0.7 is 0.02; over two seeds the error is √(0.02/2) = 0.1.
    expect([random!.low[0], random!.high[0]].map((edge) => +edge!.toFixed(12))).toEqual([0.5, 0.7]);
    expect(uncertain!.labels).toEqual([20]);
  });

  it('has no band over one seed', () => {
    const [only] = curvesOf(cells.slice(0, 1));
    expect([only!.low[0], only!.high[0]]).toEqual([0.5, 0.5]);
  });

  it('compares with random seed by seed', () => {
    const [gain] = gainsOf(cells, 20);
    expect(gain).toMatchObject({ strategy: 'uncertain', labels: 20, seeds: 2 });
    expect(gain!.mean).toBeCloseTo(0.03, 12);
    expect(gain!.error).toBeCloseTo(0.02, 12);
    expect(gainsOf(cells, 10)).toEqual([]);
  });

  it('is told in words, with whether it is clear', () => {
    const gain = { strategy: 'uncertain', labels: 160, seeds: 5, mean: 0.012, error: 0.008 } as const;
    expect(resultOf([gain])).toBe(
      'With 160 labels, uncertain is 1.2 points better than random (± 0.8 over 5 worlds: not clear).',
    );
    expect(resultOf([gain, { ...gain, strategy: 'disagreement', mean: -0.03 }])).toMatch(
      /; disagreement is 3.0 points worse than random \(± 0.8 over 5 worlds: clear\)\.$/,
    );
    expect(resultOf([])).toBe('');
  });
});

describe('the study', () => {
  const small: Settings = { ...defaultSettings, features: 32, points: 60 };

  it('trains on more and more labels in every world, and gives the same again', async () => {
    const results = await Promise.all(
      [1, 2].map(async () => {
        const study = new LabelStudy(startSession);
        await study.start(small);
        expect(study.problem).toBeNull();
        expect(study.running).toBe(false);
        expect(study.progress).toEqual({ done: 90, total: 90 });
        return study;
      }),
    );
    const [first, second] = results as [LabelStudy, LabelStudy];
    expect(first.curves).toEqual(second.curves);
    expect(first.curves.map(({ strategy, seeds }) => [strategy, seeds])).toEqual([
      ['start', 5],
      ['uncertain', 5],
    ]);
    for (const { labels, mean, low, high } of first.curves) {
      expect(labels).toEqual(studyCounts);
      mean.forEach((value, i) => {
        expect(value).toBeGreaterThan(0.4);
        expect(low[i]).toBeLessThanOrEqual(value);
        expect(high[i]).toBeGreaterThanOrEqual(value);
      });
      expect(mean.at(-1)).toBeGreaterThan(mean[0]!);
    }
    // The first labels are the same for all.
    expect(first.curves[1]!.mean[0]).toBe(first.curves[0]!.mean[0]);
    expect(first.curves[1]!.mean.at(-1)).not.toBe(first.curves[0]!.mean.at(-1));
    expect(first.gains.map(({ strategy, seeds }) => [strategy, seeds])).toEqual([['uncertain', 5]]);
  });

  it('asks an ensemble where its members disagree', async () => {
    const study = new LabelStudy(startSession);
    const running = study.start({ ...small, members: 3 });
    await expect.poll(() => study.curves.length, { timeout: 30_000 }).toBe(3);
    expect(study.progress.total).toBe(135);
    study.cancel();
    await running;
    expect(study.running).toBe(false);
    expect(study.curves).toHaveLength(3);
  });

  it('says so when its settings are not the present ones any more', async () => {
    const study = new LabelStudy(new FakeEngines().start);
    expect(study.isStale(small)).toBe(false);
    void study.start(small);
    expect(study.isStale({ ...small, speed: 60, klCoefficient: 1, simulated: 3, pairSource: 'repeat' })).toBe(
      false,
    );
    expect(study.isStale({ ...small, noise: 0.3 })).toBe(true);
    expect(study.isStale({ ...small, hiddenLayers: 1 })).toBe(true);
    study.cancel();
    await expect.poll(() => study.running).toBe(false);
  });

  it('ends with a sentence when its engine stops, and starts again', async () => {
    const engines = new FakeEngines();
    const study = new LabelStudy(engines.start);
    const running = study.start(small);
    engines.last.answer = () => new Promise(() => {});
    engines.last.crash('out of memory');
    await running;
    expect(study.problem).toBe('The engine of the study stopped: out of memory.');
    expect(engines.last.stopped).toBe(true);
    void study.start(small);
    expect(study.problem).toBeNull();
    expect(study.running).toBe(true);
    study.cancel();
    expect(engines.last.stopped).toBe(true);
  });
});
