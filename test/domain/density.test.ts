import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandwidthOf,
  blindSpots,
  gaussianField,
  nearbyField,
  regionLevel,
} from '../../src/domain/density.ts';
import { gridPoints } from '../../src/domain/field.ts';
import { normals, random } from '../../src/domain/random.ts';

const grid = { size: 48, extent: 2.2 };
const at = gridPoints(grid.size, grid.extent);
const cell = ((2 * grid.extent) / (grid.size - 1)) ** 2;
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe('how many points lie near', () => {
  it('is the sum of Gaussian bumps', () => {
    const points = [0.31, -0.52, 1.1, 1.4, -1.93, 0.2];
    const h = 0.3;
    const { values } = nearbyField(points, grid, h);
    for (let i = 0; i < values.length; i++) {
      let wanted = 0;
      for (let p = 0; p < points.length; p += 2)
        wanted += Math.exp(
          -((at[2 * i]! - points[p]!) ** 2 + (at[2 * i + 1]! - points[p + 1]!) ** 2) / (2 * h * h),
        );
      expect(Math.abs(values[i]! - wanted)).toBeLessThan(0.03);
    }
  });

  it('adds up over the points', () => {
    const point = fc.tuple(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(point, { maxLength: 10 }), fc.array(point, { maxLength: 10 }), (some, others) => {
        const [a, b, both] = [some, others, [...some, ...others]].map(
          (points) => nearbyField(points.flat(), grid, 0.25).values,
        );
        both!.forEach((value, i) => expect(value).toBeCloseTo(a![i]! + b![i]!, 5));
        expect(both!.every((value) => value >= 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves out what lies outside, or nowhere', () => {
    expect(sum(nearbyField([5, 0, NaN, 0, 0, -2.3], grid, 0.2).values)).toBe(0);
  });

  it('gives the corner its point', () => {
    const { values } = nearbyField([grid.extent, grid.extent], grid, 0.2);
    expect(values.at(-1)).toBe(1);
    expect(values[0]).toBe(0);
  });

  it('has a bandwidth that shrinks with the number of points, and never below the grid', () => {
    const points = normals(random(1, 'points'), 8192).map((value) => 0.5 * value);
    const [few, many] = [bandwidthOf(points.subarray(0, 128), grid), bandwidthOf(points, grid)];
    expect(many).toBeCloseTo(0.5 * 4096 ** (-1 / 6), 2);
    expect(few / many).toBeCloseTo(2, 0);
    expect(bandwidthOf([1, 1], grid)).toBe(Math.sqrt(cell));
    expect(bandwidthOf([], grid)).toBe(Math.sqrt(cell));
  });
});

describe('the mass of a Gaussian', () => {
  it('adds up to 1, and its region of 95 % is the ellipse of 2.448 deviations', () => {
    const field = gaussianField({ mean: [0.2, -0.3], logStd: [Math.log(0.4), Math.log(0.25)] }, grid);
    expect(sum(field.values) * cell).toBeCloseTo(1, 3);
    const level = regionLevel(field, 0.95);
    const peak = 1 / (2 * Math.PI * 0.4 * 0.25);
    expect(Math.sqrt(2 * Math.log(peak / level))).toBeCloseTo(Math.sqrt(-2 * Math.log(0.05)), 1);
    expect(sum(field.values.filter((value) => value >= level)) * cell).toBeGreaterThanOrEqual(0.95 - 1e-3);
  });

  it('is still seen when it is narrower than the grid', () => {
    const field = gaussianField({ mean: [0.05, 0.05], logStd: [-9, -9] }, grid);
    expect(sum(field.values) * cell).toBeCloseTo(1, 0);
  });
});

describe('blind spots', () => {
  const labels = nearbyField(
    normals(random(2, 'labels'), 400).map((value) => 0.3 * value),
    grid,
    0.15,
  );

  it('are none where the policy is among the labels, and all where it left them', () => {
    const home = gaussianField({ mean: [0, 0], logStd: [Math.log(0.2), Math.log(0.2)] }, grid);
    const away = gaussianField({ mean: [1.5, 1.2], logStd: [Math.log(0.12), Math.log(0.12)] }, grid);
    expect(blindSpots(home, labels).mass).toBe(0);
    expect(blindSpots(away, labels).mass).toBeGreaterThan(0.94);
    expect(blindSpots(away, nearbyField([], grid, 0.15)).mass).toBeGreaterThan(0.94);
  });

  it('are where their field is above 0, with the policy and far from every label', () => {
    const policy = gaussianField({ mean: [0.7, 0.3], logStd: [Math.log(0.35), Math.log(0.3)] }, grid);
    const { field, mask, mass } = blindSpots(policy, labels);
    const level = regionLevel(policy, 0.95);
    let [blind, total] = [0, 0];
    mask.forEach((inside, i) => {
      const far = policy.values[i]! >= level && labels.values[i]! < Math.exp(-2);
      expect(inside === 1).toBe(far);
      if (field.values[i]! > 1e-5) expect(inside).toBe(1);
      if (inside) expect(field.values[i]).toBeGreaterThanOrEqual(0);
      total += policy.values[i]!;
      if (inside) blind += policy.values[i]!;
    });
    expect(mass).toBeCloseTo(blind / total, 6);
    expect(mass).toBeGreaterThan(0.05);
    expect(mass).toBeLessThan(0.9);
  });
});
