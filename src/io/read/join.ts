import type { ItemTable } from './items';
import { renumbered } from './layouts/own';
import { counted } from './limits';
import type { Mention, PreferenceTable, Said } from './preferences';
import { itemsOf } from '../../domain/comparison';
import { quoted, type Rejection } from './trouble';

/** Candidates and what was said about them, ready to be taken over. Lists are by the candidates' rows. */
export interface Joined {
  readonly ids: readonly string[];
  readonly texts: readonly (string | undefined)[] | null;
  readonly prompts: readonly (string | undefined)[] | null;
  readonly groups: readonly (string | undefined)[] | null;
  readonly metadata: Readonly<Record<string, readonly string[]>>;
  /** [ids.length, dimension]; null where no file has embeddings: the texts are then to be embedded, as hashed n-grams. */
  readonly vectors: { readonly dimension: number; readonly values: Float32Array<ArrayBuffer> } | null;
  /** Items are rows. */
  readonly statements: readonly Said[];
}

/** What did not fit together. */
export interface JoinReport {
  /** Preferences left out, as they name what no file has, or one thing twice. */
  readonly dropped: number;
  /** The first of them, with file and row. */
  readonly rejections: readonly Rejection[];
  /** What they name: how many there are, and the first of them. */
  readonly unknown: { readonly count: number; readonly first: readonly string[] };
  readonly notes: readonly string[];
}

/** How many unknown names are told. */
const told = 20;

/** Puts candidates and preferences together, by id or by exact text. Embeddings of a single file are not copied. */
export function join(
  tables: readonly ItemTable[],
  preferences: readonly PreferenceTable[],
): { joined: Joined; report: JoinReport } {
  const notes: string[] = [];
  const candidates = new Candidates();
  const withVectors = sameDimension(tables, notes);
  const labels = tables.filter(({ vectors }) => !vectors);
  const beside = new Map<ItemTable, ItemTable>();
  for (const table of withVectors) {
    // Labels without ids, or for embeddings without ids, belong to them row by row where there are as many.
    const rows = labels.find(
      (label) => !beside.has(label) && label.of === table.of && (!table.ids || !label.ids),
    );
    if (rows) beside.set(rows, table);
    candidates.addTable(table, rows, withVectors.length > 1);
  }
  if (candidates.repeated > 0)
    notes.push(
      candidates.repeated === 1
        ? '1 id is in more than one file; the first was taken.'
        : `${counted(candidates.repeated)} ids are in more than one file; the first of each was taken.`,
    );
  for (const label of labels) {
    if (beside.has(label)) continue;
    const missing = candidates.describe(label, withVectors.length === 0);
    if (missing > 0)
      notes.push(
        `${label.file}: ${counted(missing)} of ${counted(label.count)} rows have no embedding in the other files, and were left out.`,
      );
  }
  const unknown = new Set<string>();
  const rejections: Rejection[] = [];
  const statements: Said[] = [];
  let dropped = 0;
  for (const table of preferences)
    dropped += candidates.place(table, withVectors.length === 0, statements, unknown, rejections);
  if (withVectors.length === 0 && candidates.ids.length > 0)
    notes.push(
      `No file has embeddings: ${counted(candidates.ids.length)} texts are to be embedded by hashed n-grams.`,
    );
  return {
    joined: { ...candidates.lists(), vectors: vectorsOf(withVectors, candidates), statements },
    report: {
      dropped,
      rejections,
      unknown: { count: unknown.size, first: [...unknown].slice(0, told) },
      notes,
    },
  };
}

/** The tables of the dimension that most embeddings have. */
function sameDimension(tables: readonly ItemTable[], notes: string[]): readonly ItemTable[] {
  const counts = new Map<number, number>();
  for (const { vectors, count } of tables)
    if (vectors) counts.set(vectors.dimension, (counts.get(vectors.dimension) ?? 0) + count);
  const usual = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  return tables.filter((table) => {
    if (!table.vectors) return false;
    const { dimension } = table.vectors;
    if (dimension !== usual)
      notes.push(
        `${table.file}: its embeddings have ${dimension} numbers, the others ${usual}. They were left out.`,
      );
    return dimension === usual;
  });
}

class Candidates {
  readonly ids: string[] = [];
  /** Where the embedding of each is: the number of the table and the row there. */
  readonly from: { table: ItemTable; row: number }[] = [];
  repeated = 0;
  readonly #texts: (string | undefined)[] = [];
  readonly #prompts: (string | undefined)[] = [];
  readonly #groups: (string | undefined)[] = [];
  readonly #metadata: Record<string, string[]> = {};
  readonly #byId = new Map<string, number>();
  readonly #byText = new Map<string, number>();

  addTable(table: ItemTable, beside: ItemTable | undefined, isOneOfMany: boolean): void {
    const rowOf = new Map<number, number>();
    if (beside) for (let i = 0; i < beside.count; i++) rowOf.set(beside.places?.[i] ?? i, i);
    for (let row = 0; row < table.count; row++) {
      const place = table.places?.[row] ?? row;
      const other = rowOf.get(place);
      const named = table.ids?.[row] ?? (other === undefined ? undefined : beside?.ids?.[other]);
      const id = named ?? (isOneOfMany ? `${table.file} ${place}` : String(place));
      if (this.#byId.has(id)) {
        this.repeated += 1;
        continue;
      }
      const candidate = this.#add(id, table, row);
      this.from.push({ table, row });
      if (beside && other !== undefined) this.#fill(candidate, beside, other);
    }
  }

  /** Texts and labels for candidates by id. @returns how many rows fit none */
  describe(label: ItemTable, isAllThereIs: boolean): number {
    let missing = 0;
    for (let row = 0; row < label.count; row++) {
      const id = label.ids?.[row];
      const text = label.texts?.[row];
      const known =
        (id === undefined ? undefined : this.#byId.get(id)) ??
        (text === undefined ? undefined : this.#byText.get(keyOf(label.prompts?.[row], text)));
      if (known !== undefined) this.#fill(known, label, row);
      else if (isAllThereIs && text !== undefined)
        this.#add(id ?? String(label.places?.[row] ?? row), label, row);
      else missing += 1;
    }
    return missing;
  }

  #add(id: string, table: ItemTable, row: number): number {
    const candidate = this.ids.push(this.#byId.has(id) ? `${id} (${table.file})` : id) - 1;
    this.#byId.set(this.ids[candidate]!, candidate);
    this.#fill(candidate, table, row);
    return candidate;
  }

  #fill(candidate: number, table: ItemTable, row: number): void {
    this.#texts[candidate] ??= table.texts?.[row];
    this.#prompts[candidate] ??= table.prompts?.[row];
    this.#groups[candidate] ??= table.groups?.[row];
    for (const [name, values] of Object.entries(table.metadata))
      (this.#metadata[name] ??= [])[candidate] ??= values[row]!;
    const text = this.#texts[candidate];
    if (text === undefined) return;
    for (const key of [keyOf(this.#prompts[candidate], text), keyOf(undefined, text)])
      if (!this.#byText.has(key)) this.#byText.set(key, candidate);
  }

  /**
   * Finds what the preferences of a file are about.
   * @param mayAdd texts that are not known become candidates
   * @returns how many preferences were left out
   */
  place(
    { file, mentions, statements, rows: fileRows }: PreferenceTable,
    mayAdd: boolean,
    into: Said[],
    unknown: Set<string>,
    rejections: Rejection[],
  ): number {
    const byId = this.#meansIds(mentions);
    const rows = new Int32Array(mentions.length).fill(-2); // not looked for yet
    let dropped = 0;
    statements.forEach((said, i) => {
      let missing: string | undefined;
      for (const item of itemsOf(said)) {
        if (rows[item] === -2) rows[item] = this.#rowOf(mentions[item]!, byId, mayAdd);
        if (rows[item] !== -1) continue;
        missing = nameOf(mentions[item]!);
        unknown.add(missing);
      }
      const placed = missing === undefined ? renumbered(said, (item) => rows[item]!) : null;
      const items = placed ? itemsOf(placed) : [];
      if (placed && new Set(items).size === items.length) {
        into.push(placed);
        return;
      }
      dropped += 1;
      if (rejections.length >= told) return;
      const reason =
        missing === undefined
          ? 'Both are the same candidate.'
          : `It names ${missing}, which is in no file${mayAdd ? ', and gives no text for it' : ''}.`;
      rejections.push({ file, row: fileRows[i]!, reason });
    });
    return dropped;
  }

  /** Whether cells that may be ids or texts are ids: they are what more of them are known as. */
  #meansIds(mentions: readonly Mention[]): boolean {
    let [ids, texts] = [0, 0];
    for (const { either, text } of mentions) {
      if (!either || text === undefined) continue;
      if (this.#byId.has(text)) ids += 1;
      if (this.#byText.has(keyOf(undefined, text))) texts += 1;
    }
    return ids > texts;
  }

  #rowOf({ id, text, prompt, either }: Mention, byId: boolean, mayAdd: boolean): number {
    if (id !== undefined) {
      const known = this.#byId.get(id);
      if (known !== undefined) return known;
    }
    if (text === undefined) return -1;
    if (either && byId) {
      const known = this.#byId.get(text);
      if (known !== undefined) return known;
    }
    const known =
      this.#byText.get(keyOf(prompt, text)) ??
      (mayAdd && prompt !== undefined ? undefined : this.#byText.get(keyOf(undefined, text))) ??
      (prompt === undefined ? undefined : this.#byText.get(keyOf(undefined, prompt + text)));
    if (known !== undefined || !mayAdd) return known ?? -1;
    return this.#addText(id, text, prompt);
  }

  #addText(id: string | undefined, text: string, prompt: string | undefined): number {
    let name = id ?? String(this.ids.length);
    while (this.#byId.has(name)) name += '′';
    const candidate = this.ids.push(name) - 1;
    this.#byId.set(name, candidate);
    this.#texts[candidate] = text;
    this.#prompts[candidate] = prompt;
    this.#byText.set(keyOf(prompt, text), candidate);
    return candidate;
  }

  lists(): Pick<Joined, 'ids' | 'texts' | 'prompts' | 'groups' | 'metadata'> {
    const count = this.ids.length;
    const some = (list: (string | undefined)[]) => {
      list.length = count;
      return list.some((value) => value !== undefined) ? list : null;
    };
    for (const list of Object.values(this.#metadata)) for (let i = 0; i < count; i++) list[i] ??= '';
    return {
      ids: this.ids,
      texts: some(this.#texts),
      prompts: some(this.#prompts),
      groups: some(this.#groups),
      metadata: this.#metadata,
    };
  }
}

/** A text under its prompt, as a key. */
const keyOf = (prompt: string | undefined, text: string): string => `${prompt ?? ''}\u0000${text}`;

const nameOf = ({ id, text }: Mention): string => (id === undefined ? quoted(text) : quoted(id));

function vectorsOf(tables: readonly ItemTable[], { from }: Candidates): Joined['vectors'] {
  const [first] = tables;
  if (!first?.vectors) return null;
  const { dimension, values } = first.vectors;
  if (tables.length === 1 && from.length === first.count) return { dimension, values };
  const all = new Float32Array(from.length * dimension);
  from.forEach(({ table, row }, i) =>
    all.set(table.vectors!.values.subarray(row * dimension, (row + 1) * dimension), i * dimension),
  );
  return { dimension, values: all };
}
