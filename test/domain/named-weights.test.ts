import { expect, it } from 'vitest';
import { namedWeights } from '../../src/domain/named-weights.ts';
import type { Member, TrainedHead } from '../../src/domain/trained-head.ts';

const layer = (inputs: number, outputs: number, weights: number[]): Member => [
  { inputs, outputs, weights: Float32Array.from(weights), bias: new Float32Array(outputs) },
];
const head = (members: readonly Member[], weights = [1]): TrainedHead => ({
  step: 1,
  dimension: 3,
  activation: 'relu',
  members,
  initial: members,
  weights,
  combine: 'mean',
  uncertaintyWeight: 0,
  shifts: members.map(() => 0),
  referenceMean: 0,
  referenceStd: 1,
});
const names = ['clearance', 'comfort', 'progress'];

it('the weights of a linear head come by name, the largest first', () => {
  expect(namedWeights(head([layer(3, 1, [0.5, -2, 1])]), names)).toEqual([
    { name: 'comfort', weight: -2, spread: 0 },
    { name: 'progress', weight: 1, spread: 0 },
    { name: 'clearance', weight: 0.5, spread: 0 },
  ]);
});

it('those of an ensemble are means, with what the members differ by', () => {
  const [first] = namedWeights(head([layer(3, 1, [4, 0, 0]), layer(3, 1, [2, 0, 0])]), names);
  expect(first).toEqual({ name: 'clearance', weight: 3, spread: 1 });
});

it('outputs for several criteria are pooled by their weights', () => {
  const two = layer(3, 2, [1, 10, 2, 20, 3, 30]);
  expect(namedWeights(head([two], [1, 0.1]), names).map(({ weight }) => weight)).toEqual([6, 4, 2]);
});

it('refuses hidden layers and other features', () => {
  const deep: Member = [...layer(3, 4, new Array<number>(12).fill(1)), ...layer(4, 1, [1, 1, 1, 1])];
  expect(() => namedWeights(head([deep]), names)).toThrow(/hidden layers/);
  expect(() => namedWeights(head([layer(3, 1, [1, 2, 3])]), ['one'])).toThrow(
    '1 features are named, but the head has 3.',
  );
});
