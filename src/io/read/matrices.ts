import { matrixShape, readMatrix, readTexts, type NamedArray } from './arrays';
import { unsound, type ItemTable } from './items';
import { counted } from './limits';
import type { Mapping } from './mapping';
import { Pen } from './preferences';
import type { FileReport } from './report';
import { summaryOf, type Given } from './tables';
import { FileTrouble, quoted, type Rejections } from './trouble';

/** Arrays by name (.npy, .npz, .safetensors) as candidates: which is the table of embeddings, which name its rows. */

type ArrayRole = 'vectors' | 'ids' | 'texts' | 'prompts' | 'groups';

const roles: readonly {
  readonly name: ArrayRole;
  readonly label: string;
  readonly guesses: readonly string[];
}[] = [
  {
    name: 'vectors',
    label: 'embeddings',
    guesses: [
      'embeddings',
      'embedding',
      'vectors',
      'features',
      'x',
      'data',
      'hidden_states',
      'sentence_embeddings',
      'arr_0',
      'array',
    ],
  },
  { name: 'ids', label: 'ids', guesses: ['ids', 'id', 'item_ids', 'names', 'keys', 'index'] },
  { name: 'texts', label: 'texts', guesses: ['texts', 'text', 'sentences', 'responses', 'documents'] },
  { name: 'prompts', label: 'prompts', guesses: ['prompts', 'prompt', 'questions'] },
  {
    name: 'groups',
    label: 'groups',
    guesses: ['groups', 'group', 'labels', 'label', 'y', 'targets', 'classes', 'clusters'],
  },
];

/** Embeddings of answers, and of those they were preferred to, row beside row. */
const sides = [
  ['chosen', 'rejected'],
  ['chosen_embeddings', 'rejected_embeddings'],
  ['embeddings_chosen', 'embeddings_rejected'],
] as const;

export async function readArrays(
  file: string,
  arrays: readonly NamedArray[],
  mapping: Mapping,
  rejections: Rejections,
): Promise<Given> {
  const by = (name: string | undefined) => arrays.find((array) => array.name === name);
  const beside = sides.find(([chosen, rejected]) => by(chosen) && by(rejected));
  const columns = arrays.slice(0, 200).map((array) => ({ name: array.name, example: shapeOf(array) }));
  const layouts = [
    { name: 'embeddings', label: 'Embeddings' },
    ...(beside ? [{ name: 'sides', label: 'Embeddings of chosen and rejected' }] : []),
  ];
  if (beside && mapping.as !== 'embeddings') {
    const given = await readSides(file, by(beside[0])!, by(beside[1])!, rejections);
    return { ...given, report: { ...given.report, as: 'sides', columns, layouts } };
  }
  const list = mapping.roles ? null : namedVectors(arrays);
  if (list) {
    const items = sound(file, await readEach(list), list.length, rejections, {
      ids: list.map(({ name }) => name),
    });
    return { items, report: reportOf(items, list.length, { columns, layouts }) };
  }
  const chosen = chooseArrays(arrays, mapping);
  const vectors = chosen.vectors!;
  const [rows] = matrixShape(vectors)!;
  const values = await readMatrix(vectors);
  const beside1: Partial<Record<'ids' | 'texts' | 'prompts' | 'groups', string[]>> = {};
  for (const name of ['ids', 'texts', 'prompts', 'groups'] as const) {
    const array = chosen[name];
    if (array) beside1[name] = await readTexts(array);
  }
  const items = sound(file, values, rows, rejections, beside1);
  return {
    items,
    report: {
      ...reportOf(items, rows, { columns, layouts }),
      roles: roles.map(({ name, label }) => ({
        name,
        label,
        several: false,
        columns: chosen[name] ? [chosen[name].name] : [],
      })),
    },
  };
}

const shapeOf = ({ shape, kind }: NamedArray): string =>
  `${shape.join(' × ') || 'one'} ${typeof kind === 'string' ? kind : 'text'}`;

const reportOf = (items: ItemTable, rows: number, more: Partial<FileReport>): Partial<FileReport> => ({
  as: 'embeddings',
  rows,
  taken: items.count,
  summary: summaryOf(items),
  ...more,
});

function chooseArrays(
  arrays: readonly NamedArray[],
  mapping: Mapping,
): Partial<Record<ArrayRole, NamedArray>> {
  const tables = arrays.filter((array) => matrixShape(array) !== null);
  const pick = (role: ArrayRole): NamedArray | undefined => {
    const wanted = mapping.roles?.[role];
    if (wanted) return arrays.find(({ name }) => name === wanted[0]);
    const guesses = roles.find(({ name }) => name === role)!.guesses;
    const found = guesses.flatMap((guess) => arrays.filter(({ name }) => name.toLowerCase() === guess));
    return role === 'vectors' ? found.find((array) => matrixShape(array)) : found[0];
  };
  const isHead = arrays.some(({ name }) => /(^|\.)(weight|bias)$/.test(name));
  const vectors = pick('vectors') ?? (isHead && !mapping.roles ? undefined : largest(tables));
  if (!vectors || !matrixShape(vectors)) throw new FileTrouble(noTable(arrays, isHead));
  const [rows] = matrixShape(vectors)!;
  const chosen: Partial<Record<ArrayRole, NamedArray>> = { vectors };
  for (const role of ['ids', 'texts', 'prompts', 'groups'] as const) {
    const array = pick(role);
    if (array && array !== vectors && array.shape.length === 1 && array.shape[0] === rows)
      chosen[role] = array;
    else if (array && array !== vectors && mapping.roles?.[role])
      throw new FileTrouble(
        `The array ${quoted(array.name)} (${shapeOf(array)}) does not go with ${rows} embeddings.`,
      );
  }
  return chosen;
}

const largest = (tables: readonly NamedArray[]): NamedArray | undefined =>
  [...tables].sort((a, b) => b.shape.reduce((x, y) => x * y, 1) - a.shape.reduce((x, y) => x * y, 1))[0];

function noTable(arrays: readonly NamedArray[], isHead: boolean): string {
  const names = arrays.slice(0, 8).map((array) => `${quoted(array.name)}, ${shapeOf(array)}`);
  if (isHead) return `It holds the weights of a model (${names.join('; ')}), not embeddings of candidates.`;
  return `None of its arrays is a table of embeddings, [rows, numbers]: ${names.join('; ')}.`;
}

/** A tensor for each candidate, all of one length: their names are the ids. Null where the file is no such thing. */
function namedVectors(arrays: readonly NamedArray[]): readonly NamedArray[] | null {
  const length = arrays[0]?.shape.at(-1) ?? 0;
  const isOne = ({ shape, kind, name }: NamedArray) =>
    shape.length === 1 &&
    shape[0] === length &&
    typeof kind === 'string' &&
    !/(^|\.)(weight|bias)$/.test(name);
  return arrays.length > 1 && length > 1 && arrays.every(isOne) ? arrays : null;
}

async function readEach(list: readonly NamedArray[]): Promise<Float32Array<ArrayBuffer>> {
  const dimension = list[0]!.shape[0]!;
  const values = new Float32Array(list.length * dimension);
  for (const [row, array] of list.entries())
    values.set(await readMatrix({ ...array, shape: [1, dimension] }), row * dimension);
  return values;
}

async function readSides(
  file: string,
  chosen: NamedArray,
  rejected: NamedArray,
  rejections: Rejections,
): Promise<Given> {
  const [one, other] = [matrixShape(chosen), matrixShape(rejected)];
  if (!one || !other || one[0] !== other[0] || one[1] !== other[1])
    throw new FileTrouble(
      `The arrays “${chosen.name}” (${shapeOf(chosen)}) and “${rejected.name}” (${shapeOf(rejected)}) do not lie row beside row.`,
    );
  const [rows, dimension] = one;
  const values = new Float32Array(2 * rows * dimension);
  values.set(await readMatrix(chosen));
  values.set(await readMatrix(rejected), rows * dimension);
  const ids = Array.from({ length: 2 * rows }, (_, i) => (i < rows ? `chosen ${i}` : `rejected ${i - rows}`));
  const items = sound(file, values, 2 * rows, rejections, { ids });
  const there = new Set(items.ids);
  const pen = new Pen((row, reason) => rejections.add(reason, { row }));
  for (let i = 0; i < rows; i++) {
    pen.row = i + 1;
    if (there.has(`chosen ${i}`) && there.has(`rejected ${i}`))
      pen.prefer({ id: `chosen ${i}` }, { id: `rejected ${i}` });
  }
  const { table } = pen.table(file);
  return {
    items,
    preferences: table,
    report: {
      rows,
      taken: table.statements.length,
      summary: `${counted(table.statements.length)} pairs of embeddings of ${counted(dimension)} numbers, chosen and rejected.`,
    },
  };
}

/**
 * The rows whose numbers are all finite and whose ids were not there before; the others are rejected. Rows move up in
 * place, so that the numbers are never there twice.
 */
function sound(
  file: string,
  values: Float32Array<ArrayBuffer>,
  rows: number,
  rejections: Rejections,
  beside: Partial<Record<'ids' | 'texts' | 'prompts' | 'groups', string[]>>,
): ItemTable {
  const dimension = rows === 0 ? 0 : values.length / rows;
  if (dimension === 0) throw new FileTrouble('The table of embeddings has no rows, or no columns.');
  const kept: number[] = [];
  const rowOf = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const from = row * dimension;
    const bad = firstUnsound(values, from, from + dimension);
    const id = beside.ids?.[row];
    const before = id === undefined ? undefined : rowOf.get(id);
    if (bad >= 0) rejections.add(unsound(bad - from, values[bad]), { row: row + 1 });
    else if (before !== undefined)
      rejections.add(`The id ${quoted(id)} was in row ${before + 1} already.`, { row: row + 1 });
    else {
      if (id !== undefined) rowOf.set(id, row);
      if (kept.length < row) values.copyWithin(kept.length * dimension, from, from + dimension);
      kept.push(row);
    }
  }
  const whole = kept.length === rows;
  const pick = (list: string[] | undefined) => (!list ? null : whole ? list : kept.map((row) => list[row]!));
  return {
    file,
    count: kept.length,
    ids: pick(beside.ids),
    places: whole ? null : kept,
    of: rows,
    texts: pick(beside.texts),
    prompts: pick(beside.prompts),
    groups: pick(beside.groups),
    metadata: {},
    vectors: { dimension, values: whole ? values : values.subarray(0, kept.length * dimension) },
  };
}

function firstUnsound(values: Float32Array, from: number, to: number): number {
  for (let i = from; i < to; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
