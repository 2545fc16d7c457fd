import type * as tf from './tf';
import { contentAt, planeContents, type Content, type Contents } from '../domain/content';
import { gridPoints } from '../domain/field';
import { definitionOf, settingNames, type Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';
import { Embedding } from './embedding';
import type { PackedData } from './protocol';
import { FeatureTable } from './reward/feature-table';

const gridSize = 48;

/** What the embedding of a world depends on. A change here makes trained weights meaningless. */
export const embeddingKey = (settings: Settings, { own }: Pick<PackedData, 'own'>): string =>
  `${settings.scenario}/${scenarioOf(settings).embeddingKey(settings, own)}`;

/** What the rows, and what they are worth, follow from. */
const rowSettings = settingNames.filter(
  (name) => name === 'seed' || (name !== 'showGold' && definitionOf(name).group === 'candidates'),
);

const rowsKey = ({ ids, contents, texts, own }: PackedData): string =>
  [ids.join(), contents.prompts.join(), contents.values.join(), JSON.stringify([texts, own])].join('/');

/** The candidate in a row of the data. */
export function contentOfRow({ contents, texts }: PackedData, row: number): Content {
  const text = texts[row];
  return text === undefined ? contentAt(contents, row) : { prompt: contents.prompts[row]!, values: [], text };
}

/** Where everything can be drawn over a plane: its grid, embedded, [size², dimension]. */
interface Grid {
  readonly tensor: tf.Tensor2D;
  readonly size: number;
  readonly extent: number;
}

/**
 * The embedded candidates, reference samples and grid, on the device. `update` makes again only what a change of the
 * settings or the data touches: dragging a point does not embed the grid anew.
 */
export class World {
  #seen: { settings: Settings; data: PackedData } | null = null;
  #embeddingKey = '';
  #gridKey = '';
  #tableKey = '';
  embedding!: Embedding;
  /** Rows: the candidates in the order of the data, then the reference samples. */
  table!: FeatureTable;
  candidates = 0;
  grid: Grid | null = null;
  gold!: (content: Content) => number;
  /** Gold reward of each reference sample. */
  referenceGold!: Float32Array;

  constructor(settings: Settings, data: PackedData) {
    this.update(settings, data);
  }

  get dimension(): number {
    return this.embedding.dimension;
  }

  /** @returns whether any embedded row may have changed */
  update(settings: Settings, data: PackedData): boolean {
    if (this.#seen?.settings === settings && this.#seen.data === data) return false;
    this.#seen = { settings, data };
    const scenario = scenarioOf(settings);
    const embedding = embeddingKey(settings, data);
    if (embedding !== this.#embeddingKey) {
      this.embedding?.dispose();
      this.embedding = new Embedding(scenario.features(settings, data.own));
      this.#embeddingKey = embedding;
    }
    this.#updateGrid(settings);
    const table = [embedding, ...rowSettings.map((name) => settings[name]), rowsKey(data)].join('/');
    const changed = table !== this.#tableKey;
    if (changed) this.#embedRows(settings, data);
    this.#tableKey = table;
    return changed;
  }

  #updateGrid(settings: Settings): void {
    const { plane } = scenarioOf(settings);
    const extent = plane?.extent(settings) ?? 0;
    const key = plane ? `${this.#embeddingKey}/${extent}` : '';
    if (key === this.#gridKey) return;
    this.#gridKey = key;
    this.grid?.tensor.dispose();
    this.grid = null;
    if (!plane) return;
    const contents = planeContents(gridPoints(gridSize, extent));
    this.grid = { tensor: this.embedding.embed(contents), size: gridSize, extent };
  }

  #embedRows(settings: Settings, data: PackedData): void {
    const scenario = scenarioOf(settings);
    const { own, ids } = data;
    const reference = scenario.referenceContents(settings, own);
    const rows = this.embedding.embedRows([
      ...Array.from(ids, (_, row) => contentOfRow(data, row)),
      ...reference,
    ]);
    ids.forEach((id, row) => {
      const noise = scenario.embeddingNoise?.(settings, id);
      noise?.forEach((value, i) => (rows[row * this.dimension + i]! += value));
    });
    this.table?.dispose();
    this.table = new FeatureTable(rows, this.dimension);
    this.candidates = ids.length;
    this.gold = scenario.gold(settings, own);
    this.referenceGold = Float32Array.from(reference, this.gold);
  }

  /** Gold reward of each of the contents. */
  goldOf(contents: Contents): Float32Array {
    return Float32Array.from(contents.prompts, (_, i) => this.gold(contentAt(contents, i)));
  }

  dispose(): void {
    this.embedding.dispose();
    this.table.dispose();
    this.grid?.tensor.dispose();
  }
}
