import { isNumeric } from './formats/csv';
import type { Cells, Found, Layout, Role } from './layouts/layout';
import type { Mapping } from './mapping';
import { cellOf, type Column, type RowTable } from './rows';

/** Which columns play which role. */
export type Roles = ReadonlyMap<string, readonly Column[]>;

/** Columns that are metadata at most: the others of a wide table are not kept. */
const mostMetadata = 16;

const isNumbers = (value: unknown): boolean =>
  (Array.isArray(value) &&
    value.length > 1 &&
    value.every((n) => typeof n === 'number' || typeof n === 'bigint')) ||
  (ArrayBuffer.isView(value) && !(value instanceof DataView)) ||
  (typeof value === 'string' &&
    value.length > 2 &&
    /^\s*\[[-+\d.eE,;\s]*$|^\s*\[[-+\d.eE,;\s]*\]\s*$/.test(value.slice(0, 500)));

/** What is known of a table's columns from its first rows. */
export class Sample {
  readonly numeric: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;

  constructor(readonly table: RowTable) {
    // A few cells may be broken: their rows will be rejected, not the column.
    const among = (test: (value: unknown) => boolean, share: number) =>
      new Set(
        table.columns
          .filter(({ key }) => {
            const values = this.valuesOf(key);
            return values.length > 0 && values.filter(test).length > share * values.length;
          })
          .map(({ name }) => name),
      );
    this.numeric = among(
      (value) => typeof value === 'number' || (typeof value === 'string' && isNumeric(value)),
      0.7,
    );
    this.lists = among(isNumbers, 0.5);
  }

  /** The cells of a column in the first rows that are not empty. */
  valuesOf(key: string | number): unknown[] {
    return this.table.sample
      .map(({ cells }) => emptied(cellOf(cells, key)))
      .filter((value) => value !== undefined);
  }
}

/** The columns of each role: as the mapping says, else by their names, else by what is in them. */
export function rolesOf(layout: Layout, sample: Sample, mapping: Mapping): Roles {
  const { columns } = sample.table;
  const claimed = new Set<string>();
  const roles = new Map<string, readonly Column[]>();
  const named = (name: string) => columns.find((column) => column.name === name);
  for (const role of layout.roles) {
    const wanted = mapping.roles?.[role.name];
    if (!wanted) continue;
    const found = wanted.map((name) => named(name) ?? { name, key: name });
    for (const { name } of found) claimed.add(name);
    roles.set(role.name, role.several ? found : found.slice(0, 1));
  }
  for (const role of layout.roles) {
    if (roles.has(role.name)) continue;
    const found = guessed(role, sample, claimed);
    for (const { name } of found) claimed.add(name);
    roles.set(role.name, found);
  }
  const metadata = layout.roles.some(({ name }) => name === 'metadata') && !mapping.roles?.metadata;
  if (metadata)
    roles.set(
      'metadata',
      columns.filter(({ name }) => !claimed.has(name) && !sample.lists.has(name)).slice(0, mostMetadata),
    );
  return roles;
}

function guessed(role: Role, sample: Sample, claimed: ReadonlySet<string>): readonly Column[] {
  const free = sample.table.columns.filter(({ name }) => !claimed.has(name));
  const byName = role.guesses.flatMap((guess) =>
    free.filter(({ name }) => name.trim().toLowerCase() === guess),
  );
  if (role.vectors) {
    const lists = byName.filter(({ name }) => sample.lists.has(name) || isSpaced(sample, name));
    if (lists.length > 0) return lists.slice(0, 1);
    const others = free.filter(({ name }) => sample.lists.has(name));
    if (others.length > 0) return others.slice(0, 1);
    const numbers = free.filter(({ name }) => sample.numeric.has(name));
    // A single object with numbers in it is no embedding yet.
    const isTable = !sample.table.typed || sample.table.sample.length > 1;
    return numbers.length > 1 && isTable ? numbers : [];
  }
  return role.several ? byName : byName.slice(0, 1);
}

/** Numbers in one cell with spaces between. */
function isSpaced(sample: Sample, name: string): boolean {
  const column = sample.table.columns.find((one) => one.name === name);
  const values = column ? sample.valuesOf(column.key) : [];
  return (
    values.length > 0 &&
    values.every(
      (value) =>
        typeof value === 'string' &&
        value.trim().split(/\s+/).length > 1 &&
        /^[-+\d.eE\s]+$/.test(value.slice(0, 500)),
    )
  );
}

/** What a layout may ask about a table. */
export function foundIn(layout: Layout, sample: Sample, roles: Roles): Found {
  const { table } = sample;
  return {
    typed: table.typed,
    document: table.document,
    numeric: sample.numeric.size,
    has: (role) => (roles.get(role)?.length ?? 0) > 0,
    example: (role) => {
      const [column] = roles.get(role) ?? [];
      return column && sample.valuesOf(column.key)[0];
    },
    column: (name) => table.columns.some((column) => column.name.trim().toLowerCase() === name),
  };
}

/** The columns that will be looked at; of an open table also those that only later rows may have. */
export function withLatent(layout: Layout, table: RowTable, roles: Roles, mapping: Mapping): Roles {
  if (!table.open) return roles;
  const used = new Set([...roles.values()].flat().map(({ name }) => name));
  const all = new Map(roles);
  for (const { name, guesses } of layout.roles) {
    const [first] = guesses;
    const isFree = first !== undefined && !used.has(first) && !mapping.roles?.[name];
    if (all.get(name)?.length === 0 && isFree) all.set(name, [{ name: first, key: first }]);
  }
  return all;
}

/** Reads the cells of a row by role. */
export function cellsBy(roles: Roles): (cells: unknown) => Cells {
  return (row) => {
    const get = (role: string) => {
      const column = roles.get(role)?.[0];
      return column && emptied(cellOf(row, column.key));
    };
    return Object.assign(get, {
      all: (role: string) =>
        (roles.get(role) ?? []).map(({ name, key }) => [name, emptied(cellOf(row, key))] as const),
    });
  };
}

const emptied = (value: unknown): unknown => (value === '' || value === null ? undefined : value);
