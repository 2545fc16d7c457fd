import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { settingsTable } from '../../../src/domain/settings.ts';
import { losses } from '../../../src/engine/reward/losses/pairwise.ts';
import * as tf from '../../../src/engine/tf.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const names = settingsTable.loss.options;

/** The losses of margins and their derivatives. */
async function at(name: (typeof names)[number], margins: readonly number[], labelNoise = 0.1) {
  const delta = tf.tensor1d([...margins]);
  const { value, grad } = tf.tidy(() => {
    const each = losses[name](delta, { labelNoise });
    return { value: each, grad: tf.grad((x) => losses[name](x, { labelNoise }).sum())(delta) };
  });
  const result = { loss: Array.from(await value.data()), slope: Array.from(await grad.data()) };
  tf.dispose([delta, value, grad]);
  return result;
}

describe.each(names)('the loss %s', (name) => {
  it('is finite with its slope for margins up to ±1e4', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 0.49, noNaN: true }),
        async (margins, noise) => {
          const { loss, slope } = await at(name, margins, noise);
          return [...loss, ...slope].every(Number.isFinite);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('pulls an undecided pair towards its label', async () => {
    expect((await at(name, [0])).slope[0]).toBeLessThan(0);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await at(name, [1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what tells the losses apart', () => {
  it('label smoothing wants a margin of log((1 − ε)/ε), and no more', async () => {
    const best = Math.log(0.9 / 0.1);
    const { slope } = await at('smoothed', [best - 1, best, best + 1]);
    expect(slope[0]).toBeLessThan(-0.01);
    expect(slope[1]).toBeCloseTo(0, 6);
    expect(slope[2]).toBeGreaterThan(0.01);
  });

  it('the robust loss has, over flipped labels, the mean of Bradley–Terry on the true ones', async () => {
    const margins = [-2, -0.5, 0.3, 1.7];
    const right = (await at('robust', margins)).loss;
    const wrong = (
      await at(
        'robust',
        margins.map((m) => -m),
      )
    ).loss;
    const truth = (await at('bradley-terry', margins)).loss;
    margins.forEach((_, i) => expect(0.9 * right[i]! + 0.1 * wrong[i]!).toBeCloseTo(truth[i]!, 5));
  });

  it('the noise floor gives up on a hopeless pair', async () => {
    const { loss, slope } = await at('noise-floor', [-30]);
    expect(loss[0]).toBeCloseTo(-Math.log(0.05), 4);
    expect(Math.abs(slope[0]!)).toBeLessThan(1e-6);
    expect((await at('bradley-terry', [-30])).slope[0]).toBeCloseTo(-1, 6);
  });

  it('hinge asks for a margin of 1', async () => {
    const { loss, slope } = await at('hinge', [-1, 0.5, 2]);
    expect(loss).toEqual([2, 0.5, 0]);
    expect(slope).toEqual([-1, -1, -0]);
  });

  it('without expected noise, smoothing, robust and noise floor are Bradley–Terry', async () => {
    const margins = [-3, 0, 2];
    const { loss } = await at('bradley-terry', margins, 0);
    for (const name of ['smoothed', 'robust', 'noise-floor'] as const)
      (await at(name, margins, 0)).loss.forEach((value, i) => expect(value).toBeCloseTo(loss[i]!, 5));
  });
});
