import { nothingOwn } from '../../domain/content';
import { gridPoints } from '../../domain/field';
import { normals, random } from '../../domain/random';
import { defaultSettings } from '../../domain/settings';
import { scenarioOf, type Features, type FourierEmbedding, type GaussianPolicy } from '../../scenarios';
import { GaussianFamily, planeSpec, type GaussianActions } from '../policy/families/gaussian';
import { Head, linearSpec } from '../reward/head';

/** What everybody climbs and draws: a reward that is linear in the embedding of the plane, as the map has it. */
export interface Climb {
  readonly features: Features;
  readonly embedding: FourierEmbedding;
  readonly head: Head;
  /** θ of the head: [weights, bias, tie parameter]. */
  readonly theta: Float32Array;
  readonly settings: typeof defaultSettings;
  readonly start: Float32Array;
  readonly family: GaussianFamily;
  /** The samples of an iteration, as the page draws them. */
  sample(theta: Float32Array, iteration: number): GaussianActions;
}

export function climbOf(): Climb {
  const settings = { ...defaultSettings, klCoefficient: 0.05 };
  const scenario = scenarioOf(settings);
  const features = scenario.features(settings, nothingOwn);
  const embedding = features.fourier!;
  const { mean, logStd } = scenario.policy(settings, nothingOwn) as GaussianPolicy;
  const head = new Head(linearSpec(embedding.dimension));
  const theta = new Float32Array(head.size);
  theta.set(normals(random(3, 'bench'), embedding.dimension));
  const family = new GaussianFamily(planeSpec);
  return {
    features,
    embedding,
    head,
    theta,
    settings,
    // And a value baseline of 0.
    start: Float32Array.of(...mean, ...logStd, 0),
    family,
    sample: (own, iteration) =>
      family.sample(own, settings.samples, random(settings.seed, 'policy-samples', iteration)),
  };
}

/** The points of the map, row by row: interleaved x, y. */
export const mapPoints = ({ settings }: Climb, size: number): Float32Array =>
  gridPoints(size, scenarioOf(settings).plane!.extent(settings));
