import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { settingsTable } from '../../../src/domain/settings.ts';
import { tieLosses } from '../../../src/domain/usable.ts';
import { listLosses, pairLosses } from '../../../src/engine/reward/losses/index.ts';
import type { Lists } from '../../../src/engine/reward/losses/list-loss.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const names = settingsTable.loss.options;

/** The losses of margins and their derivatives, by TensorFlow.js. @param tie the tie parameter */
async function at(
  name: (typeof names)[number],
  margins: readonly number[],
  labelNoise = 0.1,
  { tied = false, tie = 0 } = {},
) {
  const loss = pairLosses[name];
  const form = tied ? loss.tied! : loss.decided;
  const [delta, parameter] = [tf.tensor2d([[...margins]]), tf.tensor2d([[tie]])];
  const { value, grads } = tf.tidy(() => {
    const each = form(delta, { labelNoise }, parameter);
    // Most losses have no use for the tie parameter; it must still be part of what is differentiated.
    const slopes = tf.grads((x, t) => form(x, { labelNoise }, t).sum().add(t.sum().mul(0)));
    return { value: each, grads: slopes([delta, parameter]) };
  });
  const result = {
    loss: Array.from(await value.data()),
    slope: Array.from(await grads[0]!.data()),
    tieSlope: (await grads[1]!.data())[0]!,
  };
  tf.dispose([delta, parameter, value, grads]);
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

describe.each(names)('the loss %s, as numbers', (name) => {
  const answers = pairLosses[name].tied ? [false, true] : [false];

  it('is what TensorFlow.js computes and differentiates', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -30, max: 30, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.double({ min: 0, max: 0.45, noNaN: true }),
        fc.constantFrom(...answers),
        async (delta, tie, labelNoise, tied) => {
          fc.pre(Math.abs(delta - 1) > 1e-3); // where hinge has a corner
          const wanted = await at(name, [delta], labelNoise, { tied, tie });
          const got = pairLosses[name].at(Math.fround(delta), { labelNoise }, tied, Math.fround(tie));
          expectClose(got.loss, wanted.loss[0]!, 2e-5, 'loss');
          expectClose(got.slope, wanted.slope[0]!, 2e-5, 'slope');
          expectClose(got.tieSlope, wanted.tieSlope, 2e-5, 'slope of the tie parameter');
        },
      ),
      { numRuns: 80 },
    );
  });

  it('is finite for margins up to ±1e4, ties too', () => {
    const margin = fc.oneof(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.constantFrom(-1e4, -700, -1, 0, 1, 700, 1e4),
    );
    const tie = fc.oneof(fc.double({ min: -8, max: 8, noNaN: true }), fc.constantFrom(-8, 0, 8));
    fc.assert(
      fc.property(margin, tie, fc.constantFrom(...answers), (delta, parameter, tied) => {
        const found = pairLosses[name].at(delta, { labelNoise: 0.1 }, tied, parameter);
        expect(Object.values(found).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('losses with ties', () => {
  it('are those that the page says use them', () => {
    expect(names.filter((name) => pairLosses[name].tied)).toEqual(tieLosses);
  });

  it.each(tieLosses)('%s: a tie pulls two rewards together, whichever was higher', async (name) => {
    const { slope } = await at(name, [-2, 0, 2], 0.1, { tied: true });
    expect(slope[0]).toBeLessThan(0);
    expect(slope[1]).toBeCloseTo(0, 6);
    expect(slope[2]).toBeGreaterThan(0);
  });

  it.each(['davidson', 'rao-kupper'] as const)(
    '%s: win, tie and loss have probabilities that add up to 1',
    (name) => {
      for (const delta of [-3, 0, 0.7])
        for (const tie of [-2, 0, 2]) {
          const loss = (margin: number, tied: boolean) =>
            pairLosses[name].at(margin, { labelNoise: 0 }, tied, tie).loss;
          const total =
            Math.exp(-loss(delta, false)) + Math.exp(-loss(delta, true)) + Math.exp(-loss(-delta, false));
          expect(total).toBeCloseTo(1, 10);
        }
    },
  );
});

describe.each(settingsTable.rankingLoss.options)('the loss of rankings %s', (name) => {
  const ranking = fc.array(
    fc.record({
      reward: fc.double({ min: -20, max: 20, noNaN: true }),
      place: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  const sorted = (items: { reward: number; place: number }[]) => {
    const order = [...items].sort((a, b) => a.place - b.place);
    return {
      rewards: order.map(({ reward }) => Math.fround(reward)),
      places: order.map(({ place }) => place),
    };
  };

  it('is, as numbers, what TensorFlow.js computes and differentiates, padded or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ranking, { minLength: 1, maxLength: 3 }), async (several) => {
        const lists = several.map(sorted);
        const length = Math.max(...lists.map(({ places }) => places.length));
        const padded: Lists = {
          count: lists.length,
          length,
          places: Int8Array.from(
            lists.flatMap(({ places }) => Array.from({ length }, (_, i) => places[i] ?? -1)),
          ),
        };
        const rewards = tf.tensor3d(
          lists.flatMap((list) => Array.from({ length }, (_, i) => list.rewards[i] ?? 3)),
          [1, lists.length, length],
        );
        const { value, grad } = tf.tidy(() => ({
          value: listLosses[name].tensor(rewards, padded),
          grad: tf.grad((x) => listLosses[name].tensor(x as tf.Tensor3D, padded).sum())(rewards),
        }));
        const [losses, slopes] = [await value.data(), await grad.data()];
        tf.dispose([rewards, value, grad]);
        lists.forEach((list, k) => {
          const own = new Float64Array(length);
          expectClose(listLosses[name].at(list.rewards, list.places, own), losses[k]!, 2e-5, 'loss');
          expectClose(own, slopes.subarray(k * length, (k + 1) * length), 2e-5, 'slopes');
        });
      }),
      { numRuns: 60 },
    );
  });

  it('does not change when the same is added to all, and its slopes cancel', () => {
    fc.assert(
      fc.property(ranking, fc.double({ min: -50, max: 50, noNaN: true }), (items, shift) => {
        const { rewards, places } = sorted(items);
        const [a, b] = [new Float64Array(6), new Float64Array(6)];
        const before = listLosses[name].at(rewards, places, a);
        const after = listLosses[name].at(
          rewards.map((reward) => reward + shift),
          places,
          b,
        );
        expect(after).toBeCloseTo(before, 8);
        expect(a.reduce((sum, slope) => sum + slope, 0)).toBeCloseTo(0, 10);
      }),
    );
  });

  it('is finite for rewards up to ±1e4', () => {
    const reward = fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constantFrom(-1e4, 0, 1e4));
    const items = fc.array(fc.record({ reward, place: fc.integer({ min: 0, max: 4 }) }), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(items, (given) => {
        const { rewards, places } = sorted(given);
        const slopes = new Float64Array(rewards.length);
        expect(Number.isFinite(listLosses[name].at(rewards, places, slopes))).toBe(true);
        expect(slopes.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('with two items is Bradley–Terry', () => {
    const slopes = new Float64Array(2);
    const { loss, slope } = pairLosses['bradley-terry'].at(0.8, { labelNoise: 0 }, false, 0);
    expect(listLosses[name].at([1, 0.2], [0, 1], slopes)).toBeCloseTo(loss, 10);
    expect(slopes[0]).toBeCloseTo(slope, 10);
  });
});

describe('what a ranking says to each loss', () => {
  const slopesOf = (name: (typeof settingsTable.rankingLoss.options)[number], places: number[]) => {
    const slopes = new Float64Array(places.length);
    const loss = listLosses[name].at(
      places.map(() => 0),
      places,
      slopes,
    );
    return { loss, slopes: Array.from(slopes) };
  };

  it('of the best of several, Plackett–Luce and best of k learn the same', () => {
    expect(slopesOf('plackett-luce', [0, 1, 1, 1])).toEqual(slopesOf('best-of-k', [0, 1, 1, 1]));
    expect(slopesOf('best-of-k', [0, 1, 1, 1]).loss).toBeCloseTo(Math.log(4), 10);
  });

  it('best of k learns nothing where several came first; the others do', () => {
    expect(slopesOf('best-of-k', [0, 0, 2])).toEqual({ loss: 0, slopes: [0, 0, 0] });
    expect(slopesOf('all-pairs', [0, 0, 2]).slopes).toEqual([-0.25, -0.25, 0.5]);
    expect(slopesOf('plackett-luce', [0, 0, 2]).slopes[2]).toBeCloseTo(2 / 3, 10);
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
