import {
  bandwidthOf,
  blindSpots,
  gaussianField,
  nearbyField,
  regionLevel,
  type BlindSpots,
} from '../domain/density';
import { valueAt, type Field } from '../domain/field';
import type { Candidate } from '../domain/candidate';
import { itemsOf, type Comparison } from '../domain/comparison';
import type { PlaneGaussian } from './policy-now';

const size = 48;

/** Where the policy goes, where somebody labelled, and where it goes that nobody labelled. */
export interface Blindness {
  /** Candidates that a comparison is about: interleaved x, y. */
  readonly labelled: Float32Array;
  /** How many of them lie near each place. */
  readonly labels: Field;
  /** Nothing labelled is nearer than this where labels have none. */
  readonly reach: number;
  readonly policy: Field;
  /** Density at the edge of the region that holds 95 % of the policy. */
  readonly policyLevel: number;
  readonly spots: BlindSpots;
  /** Share of the policy beyond the edges of the picture. */
  readonly outside: number;
}

export function blindnessOf(
  { candidates, comparisons }: { candidates: readonly Candidate[]; comparisons: readonly Comparison[] },
  policyNow: PlaneGaussian,
  extent: number,
): Blindness {
  const grid = { size, extent };
  const items = new Set(comparisons.flatMap(itemsOf));
  const labelled = Float32Array.from(
    candidates.filter(({ id }) => items.has(id)).flatMap(({ values }) => [...values]),
  );
  const bandwidth = bandwidthOf(labelled, grid);
  const labels = nearbyField(labelled, grid, bandwidth);
  const policy = gaussianField(policyNow, grid);
  return {
    labelled,
    labels,
    reach: 2 * bandwidth,
    policy,
    policyLevel: regionLevel(policy, 0.95),
    spots: blindSpots(policy, labels),
    outside: Math.max(0, 1 - integral(policy)),
  };
}

/** Points that distances are taken of: more would only cost time. */
const mostMeasured = 256;

/**
 * How far each of some points lies from the nearest other one of `others`.
 * @param points, others interleaved x, y @returns one number for each of at most `mostMeasured` points
 */
export function distancesTo(points: Float32Array, others: Float32Array): Float32Array {
  const count = points.length / 2;
  const shown = others.length === 0 ? 0 : Math.min(count, mostMeasured);
  return Float32Array.from({ length: shown }, (_, k) => {
    const i = 2 * Math.floor((k * count) / shown);
    let least = Infinity;
    for (let j = 0; j < others.length; j += 2) {
      if (points === others && i === j) continue;
      const [dx, dy] = [points[i]! - others[j]!, points[i + 1]! - others[j + 1]!];
      least = Math.min(least, dx * dx + dy * dy);
    }
    return Math.sqrt(least);
  }).filter(Number.isFinite);
}

/** A field's values at points. @param points interleaved x, y */
export const valuesAt = (field: Field, points: Float32Array): Float32Array =>
  Float32Array.from({ length: points.length / 2 }, (_, i) =>
    valueAt(field, points[2 * i]!, points[2 * i + 1]!),
  );

/** By the trapezoidal rule: samples on the edge stand for half a cell, those in the corners for a quarter. */
function integral({ values, size: wide, extent }: Field): number {
  const cell = ((2 * extent) / (wide - 1)) ** 2;
  const onEdge = (k: number) => (k === 0 || k === wide - 1 ? 0.5 : 1);
  return values.reduce(
    (sum, value, i) => sum + cell * onEdge(i % wide) * onEdge(Math.floor(i / wide)) * value,
    0,
  );
}
