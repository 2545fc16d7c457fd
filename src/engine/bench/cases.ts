import type { HeadSpec } from '../reward/head';

/** What is to be done in one case of the benchmark. */
export type Task =
  | { readonly kind: 'train'; readonly spec: Pick<HeadSpec, 'hidden' | 'members'> }
  /** Linear heads, each with a learning rate, labels and batches of its own. */
  | { readonly kind: 'sweep'; readonly heads: number }
  /** PPO of the Gaussian over the plane, against a fixed linear reward. */
  | { readonly kind: 'optimise' }
  /** The reward of every point of a square grid, under a linear head. */
  | { readonly kind: 'score'; readonly size: number };

export interface BenchCase {
  readonly name: string;
  /** What is timed: a step, an iteration, a map. */
  readonly per: string;
  readonly task: Task;
  /** How often it is done before the numbers are compared. */
  readonly comparedAfter: number;
  /** Numbers further apart than this are not the same work: no speed is reported then. */
  readonly tolerance: number;
}

const exact = 1e-5;
/** Where an embedding is computed on a GPU: WGSL lets the cosine be wrong by 2⁻¹¹, and some devices use it up. */
const withCosines = 1e-3;

/** The registry: a new case is one entry here. */
export const cases: readonly BenchCase[] = [
  {
    name: 'linear 768→1',
    per: 'step',
    task: { kind: 'train', spec: { hidden: [], members: 1 } },
    comparedAfter: 12,
    tolerance: exact,
  },
  {
    name: 'MLP 768-64-64-1',
    per: 'step',
    task: { kind: 'train', spec: { hidden: [64, 64], members: 1 } },
    comparedAfter: 12,
    tolerance: exact,
  },
  {
    name: '5 × MLP 768-64-64-1',
    per: 'step',
    task: { kind: 'train', spec: { hidden: [64, 64], members: 5 } },
    comparedAfter: 12,
    tolerance: exact,
  },
  {
    name: 'sweep of 64 linear heads',
    per: 'step of all',
    task: { kind: 'sweep', heads: 64 },
    comparedAfter: 3,
    tolerance: exact,
  },
  {
    name: 'PPO on the map',
    per: 'iteration',
    task: { kind: 'optimise' },
    comparedAfter: 1,
    tolerance: withCosines,
  },
  {
    name: 'reward map, 256 × 256',
    per: 'map',
    task: { kind: 'score', size: 256 },
    comparedAfter: 1,
    tolerance: withCosines,
  },
];
