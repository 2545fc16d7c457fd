import { expect } from 'vitest';

/** Largest difference, relative to 1 or to the size of the expected number. Anything not finite is infinitely far. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(difference <= worst)) worst = Number.isFinite(difference) ? difference : Infinity;
  }
  return worst;
}

/** Every number within `tolerance` of its expectation, absolutely or relatively, whichever is kinder. */
export function expectClose(
  actual: number | ArrayLike<number>,
  expected: number | ArrayLike<number>,
  tolerance: number,
  what = 'numbers',
): void {
  const [a, b] = [actual, expected].map((value) => (typeof value === 'number' ? [value] : value));
  expect(a!.length, `${what}: how many`).toBe(b!.length);
  expect(distance(a!, b!), `${what}: how far from what they should be`).toBeLessThanOrEqual(tolerance);
}
