import { random } from '../../domain/random';
import type { Scenario } from '../scenario';
import { mapCriteria } from './criteria';
import { embeddingNoise, fourierEmbedding } from './fourier';
import { goldOf } from './landscapes';

/** Points in the plane: landscapes, margins, drift and Goodhart's law can all be seen. */
export const map: Scenario = {
  id: 'map',
  title: 'Map',
  prompt: 'Choose a point of the plane.',
  textOf: ({ x, y }) => `(${x.toFixed(4)}, ${y.toFixed(4)})`,
  embeddingName: 'Fourier features',
  // Room for the policy to run well past what was labelled.
  extent: ({ spread }) => Math.max(2.2, 5 * spread),
  startPoint: ({ seed, spread }, id) => {
    const source = random(seed, 'point', id);
    return { x: spread * source.normal(), y: spread * source.normal() };
  },
  embedding: ({ seed, features, lengthScale }) => fourierEmbedding(seed, features, lengthScale),
  embeddingNoise: ({ seed, features, embeddingNoise: amount }, id) =>
    amount > 0 ? embeddingNoise(seed, id, features, amount) : null,
  referencePolicy: ({ spread }) => ({ mean: [0, 0], logStd: [Math.log(spread), Math.log(spread)] }),
  criteria: mapCriteria,
  gold: ({ landscape, spread }) => goldOf(landscape, spread),
  secondGroup: (settings) => ({ ...settings, landscape: settings.groupLandscape }),
};
