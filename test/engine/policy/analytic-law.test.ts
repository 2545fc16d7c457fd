import { beforeAll, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../../src/domain/settings.ts';
import { freshCheckpoint } from '../../../src/engine/parameters.ts';
import { GaussianFamily, planeSpec } from '../../../src/engine/policy/families/gaussian.ts';
import { PolicyTrainer } from '../../../src/engine/policy/trainer.ts';
import * as tf from '../../../src/engine/tf.ts';
import { mean, standardError } from '../../support/statistics.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // a busy machine is slow
tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

const read = async (tensor: tf.Tensor) => (await tensor.data()) as Float32Array;

// A policy N(t w, I) with |w| = 1 that climbs the proxy w·x, where gold is u·x − (c/2)|x|², is t²/2 nats away and has
// R(d) = d (√2 u·w − c d) more gold than at the start, d = √KL: Gao's form for best-of-n, with a peak.
// (w is an axis and u lies along it: Adam's steps are as long along an axis whose slope is only noise, so that a run strays a
// little to the side, and the law is about policies that do not.)
const [w, u, c] = [[1, 0], [0.9, 0], 0.35] as const;
const law = (d: number): number => d * (Math.SQRT2 * (u[0] * w[0] + u[1] * w[1]) - c * d);

it('the analytic law of over-optimisation is what a run measures, within 3 standard errors at ten distances', async () => {
  const family = new GaussianFamily({ ...planeSpec, fixedStd: true });
  const start = family.initial(1); // mean 0, standard deviation 1
  const trainer = new PolicyTrainer(freshCheckpoint(start), family, start);
  const hyper = {
    ...defaultSettings,
    seed: 5,
    samples: 4096,
    policyLearningRate: 0.01,
    epochs: 2,
    klCoefficient: 0,
    entropyCoefficient: 0,
    valueCoefficient: 2,
    valueClip: 10,
  };
  const goldOf = (actions: Float32Array): number[] =>
    Array.from({ length: actions.length / 2 }, (_, i) => {
      const [x, y] = [actions[2 * i]!, actions[2 * i + 1]!];
      // At the start −(c/2) E|x|² is −c: measured from there.
      return u[0] * x + u[1] * y - (c / 2) * (x * x + y * y) + c;
    });
  const measured: { d: number; gold: number; error: number }[] = [];
  for (let next = 0.2; measured.length < 10;) {
    const { actions, kl } = await trainer.iterate(
      ({ actions: places }) =>
        tf.tensor1d(
          Float32Array.from(
            { length: places.length / 2 },
            (_, i) => w[0] * places[2 * i]! + w[1] * places[2 * i + 1]!,
          ),
        ),
      hyper,
      read,
    );
    if (Math.sqrt(kl) < next) continue;
    const gold = goldOf(actions.actions);
    measured.push({ d: Math.sqrt(kl), gold: mean(gold), error: standardError(gold) });
    next += 0.3;
  }
  trainer.dispose();
  for (const { d, gold, error } of measured)
    expect(Math.abs(gold - law(d)), `gold at √KL ${d.toFixed(2)}`).toBeLessThan(3 * error);
  // It shows what it is about: past its peak gold falls, and the last distance is past it.
  const peak = (Math.SQRT2 * (u[0] * w[0] + u[1] * w[1])) / (2 * c);
  expect(measured[0]!.d).toBeLessThan(peak);
  expect(measured.at(-1)!.d).toBeGreaterThan(1.5 * peak);
  expect(measured.at(-1)!.gold).toBeLessThan(Math.max(...measured.map(({ gold }) => gold)) - 0.3);
});
