import { expect, it } from 'vitest';
import others from '../../fixtures/oracles/others.json';
import { bestOfNKl } from '../../../src/engine/policy/best-of-n.ts';

const published = others.cases.find(({ name }) => name === 'best_of_n_kl')!.n_and_kl as [number, number][];

it.each(published)('best of %i is %f nats away', (n, kl) => {
  expect(bestOfNKl(n)).toBeCloseTo(kl, 12);
});
