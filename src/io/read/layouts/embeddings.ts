import { quoted, RowTrouble } from '../trouble';
import { listOf, role, wordOf } from './cells';
import type { Cells, ItemLayout, Role } from './layout';
import { textOf } from './messages';

const known: readonly Role[] = [
  role('id', 'id'),
  role('text', 'text'),
  role('prompt', 'prompt'),
  role('group', 'group'),
];
const metadata: Role = { name: 'metadata', label: 'also kept', guesses: [], several: true };

/** An embedding a row, as a list in one column or a number a column, with what is known of it. */
export const embeddings: ItemLayout = {
  name: 'embeddings',
  label: 'Embeddings',
  gives: 'items',
  roles: [...known, { ...role('vector', 'embedding'), several: true, vectors: true }, metadata],
  fits: (found) => found.has('vector'),
  start: (pen) => ({
    row: (cells) => pen.add({ ...itemOf(cells), vector: vectorOf(cells) }),
  }),
};

/** Candidates without embeddings: their texts, or labels for embeddings in another file. */
export const items: ItemLayout = {
  name: 'items',
  label: 'Texts or labels of candidates',
  gives: 'items',
  roles: [...known, metadata],
  fits: (found) => found.has('id') || found.has('text') || !found.typed,
  start: (pen, found) => ({
    // A single column without a name: TensorBoard's metadata, or a list of ids. It names the rows and is their text.
    row: (cells) => {
      const item = itemOf(cells);
      if (found.has('id') || found.has('text')) return pen.add(item);
      const [, label] = item.metadata[0] ?? [];
      pen.add({ ...item, text: item.text ?? label });
    },
  }),
};

function itemOf(cells: Cells) {
  const text = cells('text');
  const prompt = cells('prompt');
  return {
    id: wordOf(cells('id')),
    text: text === undefined ? undefined : textOf(text, 'text'),
    prompt: prompt === undefined ? undefined : textOf(prompt, 'prompt'),
    group: wordOf(cells('group')),
    metadata: cells.all('metadata').map(([name, value]) => [name, shortly(value)] as const),
  };
}

const shortly = (value: unknown): string =>
  (wordOf(value) ?? (value === undefined ? '' : quoted(value))).slice(0, 200);

function vectorOf(cells: Cells): readonly unknown[] {
  const given = cells.all('vector');
  if (given.length !== 1) return given.map(([, value]) => value);
  const [, value] = given[0]!;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  const list = listOf(value);
  if (list) return list.length === 1 && Array.isArray(list[0]) ? (list[0] as unknown[]) : list;
  if (typeof value === 'number') return [value];
  if (typeof value !== 'string') throw new RowTrouble('The embedding is missing.');
  // As NumPy prints it, or numbers with spaces or commas between.
  const numbers = value.replace(/^\s*\[|\]\s*$/g, '').trim();
  return numbers.split(/\s*[,;]\s*|\s+/);
}
