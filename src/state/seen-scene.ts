import type { Settings } from '../domain/settings';
import { parseDetections } from '../io/detections';
import { placeDetections } from '../scenarios/driving/camera';
import { formatScene } from '../scenarios/driving/scene';
import { scenesOf } from '../scenarios/driving/scenes';
import { valuesOf } from '../scenarios/driving/trajectory';
import { redraw, withCandidate, withPrompt, type Dataset } from './dataset';

/** So many classes that were left out are named. */
const mostNamed = 8;

export { looksLikeDetections } from '../io/detections';

/** A plan that somebody who does not know the street would begin with, m/s. */
const carefully = valuesOf({ offsets: [0, 0, 0, 0], speeds: [7, 7, 7, 7] });

/**
 * A file of detections as a further scene, with a plan of its own that is asked about next.
 * @returns the work with it, and what was taken and left out in words
 * @throws Error with a sentence that names the field that is wrong
 */
export function withSeenScene(
  text: string,
  dataset: Dataset,
  settings: Settings,
): { readonly dataset: Dataset; readonly taken: string } {
  const { all, width, height, assumed } = parseDetections(text);
  const { scene, ignored } = placeDetections(
    all,
    { width, height },
    {
      height: settings.cameraHeight,
      horizon: settings.cameraHorizon,
      fieldOfView: settings.cameraField,
    },
  );
  const prompt = scenesOf(settings.seed, dataset.own).length;
  const added = redraw(withPrompt(dataset, prompt, formatScene(scene)), settings);
  const left = ignored
    .slice(0, mostNamed)
    .map(({ name, why, count }) => `${count} × ${name.slice(0, 40)} (${why})`);
  if (ignored.length > mostNamed) left.push('and more');
  const size = assumed
    ? ` The file does not say how large the image was: ${width} × ${height} is taken.`
    : '';
  return {
    dataset: withCandidate(added, { prompt, values: carefully }),
    taken:
      `${scene.things.length} of ${all.length} detections as scene ${prompt + 1}` +
      `${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}.${size}`,
  };
}
