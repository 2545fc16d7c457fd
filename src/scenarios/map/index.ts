import { contentOf, pointOf } from '../../domain/content';
import { random } from '../../domain/random';
import type { Scenario } from '../scenario';
import { mapCriteria } from './criteria';
import { embeddingNoise, embedPoint, fourierEmbedding } from './fourier';
import { goldOf } from './landscapes';

const referenceCount = 256;

/** Points in the plane: landscapes, margins, drift and Goodhart's law can all be seen. */
export const map: Scenario = {
  id: 'map',
  title: 'Map',
  noun: { one: 'point', many: 'points' },
  embeddingName: 'Fourier features',
  prompts: () => ['Choose a point of the plane.'],
  textOf: (content) => {
    const [x, y] = pointOf(content);
    return `(${x.toFixed(4)}, ${y.toFixed(4)})`;
  },
  startContent: ({ seed, spread }, id) => {
    const source = random(seed, 'point', id);
    return contentOf(spread * source.normal(), spread * source.normal());
  },
  referenceContents: ({ seed, spread }) => {
    const source = random(seed, 'reference');
    return Array.from({ length: referenceCount }, () =>
      contentOf(spread * source.normal(), spread * source.normal()),
    );
  },
  features: ({ seed, features, lengthScale }) => {
    const fourier = fourierEmbedding(seed, features, lengthScale);
    return {
      dimension: features,
      fourier,
      embed: (content, out, offset) => void embedPoint(fourier, ...pointOf(content), out, offset),
    };
  },
  embeddingKey: ({ seed, features, lengthScale }) => [seed, features, lengthScale].join('/'),
  embeddingNoise: ({ seed, features, embeddingNoise: amount }, id) =>
    amount > 0 ? embeddingNoise(seed, id, features, amount) : null,
  criteria: mapCriteria,
  gold: ({ landscape, spread }) => {
    const gold = goldOf(landscape, spread);
    return (content) => gold(...pointOf(content));
  },
  secondGroup: (settings) => ({ ...settings, landscape: settings.groupLandscape }),
  policy: ({ spread }) => ({
    family: 'gaussian',
    mean: [0, 0],
    logStd: [Math.log(spread), Math.log(spread)],
  }),
  // Room for the policy to run well past what was labelled.
  plane: { extent: ({ spread }) => Math.max(2.2, 5 * spread) },
};
