// Something to export, without a page.
import { defaultSettings } from '../../src/domain/settings.ts';
import type { TrainedHead } from '../../src/domain/trained-head.ts';
import type { Exportable } from '../../src/io/index.ts';
import { headOf } from './head.ts';

export const exportable = (patch: Partial<Exportable>, head: TrainedHead = headOf({})): Exportable => ({
  settings: { ...defaultSettings, features: head.dimension },
  candidates: [],
  comparisons: [],
  curves: [],
  session: { version: 2 },
  promptOf: () => 'Choose "one", please.',
  textOf: ({ values: [x, y] }) => `(${x}, ${y})`,
  embeddingOf: ({ id }) => Float32Array.from({ length: head.dimension }, (_, i) => id + i / 8),
  rewards: () => Promise.resolve(Float32Array.from({ length: 4 }, (_, i) => i / 4)),
  head: () => Promise.resolve(head),
  ...patch,
});
