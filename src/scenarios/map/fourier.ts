import { normals, random } from '../../domain/random';
import type { FourierEmbedding } from '../scenario';

/**
 * Random Fourier features of the plane (Rahimi and Recht 2007): a linear reward on them is a smooth function whose
 * wiggles are about `lengthScale` wide. φ_i(x) = √(2/d) cos(ω_i · x + b_i), ω ~ N(0, 1/lengthScale²), b ~ U[0, 2π).
 */
export function fourierEmbedding(seed: number, dimension: number, lengthScale: number): FourierEmbedding {
  // Each wave has its own stream position, so that fewer features are a prefix of more.
  const waves = random(seed, 'fourier');
  const frequencies = new Float32Array(2 * dimension);
  const phases = new Float32Array(dimension);
  for (let i = 0; i < dimension; i++) {
    frequencies[i] = waves.normal() / lengthScale;
    frequencies[dimension + i] = waves.normal() / lengthScale;
    phases[i] = 2 * Math.PI * waves.uniform();
  }
  return { dimension, frequencies, phases, scale: Math.sqrt(2 / dimension) };
}

/** The embedding of one point: writes [dimension] numbers into `out` at `offset`. */
export function embedPoint(
  { dimension, frequencies, phases, scale }: FourierEmbedding,
  x: number,
  y: number,
  out: Float32Array = new Float32Array(dimension),
  offset = 0,
): Float32Array {
  for (let i = 0; i < dimension; i++)
    out[offset + i] = scale * Math.cos(frequencies[i]! * x + frequencies[dimension + i]! * y + phases[i]!);
  return out;
}

/** Measurement noise of one candidate's embedding, with the same mean square as the features when `amount` is 1. */
export const embeddingNoise = (seed: number, id: number, dimension: number, amount: number): Float32Array =>
  normals(random(seed, 'embedding-noise', id), dimension).map(
    (value) => (value * amount) / Math.sqrt(dimension),
  );
