import { gridPoints } from '../../src/domain/field.ts';
import { defaultSettings } from '../../src/domain/settings.ts';
import { Embedding } from '../../src/engine/embedding.ts';
import { embedPoint, scenarioOf } from '../../src/scenarios/index.ts';
import * as tf from '../../src/engine/tf.ts';
import { expectClose } from './close.ts';
import { nothingOwn, planeContents } from '../../src/domain/content.ts';

/** The tensors of an embedding on the current backend are the numbers of the scenario's own function. */
export async function checkEmbedding(tolerance: number): Promise<void> {
  const settings = { ...defaultSettings, lengthScale: 0.2 }; // the largest arguments of the cosine
  const scenario = scenarioOf(settings);
  const features = scenario.features(settings, nothingOwn);
  const spec = features.fourier!;
  const points = gridPoints(9, scenario.plane!.extent(settings));
  const wanted = Array.from({ length: 81 }, (_, i) => [
    ...embedPoint(spec, points[2 * i]!, points[2 * i + 1]!),
  ]);

  const before = tf.memory().numTensors;
  const embedding = new Embedding(features);
  const rows = embedding.embed(planeContents(points));
  const values = await rows.data();
  rows.dispose();
  embedding.dispose();
  expectClose([tf.memory().numTensors], [before], 0, 'tensors left behind');
  expectClose(values, wanted.flat(), tolerance, 'embedding');
}
