import { beforeAll, expect, it } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import { Embedding } from '../../src/engine/embedding.ts';
import { embedPoint, scenarioOf } from '../../src/scenarios/index.ts';
import * as tf from '../../src/engine/tf.ts';
import { checkEmbedding } from '../support/embedding.ts';

tf.env().set('IS_TEST', true);
beforeAll(() => tf.setBackend('cpu'));

// On WebGPU and WebGL in test/browser/engine/agreement.gpu.test.ts.
it('embeds on the CPU what the scenario says', () => checkEmbedding(1e-6));

it('embeds rows one after the other', () => {
  const spec = scenarioOf(defaultSettings).embedding({ ...defaultSettings, features: 8 });
  const embedding = new Embedding(spec);
  const rows = embedding.embedRows(Float32Array.of(0.1, 0.2, -0.3, 0.4));
  expect(rows).toEqual(
    Float32Array.of(
      ...embedPoint(spec, Math.fround(0.1), Math.fround(0.2)),
      ...embedPoint(spec, Math.fround(-0.3), Math.fround(0.4)),
    ),
  );
  embedding.dispose();
});
