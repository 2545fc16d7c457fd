import { describe, expect, it } from 'vitest';
import { gridPoints } from '../../../src/domain/field.ts';
import { normals, random } from '../../../src/domain/random.ts';
import { definitionOf, type Settings } from '../../../src/domain/settings.ts';
import { goldOf, landscapeField } from '../../../src/scenarios/map/landscapes.ts';
import { mean, standardError, variance } from '../../support/statistics.ts';

const definition = definitionOf('landscape');
const landscapes = (definition.kind === 'choice' ? definition.options : []) as Settings['landscape'][];

/** Points of N(0, I), interleaved. */
const standard = normals(random(1, 'landscape-test'), 40_000);
const overSamples = (f: (x: number, y: number) => number): number[] =>
  Array.from({ length: standard.length / 2 }, (_, i) => f(standard[2 * i]!, standard[2 * i + 1]!));

it('there are at least five to choose from, the rim first', () => {
  expect(landscapes.length).toBeGreaterThanOrEqual(5);
  expect(definition.default).toBe('rim');
});

describe.each(landscapes)('%s', (landscape) => {
  it.each([0.1, 0.3, 1.2])('has mean 0 and variance 1 under a starting policy of spread %f', (spread) => {
    const gold = goldOf(landscape, spread);
    const values = overSamples((x, y) => gold(spread * x, spread * y));
    const squares = values.map((value) => value * value);
    expect(Math.abs(mean(values))).toBeLessThan(4 * standardError(values));
    expect(Math.abs(mean(squares) - 1)).toBeLessThan(4 * standardError(squares));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.05);
  });

  it('is finite on the whole plane, and no constant', () => {
    const gold = goldOf(landscape, 0.3);
    const points = gridPoints(61, 40);
    const values = Array.from({ length: 61 * 61 }, (_, i) => gold(points[2 * i]!, points[2 * i + 1]!));
    expect(values.every(Number.isFinite)).toBe(true);
    expect([gold(1e6, -1e6), gold(-1e6, 0)].every(Number.isFinite)).toBe(true);
  });

  it('keeps its shape when the spread changes', () => {
    const [narrow, wide] = [goldOf(landscape, 0.2), goldOf(landscape, 0.8)];
    for (const [x, y] of [
      [0, 0],
      [1, 2],
      [-2.5, 0.3],
      [3, 3],
    ] as const)
      expect(narrow(0.2 * x, 0.2 * y)).toBeCloseTo(wide(0.8 * x, 0.8 * y), 6);
  });

  it('has a small picture', () => {
    const { values, size } = landscapeField(landscape, 24);
    expect(values).toHaveLength(size * size);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(1);
  });
});

describe('rim', () => {
  const spread = 0.3;
  const gold = goldOf('rim', spread);
  const best = [Math.cos(0.6), Math.sin(0.6)] as const;
  const at = (radius: number) => gold(spread * radius * best[0], spread * radius * best[1]);

  it('is best between 2.5 and 3.3 spreads away, in one direction', () => {
    const points = gridPoints(201, 6 * spread);
    let highest = { value: -Infinity, x: 0, y: 0 };
    for (let i = 0; i < 201 * 201; i++) {
      const [x, y] = [points[2 * i]!, points[2 * i + 1]!];
      const value = gold(x, y);
      if (value > highest.value) highest = { value, x, y };
    }
    const radius = Math.hypot(highest.x, highest.y) / spread;
    expect(radius).toBeGreaterThan(2.5);
    expect(radius).toBeLessThan(3.3);
    const along = (highest.x * best[0] + highest.y * best[1]) / spread;
    expect(along / radius).toBeGreaterThan(0.95);
  });

  it('rises all the way there, and falls by more than 1 right behind', () => {
    const radii = Array.from({ length: 28 }, (_, i) => 0.1 * i);
    radii.forEach((radius, i) => {
      if (i > 0) expect(at(radius)).toBeGreaterThan(at(radii[i - 1]!));
    });
    const top = Math.max(...Array.from({ length: 81 }, (_, i) => at(2.5 + 0.01 * i)));
    expect(top - at(4)).toBeGreaterThan(1);
    // And it is below where the policy started.
    expect(at(4)).toBeLessThan(at(0));
    expect(at(10)).toBeLessThan(at(0));
  });

  it('shows its cliff to hardly any starting sample', () => {
    const beyond = overSamples((x, y) => (Math.hypot(x, y) > 3.3 ? 1 : 0));
    expect(mean(beyond)).toBeLessThan(0.01);
  });
});

describe('bowl', () => {
  // R(d) = d (√2 u·w − c d) with c = 1/4, for the policy N(t w, I) at d = t/√2 = √KL, before standardisation;
  // that divides by the standard deviation under N(0, I): √(1 + (c/2)² · 4) for u·x − (c/2)|x|².
  const u = [Math.cos(0.6), Math.sin(0.6)] as const;
  const std = Math.sqrt(1 + 0.125 ** 2 * 4);
  const spread = 0.3;
  const gold = goldOf('bowl', spread);

  it.each([
    ['towards the best', u],
    ['half wrong', [Math.cos(0.6 + Math.PI / 3), Math.sin(0.6 + Math.PI / 3)]],
    ['across', [-u[1], u[0]]],
    ['away', [-u[0], -u[1]]],
  ] as const)('follows its closed form when the policy goes %s', (_, w) => {
    const toBest = u[0] * w[0] + u[1] * w[1];
    const start = overSamples((x, y) => gold(spread * x, spread * y));
    for (const d of [0.5, 1, 2, 2.83, 4, 6]) {
      const t = Math.SQRT2 * d;
      const moved = overSamples((x, y) => gold(spread * (x + t * w[0]), spread * (y + t * w[1])));
      const gains = moved.map((value, i) => (value - start[i]!) * std);
      const expected = d * (Math.SQRT2 * toBest - 0.25 * d);
      expect(Math.abs(mean(gains) - expected)).toBeLessThan(4 * standardError(gains) + 1e-9);
    }
  });

  it('turns over at d = √2 u·w / 2c when the policy goes straight to the best', () => {
    const gain = (d: number) => {
      const t = Math.SQRT2 * d;
      return mean(overSamples((x, y) => gold(spread * (x + t * u[0]), spread * (y + t * u[1]))));
    };
    const peak = Math.SQRT2 / (2 * 0.25);
    expect(gain(peak)).toBeGreaterThan(gain(peak - 0.3));
    expect(gain(peak)).toBeGreaterThan(gain(peak + 0.3));
  });
});
