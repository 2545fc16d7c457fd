import { contentAt, type Content, type Contents, type Own } from '../domain/content';
import type { Random } from '../domain/random';
import type { Settings } from '../domain/settings';
import type { PolicyPicture } from '../engine/protocol';
import { scenarioOf } from '../scenarios';

/** Diagonal Gaussian over the plane. */
export interface PlaneGaussian {
  readonly mean: readonly [number, number];
  readonly logStd: readonly [number, number];
}

/** Draws contents that the policy makes now: `count` answers to one prompt, to be compared. */
export type PolicyNow = (count: number, source: Random) => readonly Content[];

type Picture = PolicyPicture | null;

/** A Gaussian policy that sees nothing: as it is now, or before the first picture as it starts. */
function gaussianNow(settings: Settings, own: Own, picture: Picture) {
  const spec = scenarioOf(settings).policy(settings, own);
  if (spec.family !== 'gaussian' || spec.sees) return null;
  const { mean, logStd } = picture?.details ?? {};
  return {
    mean: mean ?? Float32Array.from(spec.mean),
    logStd: logStd ?? Float32Array.from(spec.logStd),
  };
}

/** The same in the plane. */
export function planeGaussianNow(settings: Settings, own: Own, picture: Picture): PlaneGaussian | null {
  const found = gaussianNow(settings, own, picture);
  return found && { mean: pairOf(found.mean), logStd: pairOf(found.logStd) };
}

const pairOf = (values: Float32Array): readonly [number, number] => [values[0]!, values[1]!];

/** @param now the last picture of the policy @param start of the starting policy */
export function policyNow(settings: Settings, own: Own, now: Picture, start: Picture): PolicyNow {
  const gaussian = gaussianNow(settings, own, now);
  if (gaussian)
    return (count, source) =>
      Array.from({ length: count }, () => ({
        prompt: 0,
        values: Array.from(
          gaussian.mean,
          (mean, d) => mean + Math.exp(gaussian.logStd[d]!) * source.normal(),
        ),
      }));
  const tried = [now, start]
    .map((picture) => picture?.samples)
    .find((made) => made && made.prompts.length > 1);
  return (count, source) => fromSamples(tried ?? null, settings, own, count, source);
}

/** From what it tried last: different samples that answer the same prompt, as far as there are so many. */
function fromSamples(
  samples: Contents | null,
  settings: Settings,
  own: Own,
  count: number,
  source: Random,
): readonly Content[] {
  const scenario = scenarioOf(settings);
  const all = samples
    ? Array.from(samples.prompts, (_, i) => contentAt(samples, i))
    : scenario.referenceContents(settings, own);
  const { prompt } = all[source.integer(all.length)]!;
  const rest = all.filter((content) => content.prompt === prompt);
  return Array.from({ length: count }, () =>
    rest.length > 1 ? rest.splice(source.integer(rest.length), 1)[0]! : rest[0]!,
  );
}
