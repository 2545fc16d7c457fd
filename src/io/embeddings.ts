import type { Exportable, Exporter } from './exporter';
import { formatNpz } from './npy';
import { formatSafetensors } from './safetensors';

/** Every candidate's embedding and id: `embeddings` [candidates, dimension] float32, `ids` [candidates] int32. */
function arrays({ candidates, embeddingOf }: Exportable) {
  const rows = candidates.map(embeddingOf);
  const dimension = rows[0]?.length ?? 0;
  const values = new Float32Array(candidates.length * dimension);
  rows.forEach((row, i) => values.set(row, i * dimension));
  return {
    embeddings: { values, shape: [candidates.length, dimension] },
    ids: { values: Int32Array.from(candidates, ({ id }) => id), shape: [candidates.length] },
  };
}

export const embeddingsNpz: Exporter = {
  file: 'embeddings.npz',
  type: 'application/zip',
  format: (work) => formatNpz(arrays(work)),
};

export const embeddingsSafetensors: Exporter = {
  file: 'embeddings.safetensors',
  type: 'application/octet-stream',
  format: (work) => formatSafetensors(arrays(work)),
};
