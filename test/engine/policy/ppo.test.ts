import { beforeAll, describe, expect, it } from 'vitest';
import { policyLoss, valueLoss } from '../../../src/engine/policy/ppo.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

async function lossAndGradient(loss: (x: tf.Tensor1D) => tf.Scalar, at: number[]) {
  const x = tf.tensor1d(at);
  const { value, grad } = tf.valueAndGrad(loss as (x: tf.Tensor) => tf.Scalar)(x);
  const result = { loss: (await value.data())[0]!, gradient: Array.from(await grad.data()) };
  tf.dispose([x, value, grad]);
  return result;
}

describe('the clipped policy loss, by hand (ε = 0.2)', () => {
  // mean over samples of max(−A ρ, −A clip(ρ)), and its slope in ρ: −A where the unclipped part counts, else 0.
  it.each([
    ['inside the range', 1.1, 2, -2.2, -2],
    ['a good action, already likelier than the range: no more pull', 1.5, 2, -2.4, 0],
    ['a good action, become too unlikely: still pulled back', 0.5, 2, -1, -2],
    ['a bad action, already unlikelier than the range: no more push', 0.5, -3, 2.4, 0],
    ['a bad action, become too likely: still pushed away', 1.5, -3, 4.5, 3],
    ['no advantage', 1.7, 0, 0, 0],
  ])('%s', async (_, ratio, advantage, loss, slope) => {
    const result = await lossAndGradient((r) => policyLoss(r, tf.tensor1d([advantage]), 0.2), [ratio]);
    expect(result.loss).toBeCloseTo(loss, 5);
    expect(result.gradient[0]).toBeCloseTo(slope, 5);
  });

  it('is a mean over the samples', async () => {
    const { loss } = await lossAndGradient((r) => policyLoss(r, tf.tensor1d([2, 2]), 0.2), [1.1, 1.5]);
    expect(loss).toBeCloseTo((-2.2 - 2.4) / 2, 5);
  });
});

describe('the clipped value loss, by hand (ε = 0.2)', () => {
  // ½ max((V − R)², (clip(V, V_old ± ε) − R)²)
  it.each([
    ['inside the range', 1.1, 1, 3, 0.5 * 1.9 ** 2, 1.1 - 3],
    ['moved too far towards the return: stopped', 2, 1, 3, 0.5 * 1.8 ** 2, 0],
    ['moved away from the return: called back', 0.5, 1, 3, 0.5 * 2.5 ** 2, 0.5 - 3],
    ['moved past the return', 5, 1, 3, 0.5 * 2 ** 2, 5 - 3],
  ])('%s', async (_, value, oldValue, target, loss, slope) => {
    const result = await lossAndGradient(
      (v) => valueLoss(v, tf.tensor1d([oldValue]), tf.tensor1d([target]), 0.2),
      [value],
    );
    expect(result.loss).toBeCloseTo(loss, 5);
    expect(result.gradient[0]).toBeCloseTo(slope, 5);
  });

  it('takes one value for all samples, and their mean', async () => {
    const { loss, gradient } = await lossAndGradient(
      (v) => valueLoss(v, tf.tensor1d([1]), tf.tensor1d([0, 2, 1.5]), 0.2),
      [1],
    );
    expectClose([loss], [(1 + 1 + 0.25) / 6], 1e-6);
    expectClose(gradient, [(1 - 1 - 0.5) / 3], 1e-6);
  });
});
