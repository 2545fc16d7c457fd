import { beforeAll, describe, expect, it } from 'vitest';
import others from '../../fixtures/oracles/others.json';
import { adaptKl } from '../../../src/engine/policy/adaptive-kl.ts';
import { groupRelative } from '../../../src/engine/policy/optimisers/grpo.ts';
import { leaveOneOut } from '../../../src/engine/policy/optimisers/rloo.ts';
import * as tf from '../../../src/engine/tf.ts';
import { expectClose } from '../../support/close.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

interface AdaptiveCase {
  readonly initial: number;
  readonly target: number;
  readonly horizon: number;
  readonly samples_per_step: number;
  readonly kl: number[];
  readonly coefficient_after: number[];
}
const caseOf = <Case>(wanted: string): Case =>
  (others.cases as unknown as { name: string }[]).find(({ name }) => name === wanted) as unknown as Case;

describe('advantages', () => {
  it('of a single sample are 0 and finite', async () => {
    const one = tf.tensor1d([3]);
    for (const advantages of [leaveOneOut, groupRelative]) {
      const result = tf.tidy(() => advantages(one));
      expect(Array.from(await result.data())).toEqual([0]);
      result.dispose();
    }
    one.dispose();
  });
});

describe('the adaptive KL penalty', () => {
  it('moves as published', () => {
    const wanted = caseOf<AdaptiveCase>('adaptive_kl');
    let beta = wanted.initial;
    const after = wanted.kl.map(
      (kl) => (beta = adaptKl(beta, kl, wanted.target, wanted.samples_per_step, wanted.horizon)),
    );
    expectClose(after, wanted.coefficient_after, 1e-12);
  });
});
