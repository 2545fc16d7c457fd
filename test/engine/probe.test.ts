import { beforeAll, describe, expect, it, vi } from 'vitest';
import { disagreement, probeNumbers, probeStepTime } from '../../src/engine/probe.ts';
import * as tf from '../../src/engine/tf.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine is slow

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

describe('the probe', () => {
  it('gives the same finite numbers every time', async () => {
    const numbers = await probeNumbers();
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers.every(Number.isFinite)).toBe(true);
    expect(await probeNumbers()).toEqual(numbers);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await probeNumbers();
    expect(await probeStepTime()).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('disagreement', () => {
  const of = (...values: number[]) => Float32Array.from(values);

  it('is the largest difference: absolute for small numbers, relative for large ones', () => {
    expect(disagreement(of(0.1, 2), of(0.1, 2))).toBe(0);
    expect(disagreement(of(0.15, 2), of(0.1, 2))).toBeCloseTo(0.05);
    expect(disagreement(of(110, 0), of(100, 0))).toBeCloseTo(0.1);
    expect(disagreement(of(1, 5, 1), of(1, 4, 1.1))).toBeCloseTo(0.25);
  });

  it('is infinite for anything that cannot be compared', () => {
    expect(disagreement(of(1), of(1, 2))).toBe(Infinity);
    expect(disagreement(of(NaN, 1), of(1, 1))).toBe(Infinity);
    expect(disagreement(of(1, 1), of(1, NaN))).toBe(Infinity);
    expect(disagreement(of(Infinity), of(1))).toBe(Infinity);
    expect(disagreement(of(NaN, 1, 1), of(1, 1, 1))).toBe(Infinity);
    expect(disagreement(of(1, NaN, 5), of(1, 1, 1))).toBe(Infinity);
  });
});
