// Points of the plane as contents, and policies that make them.
import { contentAt, nothingOwn, packContents, pointOf, type Content } from '../../src/domain/content.ts';
import type { PackedData, PolicyPicture } from '../../src/engine/protocol.ts';
import type { PlaneGaussian, PolicyNow } from '../../src/state/policy-now.ts';

export const xOf = (content: Content): number => pointOf(content)[0];
export const yOf = (content: Content): number => pointOf(content)[1];

/** A policy that draws points from a Gaussian. */
export const drawing =
  ({ mean, logStd }: PlaneGaussian): PolicyNow =>
  (count, source) =>
    Array.from({ length: count }, () => ({
      prompt: 0,
      values: mean.map((centre, d) => centre + Math.exp(logStd[d]!) * source.normal()),
    }));

const noSamples = packContents([], 2);

/** A Gaussian over the plane as the engine reports it. */
export const pictureOf = ({ mean, logStd }: PlaneGaussian): PolicyPicture => ({
  samples: noSamples,
  details: { mean: Float32Array.from(mean), logStd: Float32Array.from(logStd) },
});

/** What packed data hold beside ids, points and comparisons. */
export const packedPoints = (points: readonly (readonly [number, number])[]) => ({
  contents: packContents(
    points.map((values) => ({ prompt: 0, values })),
    2,
  ),
  texts: {},
  own: nothingOwn,
  starting: new Uint8Array(points.length).fill(1),
});

export const pointsOf = ({ contents }: Pick<PackedData, 'contents'>): (readonly [number, number])[] =>
  Array.from(contents.prompts, (_, row) => pointOf(contentAt(contents, row)));
