import fc from 'fast-check';
import { expect, it } from 'vitest';
import others from '../../fixtures/oracles/others.json';
import { bestOfN, bestOfNKl } from '../../../src/engine/policy/optimisers/best-of-n.ts';

const published = others.cases.find(({ name }) => name === 'best_of_n_kl')!.n_and_kl as [number, number][];

it.each(published)('best of %i is %f nats away', (n, kl) => {
  expect(bestOfNKl(n)).toBeCloseTo(kl, 12);
});

/** All ways to draw n times, each with its probability; a tie goes to each of those that tie by their probability. */
function enumerated(base: readonly number[], rewards: readonly number[], n: number): number[] {
  const q = base.map(() => 0);
  const walk = (left: number, probability: number, best: number): void => {
    if (left === 0) {
      const tied = base.map((p, i) => (rewards[i] === best ? p : 0));
      const total = tied.reduce((a, b) => a + b, 0);
      tied.forEach((p, i) => (q[i]! += (probability * p) / total));
      return;
    }
    base.forEach((p, i) => walk(left - 1, probability * p, Math.max(best, rewards[i]!)));
  };
  walk(n, 1, -Infinity);
  return q;
}

it('on a finite set it is what drawing n times in every way and keeping the best gives, ties included', () => {
  const set = fc.array(
    fc.record({ weight: fc.integer({ min: 1, max: 9 }), reward: fc.integer({ min: 0, max: 4 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(set, fc.integer({ min: 1, max: 5 }), (items, n) => {
      const total = items.reduce((sum, { weight }) => sum + weight, 0);
      const base = items.map(({ weight }) => weight / total);
      const rewards = items.map(({ reward }) => reward);
      const [q, wanted] = [bestOfN(base, rewards, n), enumerated(base, rewards, n)];
      q.forEach((p, i) => expect(p).toBeCloseTo(wanted[i]!, 10));
    }),
    { numRuns: 60 },
  );
});

it('its KL is at most log n − (n − 1)/n, and that where the set is fine and nothing ties', () => {
  const count = 20_000;
  const base = new Float64Array(count).fill(1 / count);
  for (const n of [1, 2, 8, 64]) {
    const kl = (rewards: Float64Array) =>
      bestOfN(base, rewards, n).reduce((sum, p) => (p > 0 ? sum + p * Math.log(p * count) : sum), 0);
    expect(kl(base.map((_, i) => (i * 7919) % count))).toBeCloseTo(bestOfNKl(n), 3);
    expect(kl(base.map((_, i) => i % 3))).toBeLessThanOrEqual(bestOfNKl(n) + 1e-9);
  }
});
