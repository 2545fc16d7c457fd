import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { calibrationOf } from '../../src/domain/calibration.ts';
import { metricNames, metricsTable } from '../../src/domain/metrics.ts';
import { pairObservations } from '../../src/domain/observations.ts';
import {
  definitionOf,
  settingNames,
  type SettingName,
  defaultSettings,
  type Settings,
} from '../../src/domain/settings.ts';
import type { Report } from '../../src/engine/protocol.ts';
import * as tf from '../../src/engine/tf.ts';
import { simulatedData } from '../support/annotator.ts';
import { expectClose } from '../support/close.ts';
import { packedPairs } from '../support/packed.ts';
import { EngineRun } from '../support/engine-run.ts';
import { packedPoints, pointsOf } from '../support/contents.ts';

tf.env().set('IS_TEST', true);
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

/** A small model, so that a test is quick. */
const small: Partial<Settings> = { features: 32, points: 40, samples: 64, speed: 120 };
const smallData = simulatedData({ ...defaultSettings, ...small }, 60);
const diverging: Partial<Settings> = { optimizer: 'sgd', learningRate: 10, weightDecay: 1 };

let runs: EngineRun[] = [];
function start(...[patch, data, chooser]: ConstructorParameters<typeof EngineRun>): EngineRun {
  const run = new EngineRun({ ...small, ...patch }, data, chooser);
  runs.push(run);
  return run;
}
afterEach(async () => {
  const started = runs;
  runs = [];
  for (const run of started) await run.quiet();
});

const allFinite = (values: Iterable<number>) => Array.from(values).every(Number.isFinite);

/** Everything in a report that is drawn. */
function expectDrawable(reports: readonly Report[]): void {
  for (const report of reports) {
    if (report.kind !== 'frame') continue;
    const { reward, policy } = report;
    expect(allFinite(reward!.rewards)).toBe(true);
    expect(allFinite(reward!.field!.values)).toBe(true);
    expect(allFinite([reward!.referenceMean, reward!.referenceStd])).toBe(true);
    for (const { samples, details } of [policy!.now, policy!.start])
      expect(allFinite([...samples.values, ...details['mean']!, ...details['logStd']!])).toBe(true);
    expect(allFinite(policy!.trackedValues)).toBe(true);
    for (const point of policy!.points) expect(allFinite(Object.values(point))).toBe(true);
  }
}

describe('calibration and rank correlation', () => {
  it('of a point are those of the rewards at that step, with the sides as they were shown', async () => {
    const run = start();
    const point = await run.train(40);
    const rewards = await run.rewards();
    const { chosen, rejected, heldOut, leftWon } = run.data;
    const held = Array.from(heldOut.keys()).filter((k) => heldOut[k] === 1);
    expect(held.length).toBeGreaterThan(3);
    const margins = held.map((k) => rewards[chosen[k]!]! - rewards[rejected[k]!]!);
    const outcomes = held.map((k) => leftWon[k]!);
    expect(new Set(outcomes).size).toBe(2);
    const { ece, brier, temperature } = calibrationOf(
      margins.map((margin, i) => (outcomes[i] ? margin : -margin)),
      outcomes,
    );
    expectClose([point.ece, point.brier], [ece, brier], 1e-5);
    expectClose(point.temperature, temperature, 1e-3);
    expect(point.rankCorrelation).toBeGreaterThan(0.3);
    expect(point.rankCorrelation).toBeLessThanOrEqual(1);
  });
});

describe('requests', () => {
  it('says which backend it runs on before anything else', async () => {
    const run = start();
    await run.rewards();
    expect(run.reports[0]).toMatchObject({ kind: 'ready', choice: { backend: 'cpu' } });
  });

  it('train answers with the metrics after that many steps', async () => {
    const run = start();
    const point = await run.train(37);
    expect(point.step).toBe(37);
    expect((await run.train(3)).step).toBe(40);
    expect((await run.train(0)).step).toBe(40);
    const names = metricNames.filter((name) => metricsTable[name].stage === 'reward');
    expect(Object.keys(point).sort()).toEqual(['step', ...names].sort());
    expect(allFinite(Object.values(point))).toBe(true);
  });

  it('training lowers the loss and orders the pairs', async () => {
    const run = start();
    const before = await run.train(0);
    const after = await run.train(200);
    expect(after.loss).toBeLessThan(before.loss - 0.15);
    expect(after.accuracy).toBeGreaterThan(Math.max(0.75, before.accuracy));
    expect(after.margin).toBeGreaterThan(before.margin);
  });

  it('optimise answers with the metrics of its last iteration', async () => {
    const run = start();
    await run.train(50);
    const point = await run.optimise(3);
    expect(point.iteration).toBe(3);
    expect((await run.optimise(2)).iteration).toBe(5);
    const names = metricNames.filter((name) => metricsTable[name].stage === 'policy');
    expect(Object.keys(point).sort()).toEqual(['iteration', ...names].sort());
    expect(allFinite(Object.values(point))).toBe(true);
  });

  it('the first iteration measures the starting policy', async () => {
    const run = start();
    await run.train(50);
    const point = await run.optimise(1);
    expect(point.kl).toBeCloseTo(0, 6);
    expect(point.k1).toBeCloseTo(0, 6);
  });

  it('optimising raises the reward that the policy is paid', async () => {
    const run = start();
    await run.train(100);
    const first = await run.optimise(1);
    const last = await run.optimise(40);
    expect(last.proxyReward).toBeGreaterThan(first.proxyReward + 0.5);
    expect(last.kl).toBeGreaterThan(0.1);
  });

  it('step makes one step of a stage', async () => {
    const run = start({ warmup: 2, stepsPerIteration: 5 });
    expect(await run.step('reward')).toMatchObject({ step: 1 });
    expect(await run.step('policy')).toMatchObject({ iteration: 1 });
    // The loop first warms the reward model up, a step at a time, then makes whole rounds.
    expect(await run.step('loop')).toMatchObject({ step: 2 });
    expect(await run.step('loop')).toMatchObject({ iteration: 2 });
    expect((await run.train(0)).step).toBe(7);
  });

  it('rewards answers with one reward for each candidate', async () => {
    const run = start();
    const before = await run.rewards();
    expect(before).toHaveLength(40);
    expect(allFinite(before)).toBe(true);
    await run.train(10);
    expect(await run.rewards()).not.toEqual(before);
    expect(await run.rewards()).toEqual(run.lastFrame.reward!.rewards);
  });

  it('fails with a sentence where no candidates were sent', async () => {
    const run = start({}, null);
    await expect(run.rewards()).rejects.toThrow('no candidates');
    run.send({ kind: 'data', data: run.data });
    expect(await run.rewards()).toHaveLength(40);
  });

  it('are answered in the order in which they were made', async () => {
    const run = start();
    await Promise.all([run.train(25), run.optimise(2), run.train(5), run.step('reward')]);
    const done = run.reports.flatMap((report) => (report.kind === 'done' ? [report.request] : []));
    expect(done).toEqual([1, 2, 3, 4]);
    expect((await run.train(0)).step).toBe(31);
  });

  it.each([
    ['rarely', 0],
    ['after every round', 100],
  ])('send a picture of their result before they answer, where pictures are due %s', async (_, tick) => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += tick));
    const run = start();
    await run.train(17);
    expect(run.reports.at(-2)).toMatchObject({ kind: 'frame', reward: { step: 17 } });
    expect(run.rewardPoints.at(-1)!.step).toBe(17);
    await run.optimise(3);
    clock.mockRestore();
    expect(run.reports.at(-2)).toMatchObject({ kind: 'frame', policy: { iteration: 3 } });
    expect(run.policyPoints.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  });
});

describe('reset', () => {
  it('starts the reward model anew, under the new run', async () => {
    const run = start();
    const fresh = await run.rewards();
    await run.train(20);
    await run.optimise(2);
    await run.reset('reward', 5);
    expect(await run.rewards()).toEqual(fresh);
    const frame = await run.nextFrameAfter(() => run.train(0));
    expect(frame).toMatchObject({ run: 5, reward: { step: 0 }, policy: { iteration: 2 } });
  });

  it('starts the policy anew and leaves the reward model', async () => {
    const run = start();
    await run.train(20);
    await run.optimise(2);
    await run.reset('policy', 6);
    const frame = await run.nextFrameAfter(() => run.train(0));
    expect(frame).toMatchObject({ run: 6, reward: { step: 20 }, policy: { iteration: 0 } });
    expect(Array.from(frame.policy!.now.details['mean']!)).toEqual([0, 0]);
  });

  it('of the loop starts both anew', async () => {
    const run = start();
    await run.train(20);
    await run.optimise(2);
    await run.reset('loop', 7);
    const frame = await run.nextFrameAfter(() => run.train(0));
    expect(frame).toMatchObject({ run: 7, reward: { step: 0 }, policy: { iteration: 0 } });
  });

  it('cancels what was asked for before it', async () => {
    const run = start();
    await run.train(1);
    const long = run.train(1_000_000);
    const cancelled = expect(long).rejects.toThrow('reset before it was done');
    await run.nextFrame();
    await run.reset('loop', 2);
    await cancelled;
    expect((await run.train(0)).step).toBe(0);
  });
});

describe('repeatability', () => {
  it('the same seed, settings and data give the same numbers, bit for bit', async () => {
    const once = async () => {
      const run = start({ minibatches: 2, batchSize: 16 });
      await run.train(30);
      await run.optimise(5);
      await run.step('loop');
      await run.train(15);
      const rewards = await run.rewards();
      await run.quiet();
      const { policy } = run.lastFrame;
      return { rewards, reward: run.rewardPoints, policy: run.policyPoints, now: policy!.now };
    };
    expect(await once()).toEqual(await once());
  });

  it('playing gives the same numbers as asking, however the pictures fall', async () => {
    const asked = start();
    await asked.train(60);
    const played = start();
    played.play('reward');
    await played.nextFrame(({ reward }) => reward!.step >= 60);
    await played.quiet();
    const at = (run: EngineRun) => run.rewardPoints.filter(({ step }) => step > 0 && step <= 60);
    expect(at(played).map(({ step }) => step)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(at(played)).toEqual(at(asked));
  });

  it('another seed gives other numbers', async () => {
    const [a, b] = [start({ seed: 1 }, smallData), start({ seed: 2 }, smallData)];
    expect(await a.rewards()).not.toEqual(await b.rewards());
  });
});

describe('memory', () => {
  const tensorsAfter = async (run: EngineRun, work: () => Promise<unknown>) => {
    await work();
    return run.lastFrame.memory.tensors;
  };

  it('1000 steps and 100 iterations leave no tensor behind', async () => {
    const run = start({ optimizer: 'adamw', minibatches: 2 });
    const before = await tensorsAfter(run, async () => {
      await run.train(10);
      await run.optimise(2);
    });
    expect(await tensorsAfter(run, () => run.train(1000))).toBe(before);
    expect(await tensorsAfter(run, () => run.optimise(100))).toBe(before);
    expect(tf.memory().numTensors).toBe(before);
    expect(new Set(run.frames.slice(-20).map(({ memory }) => memory.tensors))).toEqual(new Set([before]));
  });

  it('lets go of every array that it read back', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const run = start({ features: 768 });
    const kept = async () => {
      await run.train(300); // reads back 30 times about 10 kB
      run.reports.length = 0;
      await run.rewards();
      for (let k = 0; k < 3; k++) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 20)); // what it freed is counted a little later
      }
      return process.memoryUsage().arrayBuffers;
    };
    await kept();
    const before = await kept();
    expect((await kept()) - before).toBeLessThan(100_000);
  });

  it.each(['sgd', 'adam', 'adamw'] as const)('%s neither', async (optimizer) => {
    const run = start({ optimizer });
    const before = await tensorsAfter(run, () => run.train(20));
    expect(await tensorsAfter(run, () => run.train(100))).toBe(before);
  });

  it('neither do resets, changes of settings and changes of the data', async () => {
    const run = start();
    await run.train(20);
    await run.optimise(2);
    const before = await tensorsAfter(run, () => run.train(1));
    for (let k = 2; k < 6; k++) {
      await run.reset('loop', k);
      run.configure({ features: 16 });
      await run.train(10);
      run.configure({ features: 32, landscape: k % 2 ? 'rim' : 'hills', samples: 64 + k, minibatches: k });
      run.change(packedPoints(pointsOf(run.data).map(([x, y]) => [x + 0.01, y + 0.01])));
      await run.train(10);
      await run.optimise(2);
    }
    expect(await tensorsAfter(run, () => run.train(1))).toBe(before);
  });
});

describe('nothing to learn from', () => {
  const nothing = packedPairs([], []);
  const ties = { ...pairObservations([0, 1, 2], [3, 4, 5]), places: new Uint8Array(6) };
  const full = smallData;
  const cases = [
    ['no comparison', { ...full, ...nothing }, 'no comparison to learn from yet'],
    [
      'only ties',
      { ...full, ...nothing, observations: ties },
      'None of the 3 comparisons can be learned from',
    ],
    [
      'only held-out ones',
      {
        ...full,
        ...packedPairs(
          full.chosen,
          full.rejected,
          full.heldOut.map(() => 1),
        ),
      },
      'held out for testing',
    ],
  ] as const;

  it.each(cases)('%s: a request fails with a sentence, a note says it too', async (_, data, sentence) => {
    const run = start({}, data);
    await expect(run.train(10)).rejects.toThrow(sentence);
    await expect(run.optimise(10)).rejects.toThrow(sentence);
    await expect(run.step('loop')).rejects.toThrow(sentence);
    // Once is enough.
    expect(run.notes).toHaveLength(1);
    expect(run.notes[0]).toMatchObject({ topic: 'data', action: 'simulate' });
    expect(run.notes[0]!.text).toContain(sentence);
    expect(run.rewardPoints).toEqual([]);
    expect(run.policyPoints).toEqual([]);
    expectDrawable(run.reports);
    expect(allFinite(await run.rewards())).toBe(true);
  });

  it.each(cases)('%s: playing waits, and goes on when there is something', async (_, data, sentence) => {
    const run = start({}, data);
    run.play('loop');
    await run.nextNote();
    expect(run.notes[0]!.text).toContain(sentence);
    await run.rewards();
    expect(run.frames.every(({ reward }) => reward!.step === 0)).toBe(true);

    run.data = full;
    run.change({});
    const frame = await run.nextFrame(({ reward }) => reward!.step >= 10);
    expect(frame.playing).toBe('loop');
    expectDrawable(run.reports);
  });

  it('is said again when play is pressed again', async () => {
    const run = start({}, { ...full, ...nothing });
    run.play('reward');
    await run.nextNote();
    run.play('reward');
    await run.nextNote();
    expect(run.notes).toHaveLength(2);
  });

  it('stops a run whose last comparison is taken away, and nothing becomes NaN', async () => {
    const run = start({}, full);
    await run.train(20);
    await run.optimise(2);
    run.play('loop');
    await run.nextFrame();
    const told = run.nextNote();
    run.change(nothing);
    expect((await told).text).toContain('no comparison');
    expectDrawable(run.reports);
    expect(allFinite(await run.rewards())).toBe(true);
  });

  it('without held-out pairs only the held-out metrics are not numbers', async () => {
    const run = start({}, { ...full, heldOut: full.heldOut.map(() => 0) });
    const { evalLoss, evalAccuracy, evalMargin, ece, brier, temperature, ...rest } = await run.train(10);
    const held = [evalLoss, evalAccuracy, evalMargin, ece, brier, temperature];
    expect(held).toEqual(held.map(() => NaN));
    expect(allFinite(Object.values(rest))).toBe(true);
  });
});

describe('divergence', () => {
  it('fails the request, posts a note that offers a reset, and keeps finite rewards', async () => {
    const run = start(diverging);
    await expect(run.train(500)).rejects.toThrow('diverged');
    expect(run.notes.at(-1)).toMatchObject({ topic: 'divergence', action: 'reset-reward' });
    // Kept are weights from before, not ones that are only just finite.
    expect(Math.max(...(await run.rewards()).map(Math.abs))).toBeLessThan(100);
    expectDrawable(run.reports);
  });

  it('stops playing, and says so', async () => {
    const run = start(diverging);
    await run.rewards();
    run.play('loop');
    const stopped = run.next((report) => report.kind === 'note').then(() => run.nextFrame());
    expect(await run.nextNote()).toMatchObject({ topic: 'divergence', action: 'reset-reward' });
    const frame = await stopped;
    expect(frame.playing).toBe(null);
    expectDrawable([frame]);
    await run.rewards();
    expect((await run.train(0)).step).toBe(frame.reward!.step);
  });

  it('is over after a reset with a smaller learning rate', async () => {
    const run = start(diverging);
    await expect(run.train(500)).rejects.toThrow('diverged');
    run.configure({ optimizer: 'adamw', learningRate: 0.003, weightDecay: 0.001 });
    await run.reset('reward', 2);
    const point = await run.train(100);
    expect(point.step).toBe(100);
    expect(point.accuracy).toBeGreaterThan(0.7);
  });

  it('needs no reset to train on from the kept weights', async () => {
    const run = start(diverging);
    await expect(run.train(500)).rejects.toThrow('diverged');
    run.configure({ optimizer: 'adamw', learningRate: 0.003, weightDecay: 0.001 });
    const { step } = await run.train(0);
    expect((await run.train(50)).step).toBe(step + 50);
    expect(run.notes).toHaveLength(1);
  });

  it('is not what happens when somebody changes their mind about everything', async () => {
    const one = packedPairs([0], [1]);
    const run = start({ features: 768, learningRate: 0.1, weightDecay: 0 });
    run.change(one);
    expect((await run.train(300)).margin).toBeGreaterThan(10);
    run.change(packedPairs([1], [0]));
    expect((await run.train(300)).accuracy).toBe(1);
    run.change(one);
    expect(await run.rewards()).toHaveLength(40);
    expect((await run.train(300)).accuracy).toBe(1);
    expect(run.notes).toEqual([]);
  });

  it('of the policy keeps the last good one and offers to go back', async () => {
    const run = start({ policyLearningRate: 1, entropyCoefficient: 1, klCoefficient: 0 });
    await run.train(50);
    await expect(run.optimise(2000)).rejects.toThrow('The KL of the policy');
    expect(run.notes.at(-1)).toMatchObject({ topic: 'divergence', action: 'restore-safe' });
    expectDrawable(run.reports);
    await run.reset('policy', 2);
    run.configure({ policyLearningRate: 0.01, entropyCoefficient: 0.02 });
    expect((await run.optimise(2)).iteration).toBe(2);
  });
});

describe('pause', () => {
  it('cancels a long request', async () => {
    const run = start();
    const long = run.train(1_000_000);
    const cancelled = expect(long).rejects.toThrow('paused before it was done');
    await run.nextFrame(({ reward }) => reward!.step > 0);
    run.pause();
    await cancelled;
    const { step } = await run.train(0);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(1_000_000);
    await run.rewards();
    expect((await run.train(0)).step).toBe(step);
  });

  it('cancels everything that waits behind it too', async () => {
    const run = start();
    await run.rewards();
    const all = [run.train(1_000_000), run.optimise(10), run.train(10)];
    const cancelled = Promise.all(all.map((request) => expect(request).rejects.toThrow('paused')));
    run.pause();
    await cancelled;
  });

  it('stops playing and says so', async () => {
    const run = start();
    run.play('reward');
    await run.nextFrame(({ reward }) => reward!.step > 0);
    const stopped = run.nextFrame(({ playing }) => playing === null);
    run.pause();
    const { step } = (await stopped).reward!;
    await run.rewards();
    expect((await run.train(0)).step).toBe(step);
  });
});

describe('playing', () => {
  it('the reward model leaves the policy where it is', async () => {
    const run = start();
    run.play('reward');
    const frame = await run.nextFrame(({ reward }) => reward!.step >= 50);
    expect(frame).toMatchObject({ playing: 'reward', policy: { iteration: 0 } });
  });

  it('the policy leaves the reward model where it is', async () => {
    const run = start();
    await run.train(30);
    run.play('policy');
    const frame = await run.nextFrame(({ policy }) => policy!.iteration >= 3);
    expect(frame).toMatchObject({ playing: 'policy', reward: { step: 30 } });
  });

  it('the loop warms the reward model up, then moves both in step', async () => {
    const run = start({ warmup: 40, stepsPerIteration: 3 });
    run.play('loop');
    const { reward, policy } = await run.nextFrame(({ policy }) => policy!.iteration >= 4);
    expect(reward!.step).toBe(40 + 3 * policy!.iteration);
  });

  it('a request made meanwhile is answered, and playing goes on', async () => {
    const run = start();
    run.play('reward');
    await run.nextFrame(({ reward }) => reward!.step > 0);
    expect((await run.optimise(2)).iteration).toBe(2);
    const { step } = run.lastFrame.reward!;
    await run.nextFrame(({ reward }) => reward!.step > step);
    expect(run.lastFrame.playing).toBe('reward');
  });

  it('sends no more pictures than one every 33 ms, and every point of the curves once', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
    const run = start({ speed: 120 });
    run.play('reward');
    await run.nextFrame(({ reward }) => reward!.step >= 1000);
    const { length } = run.frames;
    clock.mockRestore();
    expect(length).toBeGreaterThan(3);
    expect(length).toBeLessThanOrEqual(now / 33 + 2);
    const steps = run.rewardPoints.map(({ step }) => step);
    expect(steps).toEqual(Array.from(steps, (_, i) => 10 * (i + 1)));
  });
});

describe('pictures', () => {
  it('carry the run and the version of the data they show', async () => {
    const run = start();
    await run.train(1);
    expect(run.lastFrame.run).toBe(0);
    await run.reset('loop', 41);
    const shown = run.nextFrame(({ reward }) => reward!.version === run.data.version);
    run.change({});
    expect((await shown).run).toBe(41);
  });

  it('have the size they say', async () => {
    const run = start();
    await run.optimise(2);
    const { reward, policy } = run.lastFrame;
    const { values, size, extent } = reward!.field!;
    expect(values).toHaveLength(size * size);
    expect(extent).toBeGreaterThan(1);
    expect(reward!.rewards).toHaveLength(40);
    expect(policy!.now.samples.values).toHaveLength(2 * 64);
    expect(policy!.tracked).toEqual(['mean0', 'mean1']);
    const tracked = run.frames.flatMap(({ policy: p }) => [...p!.trackedValues]);
    expect(tracked).toHaveLength(2 * run.policyPoints.length);
  });

  it('hand over arrays that nobody else keeps', async () => {
    const run = start();
    await run.optimise(1);
    const { reward, policy } = run.lastFrame;
    const arrays = [reward!.rewards, reward!.field!.values, policy!.ratios, policy!.trackedValues];
    structuredClone(null, { transfer: arrays.map(({ buffer }) => buffer as ArrayBuffer) });
    await run.optimise(1);
    expectDrawable([run.lastFrame]);
    const rewards = await run.rewards();
    structuredClone(null, { transfer: [rewards.buffer as ArrayBuffer] });
    expect(await run.rewards()).toHaveLength(40);
  });

  it('are not sent again when nothing changed', async () => {
    const run = start();
    await run.train(1);
    await run.rewards();
    const { length } = run.frames;
    await run.rewards();
    await run.rewards();
    expect(run.frames).toHaveLength(length);
  });
});

describe('changes in mid-run', () => {
  it.each([
    ['learning rate', { learningRate: 0.05 }],
    ['optimizer', { optimizer: 'sgd' }],
    ['batch size', { batchSize: 8 }],
    ['weight decay', { weightDecay: 0.5 }],
    ['held-out share', { heldOut: 0 }],
    ['landscape', { landscape: 'ring' }],
    ['samples', { samples: 32 }],
  ] as const)('%s: goes on from the same step', async (_, patch) => {
    const [changed, same] = [start(), start()];
    for (const run of [changed, same]) {
      await run.train(20);
      await run.optimise(2);
    }
    changed.configure(patch);
    expect((await changed.train(0)).step).toBe(20);
    expect(await changed.rewards()).toEqual(await same.rewards());
    expect((await changed.train(10)).step).toBe(30);
    expect((await changed.optimise(1)).iteration).toBe(3);
    await same.train(10);
    const trains = ['learningRate', 'optimizer', 'batchSize', 'weightDecay'].some((name) => name in patch);
    if (trains) expect(await changed.rewards()).not.toEqual(await same.rewards());
    else expect(await changed.rewards()).toEqual(await same.rewards());
  });

  /** Another value of a setting than its default. */
  function anotherValue(name: SettingName): number | string | boolean {
    const definition = definitionOf(name);
    if (definition.kind === 'switch') return !definition.default;
    if (definition.kind === 'choice') return definition.options.find((o) => o !== definition.default)!;
    const { default: own, min, max, integer } = definition;
    const larger = Math.min(max, Math.max(2 * own, min + 1e-3));
    const value = larger === own ? own / 2 : larger;
    return integer ? Math.min(max, Math.ceil(value) + (Math.ceil(value) === own ? 1 : 0)) : value;
  }
  const hyperparameters = settingNames.filter(
    // What `earlyStop` does is to end the loop.
    (name) => ['reward', 'policy'].includes(definitionOf(name).group) && name !== 'earlyStop',
  );
  /** With these the head has another shape, and begins anew; the policy and the labels stay. */
  const shapes: readonly SettingName[] = ['hiddenLayers', 'members', 'criteria'];

  it.each(hyperparameters)('%s can be changed while the loop plays, and it plays on', async (name) => {
    const run = start({ samples: 16, warmup: 20, speed: 120 });
    run.play('loop');
    const before = await run.nextFrame(({ policy }) => (policy?.iteration ?? 0) >= 2);
    run.configure({ [name]: anotherValue(name) });
    const mark = before.policy!.iteration;
    const after = await run.nextFrame(({ policy }) => (policy?.iteration ?? 0) >= mark + 3);
    expect(after.playing).toBe('loop');
    const [old, young] = [before.reward!, after.reward!];
    if (shapes.includes(name)) expect(young.generation).toBeGreaterThan(old.generation);
    else {
      expect(young.generation).toBe(old.generation);
      expect(young.step).toBeGreaterThanOrEqual(old.step);
    }
    expect(run.notes).toEqual([]);
    await run.quiet();
  });

  it.each([{ features: 16 }, { seed: 8 }, { lengthScale: 0.7 }])(
    '%o: weights of another embedding mean nothing, so both stages start anew',
    async (patch) => {
      const run = start();
      await run.train(20);
      await run.optimise(2);
      run.configure(patch);
      await run.train(0);
      expect(run.lastFrame).toMatchObject({ reward: { step: 0 }, policy: { iteration: 0 } });
      expect((await run.train(10)).step).toBe(10);
    },
  );

  it('a candidate that moved gets the reward of its new place', async () => {
    const run = start();
    await run.train(50);
    const before = await run.rewards();
    const [, second, ...others] = pointsOf(run.data);
    run.change(packedPoints([second!, second!, ...others])); // the first onto the second
    const after = await run.rewards();
    expect(after[0]).toBeCloseTo(before[1]!, 5);
    expect(after[0]).not.toBeCloseTo(before[0]!, 5);
    expect(Array.from(after.subarray(1))).toEqual(Array.from(before.subarray(1)));
    expect((await run.train(0)).step).toBe(50);
  });

  it('candidates and comparisons added while playing are trained on', async () => {
    const run = start();
    run.play('reward');
    await run.nextFrame(({ reward }) => reward!.step >= 10);
    const { ids, chosen, rejected, heldOut } = run.data;
    run.change({
      ids: Int32Array.of(...ids, 40),
      ...packedPoints([...pointsOf(run.data), [1.2, -0.4]]),
      ...packedPairs(
        [...chosen, ...Array<number>(20).fill(40)],
        [...rejected, ...Array<number>(20).fill(0)],
        [...heldOut, ...Array<number>(20).fill(0)],
      ),
    });
    const { step } = (await run.nextFrame(({ reward }) => reward!.rewards.length === 41)).reward!;
    await run.nextFrame(({ reward }) => reward!.step >= step + 200);
    const rewards = await run.rewards();
    expect(rewards[40]).toBeGreaterThan(rewards[0]!);
  });

  it.each([{ samples: 100 }, { minibatches: 3 }, { epochs: 1 }, { clip: 0.05 }, { whitenAdvantages: true }])(
    'the policy goes on with %o',
    async (patch) => {
      const run = start();
      await run.train(50);
      await run.optimise(3);
      run.configure(patch);
      const point = await run.optimise(3);
      expect(point.iteration).toBe(6);
      expect(allFinite(Object.values(point))).toBe(true);
      expect(run.lastFrame.policy!.now.samples.values).toHaveLength(2 * run.settings.samples);
    },
  );

  it('more minibatches than make sense still use every sample', async () => {
    const run = start({ samples: 9, minibatches: 8 });
    await run.train(20);
    expect(allFinite(Object.values(await run.optimise(3)))).toBe(true);
  });

  it('another reward scale: normalised, the starting policy is paid 0 on average', async () => {
    const run = start({ samples: 2048, normalizeReward: true });
    await run.train(100);
    const normalised = await run.optimise(1);
    expect(Math.abs(normalised.proxyReward)).toBeLessThan(0.15);
    await run.reset('policy', 2);
    run.configure({ normalizeReward: false });
    const raw = await run.optimise(1);
    const { referenceMean } = run.lastFrame.reward!;
    expect(Math.abs(raw.proxyReward - referenceMean)).toBeLessThan(0.15 * run.lastFrame.reward!.referenceStd);
  });
});

describe('early stopping', () => {
  it('ends the training with the best weights, and says so; new labels let it go on', async () => {
    const run = start({ patience: 60, learningRate: 0.05, weightDecay: 0, features: 64 });
    run.play('reward');
    const note = await run.nextNote();
    expect(note.topic).toBe('stopped');
    const best = Number(/lowest at step (\d+)/.exec(note.text)![1]);
    const stoppedAt = Number(/early at step (\d+)/.exec(note.text)![1]);
    expect(stoppedAt).toBe(best + 60);
    await run.nextFrame(({ playing }) => playing === null);
    const losses = run.rewardPoints.map(({ evalLoss }) => evalLoss);
    const lowest = run.rewardPoints.find(({ step }) => step === best)!;
    expect(lowest.evalLoss).toBe(Math.min(...losses));
    // What is scored now are the weights of that step.
    const now = await run.train(0);
    expect(now.evalLoss).toBeCloseTo(lowest.evalLoss, 6);
    expect((await run.train(50)).step).toBe(stoppedAt);
    run.change({});
    expect((await run.train(20)).step).toBe(stoppedAt + 20);
  });

  it('comes at the same step, and goes back to the same one, however slow the machine is', async () => {
    const patch = { patience: 60, learningRate: 0.05, weightDecay: 0, features: 64 };
    const told: string[] = [];
    // Of a round's 16 ms, looking at the clock takes so much: rounds of one step, of a few, and of as many as there are.
    for (const tick of [20, 3, 0.01]) {
      let now = 0;
      const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += tick));
      const run = start(patch);
      run.play('reward');
      const { text } = await run.nextNote();
      clock.mockRestore();
      told.push(text);
    }
    expect(told[0]).toMatch(/stopped early at step \d+0:/);
    expect(new Set(told).size).toBe(1);
  });

  it('in the loop, the policy goes on', async () => {
    const run = start({ patience: 30, learningRate: 0.05, weightDecay: 0, features: 64, warmup: 400 });
    run.play('loop');
    const frame = await run.nextFrame(({ policy }) => (policy?.iteration ?? 0) >= 2);
    expect(frame.reward!.step).toBeLessThan(400);
    await run.quiet();
  });
});

describe('training from scratch', () => {
  it('with changed labels is what a fresh run of as many steps gives, also while paused', async () => {
    const more = simulatedData({ ...defaultSettings, ...small, seed: 99 }, 60);
    const run = start({ training: 'scratch' });
    await run.train(40);
    const [before] = run.frames.slice(-1);
    run.change({ ...packedPairs(more.chosen, more.rejected, more.heldOut) });
    const after = await run.nextFrame(
      ({ reward }) => reward!.step === 40 && reward!.generation > before!.reward!.generation,
    );
    const rewards = await run.rewards();

    const other = start({ training: 'scratch' }, { ...run.data });
    await other.train(40);
    expect(after.reward!.version).toBe(run.data.version);
    expect(rewards).toEqual(await other.rewards());
  });

  it('continuing instead gives other weights', async () => {
    const more = simulatedData({ ...defaultSettings, ...small, seed: 99 }, 60);
    const pairs = packedPairs(more.chosen, more.rejected, more.heldOut);
    const go = async (training: 'continue' | 'scratch') => {
      const run = start({ training });
      await run.train(40);
      run.change(pairs);
      if (training === 'continue') await run.train(40);
      else await run.nextFrame(({ reward }) => reward!.version === run.data.version && reward!.step === 40);
      return run.rewards();
    };
    expect(await go('continue')).not.toEqual(await go('scratch'));
  });
});
