import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { Comparison } from '../../src/domain/comparison.ts';
import { sampleField } from '../../src/domain/field.ts';
import { random } from '../../src/domain/random.ts';
import { blindnessOf, distancesTo, valuesAt } from '../../src/state/blind.ts';

const source = random(4, 'blind');
const candidates: Candidate[] = Array.from({ length: 120 }, (_, id) => ({
  id,
  prompt: 0,
  values: [0.3 * source.normal(), 0.3 * source.normal()],
  origin: 'start',
  splitKey: 1,
}));
const comparisons: Comparison[] = Array.from({ length: 50 }, (_, k) => ({
  id: k + 1,
  kind: 'pair',
  left: 2 * k,
  right: 2 * k + 1,
  verdict: 'left',
  annotator: 'you',
  source: 'start',
}));
const policy = (x: number, y: number, std = 0.15) =>
  ({ mean: [x, y], logStd: [Math.log(std), Math.log(std)] }) as const;
const of = (...where: Parameters<typeof policy>) =>
  blindnessOf({ candidates, comparisons }, policy(...where), 2.2);

describe('blind spots of the policy', () => {
  it('grow as it leaves the labels', () => {
    const masses = [0, 0.5, 1, 1.6].map((x) => of(x, 0).spots.mass);
    expect(masses[0]).toBe(0);
    expect(masses.slice(1)).toEqual([...masses.slice(1)].sort((a, b) => a - b));
    expect(masses[3]).toBeGreaterThan(0.94);
  });

  it('count candidates only if something was said about them', () => {
    expect(of(0, 0).labelled).toHaveLength(200);
    const unlabelled = blindnessOf({ candidates, comparisons: [] }, policy(0, 0), 2.2);
    expect(unlabelled.labelled).toHaveLength(0);
    expect(unlabelled.spots.mass).toBeGreaterThan(0.94);
  });

  it('do not hide what lies beyond the picture', () => {
    expect(of(2.2, 0).outside).toBeCloseTo(0.5, 2);
    expect(of(9, 0).outside).toBe(1);
    expect(of(0, 0).outside).toBeLessThan(1e-6);
  });
});

describe('distances', () => {
  it('are those to the nearest other point', () => {
    const points = Float32Array.of(0, 0, 3, 4, 3, 5);
    expect([...distancesTo(points, points)]).toEqual([5, 1, 1]);
    expect([...distancesTo(Float32Array.of(0, 1), points)]).toEqual([1]);
    expect([...distancesTo(points, new Float32Array(0))]).toEqual([]);
    expect([...distancesTo(Float32Array.of(1, 1), Float32Array.of(1, 1))]).toEqual([0]);
  });

  it('are taken of a few hundred points at most', () => {
    const many = Float32Array.from({ length: 4000 }, (_, i) => i);
    expect(distancesTo(many, many)).toHaveLength(256);
  });
});

it('a field is read at points', () => {
  const field = sampleField((x, y) => x + 2 * y, 9, 2);
  expect([...valuesAt(field, Float32Array.of(1, 0.5, -1, 1))]).toEqual([2, 1]);
});
