import { beforeAll, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import { Embedding } from '../../src/engine/embedding.ts';
import { embedPoint, scenarioOf } from '../../src/scenarios/index.ts';
import * as tf from '../../src/engine/tf.ts';
import { expectClose } from '../support/close.ts';
import { checkEmbedding } from '../support/embedding.ts';
import { contentOf, nothingOwn, planeContents } from '../../src/domain/content.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

// On WebGPU and WebGL in test/browser/engine/agreement.gpu.test.ts.
it('embeds on the CPU what the scenario says', () => checkEmbedding(1e-6));

it('embeds rows one after the other', () => {
  const features = scenarioOf(defaultSettings).features({ ...defaultSettings, features: 8 }, nothingOwn);
  const spec = features.fourier!;
  const embedding = new Embedding(features);
  const rows = embedding.embedRows([contentOf(0.1, 0.2), contentOf(-0.3, 0.4)]);
  expect(rows).toEqual(Float32Array.of(...embedPoint(spec, 0.1, 0.2), ...embedPoint(spec, -0.3, 0.4)));
  embedding.dispose();
});

it('embeds on the CPU whatever the number of features and of points, and where they are', async () => {
  for (const features of [4, 7, 33])
    for (const count of [1, 64, 131]) {
      const settings = { ...defaultSettings, features, lengthScale: 0.2 };
      const embedding = new Embedding(scenarioOf(settings).features(settings, nothingOwn));
      const points = Float32Array.from({ length: 2 * count }, (_, i) => 9 * Math.sin(i * i));
      const places = Array.from({ length: count }, (_, i) => contentOf(points[2 * i]!, points[2 * i + 1]!));
      const rows = embedding.embed(planeContents(points));
      expect(rows.shape).toEqual([count, features]);
      // An argument of a hundred is known to a hundred-thousandth in float32.
      expectClose(await rows.data(), embedding.embedRows(places), 2e-5);
      rows.dispose();
      embedding.dispose();
    }
});
