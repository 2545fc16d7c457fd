import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitGao, gaoForm, gaoPeak } from '../../src/domain/gao.ts';

const distances = Array.from({ length: 60 }, (_, i) => (i + 1) / 10);

describe('the form of over-optimisation', () => {
  it('is found again from its own curve', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (alpha, beta) => {
          const fit = fitGao(
            distances,
            distances.map((d) => gaoForm({ alpha, beta }, d)),
          )!;
          expect(fit.alpha).toBeCloseTo(alpha, 8);
          expect(fit.beta).toBeCloseTo(beta, 8);
          expect(fit.error).toBeLessThan(1e-8);
        },
      ),
    );
  });

  it('peaks at e^{α/β − 1}', () => {
    const curve = { alpha: 1, beta: 0.8, error: 0 };
    const at = gaoPeak(curve)!;
    expect(at).toBeCloseTo(Math.exp(0.25), 12);
    for (const d of [at - 0.01, at + 0.01]) expect(gaoForm(curve, d)).toBeLessThan(gaoForm(curve, at));
    expect(gaoPeak({ alpha: 1, beta: -1, error: 0 })).toBeNull();
  });

  it('says how far off it is', () => {
    const wavy = distances.map((d, i) => gaoForm({ alpha: 1, beta: 0.5 }, d) + (i % 2 ? 0.1 : -0.1));
    expect(fitGao(distances, wavy)!.error).toBeCloseTo(0.1, 2);
  });

  it('needs points that have moved', () => {
    expect(fitGao([], [])).toBeNull();
    expect(fitGao([0, 0, 0, 0], [0, 1, 0, 1])).toBeNull();
    expect(fitGao([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(fitGao([0, 0.5, 1, 2], [0, 0.4, NaN, 0.3])).toBeNull();
  });
});

it('fits the form of best-of-n, and knows its peak at α/2β', () => {
  const d = Array.from({ length: 30 }, (_, i) => 0.1 * i);
  const wanted = { alpha: 1.7, beta: 0.4 };
  const reward = d.map((x) => x * (wanted.alpha - wanted.beta * x));
  const fit = fitGao(d, reward, 'bon')!;
  expect(fit.alpha).toBeCloseTo(wanted.alpha, 9);
  expect(fit.beta).toBeCloseTo(wanted.beta, 9);
  expect(fit.error).toBeCloseTo(0, 9);
  expect(gaoPeak(fit, 'bon')).toBeCloseTo(1.7 / 0.8, 9);
  expect(gaoForm(fit, 2, 'bon')).toBeCloseTo(2 * (1.7 - 0.8), 9);
  // The other form fits it worse.
  expect(fitGao(d, reward)!.error).toBeGreaterThan(0.01);
});
