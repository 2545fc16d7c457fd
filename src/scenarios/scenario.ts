import type { Candidate } from '../domain/candidate';
import type { Settings } from '../domain/settings';

/** Random Fourier features: φ(x) = scale · cos(x Ω + phase), with Ω of shape [2, dimension]. */
export interface FourierEmbedding {
  readonly kind: 'fourier';
  readonly dimension: number;
  /** [2, dimension], row-major. */
  readonly frequencies: Float32Array;
  /** [dimension] */
  readonly phases: Float32Array;
  readonly scale: number;
}

/** Diagonal Gaussian over the plane. */
export interface PlaneGaussian {
  readonly mean: readonly [number, number];
  readonly logStd: readonly [number, number];
}

/** One side of what makes a candidate good, that can be judged by itself. */
export interface Criterion {
  readonly id: string;
  readonly label: string;
  /** What is asked when two are compared by it. */
  readonly question: string;
  /** How good a candidate is by it alone: what the simulated annotator answers by. About unit variance at the start. */
  gold(settings: Settings): (x: number, y: number) => number;
}

/** What a scenario provides. Pure functions of the settings, so that page and worker agree without a message. */
export interface Scenario {
  readonly id: Settings['scenario'];
  readonly title: string;
  /** What the candidates answer, and each of them, in words: for the formats that hold texts. */
  readonly prompt: string;
  textOf(candidate: { readonly x: number; readonly y: number }): string;
  /** What the embedding is, in words. */
  readonly embeddingName: string;
  /** Half the width of the square that is drawn. */
  extent(settings: Settings): number;
  /** Position of the starting candidate `id`: a draw from the starting policy. */
  startPoint(settings: Settings, id: number): { x: number; y: number };
  embedding(settings: Settings): FourierEmbedding;
  /** Noise added to the embedding of candidate `id`: [dimension], or null for none. */
  embeddingNoise(settings: Settings, id: number): Float32Array | null;
  referencePolicy(settings: Settings): PlaneGaussian;
  /** At most three: so many have a weight among the settings. */
  readonly criteria: readonly Criterion[];
  /** The gold reward, shifted and scaled to mean 0 and variance 1 under the starting policy. */
  gold(settings: Settings): (x: number, y: number) => number;
  /** How long a candidate is, in standard deviations from the mean under the starting policy; absent where nothing is long. */
  length?(settings: Settings): (candidate: Candidate) => number;
  /** What each of the embedding's numbers is called; absent where they have no names. */
  featureNames?(settings: Settings): readonly string[];
  /** The settings as a second group of annotators sees them, with its own gold; absent where all want the same. */
  secondGroup?(settings: Settings): Settings;
}
