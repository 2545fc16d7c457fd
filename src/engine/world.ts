import type * as tf from './tf';
import { gridPoints } from '../domain/field';
import { random } from '../domain/random';
import type { Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';
import { Embedding } from './embedding';
import type { PackedData } from './protocol';
import { FeatureTable } from './reward/feature-table';

const gridSize = 48;
const referenceCount = 256;

/** What the embedding of a world depends on. A change here makes trained weights meaningless. */
export const embeddingKey = ({ scenario, seed, features, lengthScale }: Settings): string =>
  [scenario, seed, features, lengthScale].join('/');

/**
 * The embedded candidates, reference samples and grid, on the device. `update` makes again only what a change of the
 * settings or the data touches: dragging a point does not embed the grid anew.
 */
export class World {
  #embeddingKey = '';
  #gridKey = '';
  #tableKey = '';
  embedding!: Embedding;
  /** Rows: the candidates in the order of the data, then the reference samples. */
  table!: FeatureTable;
  candidates = 0;
  /** [gridSize², dimension] */
  grid!: tf.Tensor2D;
  readonly gridSize = gridSize;
  extent = 1;
  gold!: (x: number, y: number) => number;
  /** Gold reward of each reference sample. */
  referenceGold!: Float32Array;

  constructor(settings: Settings, data: PackedData) {
    this.update(settings, data);
  }

  /** @returns whether any embedded row may have changed */
  update(settings: Settings, data: PackedData): boolean {
    const scenario = scenarioOf(settings);
    const embedding = embeddingKey(settings);
    const extent = scenario.extent(settings);
    const grid = `${embedding}/${extent}`;
    const { spread, landscape, embeddingNoise } = settings;
    const table = [embedding, spread, landscape, embeddingNoise, data.ids.join(), data.positions.join()].join(
      '/',
    );

    if (embedding !== this.#embeddingKey) {
      this.embedding?.dispose();
      this.embedding = new Embedding(scenario.embedding(settings));
    }
    if (grid !== this.#gridKey) {
      this.grid?.dispose();
      this.extent = extent;
      this.grid = this.embedding.embed(gridPoints(gridSize, extent));
    }
    const changed = table !== this.#tableKey;
    if (changed) this.#embedRows(settings, data);
    this.#embeddingKey = embedding;
    this.#gridKey = grid;
    this.#tableKey = table;
    return changed;
  }

  #embedRows(settings: Settings, data: PackedData): void {
    const scenario = scenarioOf(settings);
    const reference = referencePoints(settings);
    const points = new Float32Array(data.positions.length + reference.length);
    points.set(data.positions);
    points.set(reference, data.positions.length);
    const rows = this.embedding.embedRows(points);
    data.ids.forEach((id, row) => {
      const noise = scenario.embeddingNoise(settings, id);
      noise?.forEach((value, i) => (rows[row * this.embedding.dimension + i]! += value));
    });
    this.table?.dispose();
    this.table = new FeatureTable(rows, this.embedding.dimension);
    this.candidates = data.ids.length;
    const gold = scenario.gold(settings);
    this.gold = gold;
    this.referenceGold = Float32Array.from({ length: referenceCount }, (_, i) =>
      gold(reference[2 * i]!, reference[2 * i + 1]!),
    );
  }

  dispose(): void {
    this.embedding.dispose();
    this.table.dispose();
    this.grid.dispose();
  }
}

/** Fixed draws from the starting policy, on which the reward is centred and scaled. Interleaved x, y. */
function referencePoints(settings: Settings): Float32Array {
  const { mean, logStd } = scenarioOf(settings).referencePolicy(settings);
  const source = random(settings.seed, 'reference');
  return Float32Array.from(
    { length: 2 * referenceCount },
    (_, i) => mean[i % 2]! + Math.exp(logStd[i % 2]!) * source.normal(),
  );
}
