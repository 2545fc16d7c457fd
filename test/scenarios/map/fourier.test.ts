import { describe, expect, it } from 'vitest';
import { embeddingNoise, embedPoint, fourierEmbedding } from '../../../src/scenarios/map/fourier.ts';
import { expectClose } from '../../support/close.ts';
import { correlation, mean, variance } from '../../support/statistics.ts';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('random Fourier features', () => {
  it.each([0.5, 1.5, 4])('approximate exp(−|x − y|² / 2ℓ²) for ℓ = %f', (lengthScale) => {
    const embedding = fourierEmbedding(3, 20_000, lengthScale);
    for (const [x, y] of [
      [0, 0],
      [0.3, -0.2],
      [1, 1],
      [2.5, -1],
      [-4, 3],
    ] as const) {
      const here = embedPoint(embedding, 0.4, -0.7);
      const there = embedPoint(embedding, 0.4 + x, -0.7 + y);
      const kernel = Math.exp(-(x * x + y * y) / (2 * lengthScale * lengthScale));
      // Standard error 1/√d.
      expect(Math.abs(dot(here, there) - kernel)).toBeLessThan(4 / Math.sqrt(20_000));
    }
  });

  it('have length 1 on average with the default number of them', () => {
    const embedding = fourierEmbedding(7, 768, 1.5);
    const squares = Array.from({ length: 200 }, (_, i) => {
      const phi = embedPoint(embedding, Math.cos(i), Math.sin(2 * i));
      return dot(phi, phi);
    });
    expect(mean(squares)).toBeCloseTo(1, 1);
  });

  it('fewer of them are the first of more, but for the scale', () => {
    const [few, many] = [fourierEmbedding(7, 8, 1.5), fourierEmbedding(7, 768, 1.5)];
    const [a, b] = [embedPoint(few, 1.3, -0.4), embedPoint(many, 1.3, -0.4)];
    expectClose(
      Array.from(a, (value) => value / few.scale),
      Array.from(b.subarray(0, 8), (value) => value / many.scale),
      1e-6,
    );
    expect(few.scale).toBeCloseTo(Math.sqrt(2 / 8), 12);
  });

  it('are waves that another length scale only stretches', () => {
    const [a, b] = [fourierEmbedding(7, 64, 1.5), fourierEmbedding(7, 64, 3)];
    expectClose(embedPoint(a, 0.6, -0.9), embedPoint(b, 1.2, -1.8), 1e-5);
  });

  it('differ between seeds, and are the same again for the same one', () => {
    const at = (seed: number) => embedPoint(fourierEmbedding(seed, 768, 1.5), 0.5, 0.5);
    expect(at(1)).toEqual(at(1));
    expect(Math.abs(correlation(at(1), at(2)))).toBeLessThan(4 / Math.sqrt(768));
  });

  it('are written where they are wanted', () => {
    const embedding = fourierEmbedding(7, 8, 1.5);
    const out = new Float32Array(24).fill(9);
    embedPoint(embedding, 1, 2, out, 8);
    expect(out.subarray(8, 16)).toEqual(embedPoint(embedding, 1, 2));
    expect([...out.subarray(0, 8), ...out.subarray(16)]).toEqual(new Array(16).fill(9));
  });
});

describe('embedding noise', () => {
  it('has the mean square of the features when the amount is 1, and mean 0', () => {
    const noise = embeddingNoise(7, 3, 20_000, 1);
    expect(variance(noise) * 20_000).toBeCloseTo(1, 1);
    expect(Math.abs(mean(noise)) * Math.sqrt(20_000)).toBeLessThan(4 / Math.sqrt(20_000));
  });

  it('grows with the amount and belongs to its candidate', () => {
    expectClose(
      embeddingNoise(7, 3, 64, 0.5),
      Array.from(embeddingNoise(7, 3, 64, 1), (value) => value / 2),
      1e-6,
    );
    expect(embeddingNoise(7, 3, 64, 1)).toEqual(embeddingNoise(7, 3, 64, 1));
    expect(embeddingNoise(7, 4, 64, 1)).not.toEqual(embeddingNoise(7, 3, 64, 1));
  });
});
