import { describe, expect, it } from 'vitest';
import { asShown, judgedPairs, sideOfSplit } from '../../src/state/judged.ts';
import type { Measured } from '../../src/state/run.svelte.ts';
import { packedPairs } from '../support/packed.ts';

/** Candidates 0 to 3 with the rewards 10, 11, 13, 17; the starting policy's mean is 10. */
const measured = {
  frame: { rewards: Float32Array.of(10, 11, 13, 17), criterionRewards: null, referenceMean: 10 },
  data: {
    ...packedPairs([3, 0, 2, 1], [0, 1, 1, 3], [0, 0, 1, 1]),
    leftWon: Uint8Array.of(1, 0, 0, 1),
  },
  decided: [5, 6, 7, 8],
} as unknown as Measured;

describe('judged pairs', () => {
  it('have the rewards of their sides, centred on the starting policy', () => {
    const pairs = judgedPairs(measured);
    expect([...pairs.chosen]).toEqual([7, 0, 3, 1]);
    expect([...pairs.rejected]).toEqual([0, 1, 1, 7]);
    expect(pairs.ids).toEqual([5, 6, 7, 8]);
  });

  it('have those by the criterion they were judged by, where it has rewards of its own', () => {
    const criterionRewards = [Float32Array.of(0, 1, 2, 3), Float32Array.of(0, -1, -2, -3)];
    const data = { ...measured.data, criterion: Int8Array.of(-1, 0, 1, 1) };
    const pairs = judgedPairs({ ...measured, data, frame: { ...measured.frame, criterionRewards } });
    expect([...pairs.chosen]).toEqual([7, 0, -2, -1]);
    expect([...pairs.rejected]).toEqual([0, 1, -1, -3]);
  });

  it('are split, and turned to the sides they were shown on', () => {
    const held = sideOfSplit(judgedPairs(measured), 1);
    expect(held.ids).toEqual([7, 8]);
    const { logits, outcomes } = asShown(held);
    expect([...logits]).toEqual([-2, -6]);
    expect([...outcomes]).toEqual([0, 1]);
    expect(asShown(sideOfSplit(judgedPairs(measured), 0)).logits).toEqual(Float64Array.of(7, 1));
  });

  it('are none before the engine answered', () => {
    expect(judgedPairs(null).ids).toEqual([]);
    expect(asShown(judgedPairs(null)).logits).toHaveLength(0);
  });
});
