import { ItemPen, type ItemTable } from './items';
import { layouts } from './layouts';
import type { Layout } from './layouts/layout';
import { counted } from './limits';
import type { Mapping } from './mapping';
import { Pen, type PreferenceTable } from './preferences';
import { shortly, type FileReport } from './report';
import { cellsBy, foundIn, rolesOf, Sample, withLatent, type Roles } from './roles';
import type { RowTable } from './rows';
import { FileTrouble, quoted, type Rejections } from './trouble';

/** What one file gives. */
export interface Given {
  readonly report: Partial<FileReport>;
  readonly items?: ItemTable;
  readonly preferences?: PreferenceTable;
}

/** Reads the rows of a file by the layout that fits, or that the mapping names. */
export async function readTable(
  file: string,
  table: RowTable,
  mapping: Mapping,
  rejections: Rejections,
): Promise<Given> {
  const sample = new Sample(table);
  const { layout, roles } = chosen(sample, mapping);
  const about: Partial<FileReport> = {
    as: layout.name,
    header: table.cut?.header ?? null,
    delimiter: table.cut?.delimiter ?? null,
    columns: table.columns
      .slice(0, 200)
      .map(({ name, key }) => ({ name, example: shortly(sample.valuesOf(key)[0]) })),
    roles: layout.roles.map(({ name, label, several = false }) => ({
      name,
      label,
      several,
      columns: (roles.get(name) ?? []).map((column) => column.name),
    })),
    layouts: layouts.filter(({ gives }) => gives !== 'nothing').map(({ name, label }) => ({ name, label })),
  };
  if (layout.gives === 'nothing')
    return { report: { ...about, as: null, summary: layout.label, failure: layout.why } };

  const all = withLatent(layout, table, roles, mapping);
  const onTrouble = (row: number, reason: string) => rejections.add(reason, { row });
  const found = foundIn(layout, sample, roles);
  if (layout.gives === 'items') {
    const pen = new ItemPen(onTrouble);
    const end = await readRows(table, all, rejections, pen, layout.start(pen, found));
    const items = pen.table(file, end.rows ?? 0);
    return {
      items,
      report: { ...about, ...end, taken: items.count, summary: summaryOf(items) },
    };
  }
  const pen = new Pen(onTrouble);
  const end = await readRows(table, all, rejections, pen, layout.start(pen, found));
  const { table: preferences, notes } = pen.table(file);
  const count = preferences.statements.length;
  return {
    preferences,
    report: {
      ...about,
      ...end,
      taken: count,
      notes,
      summary: `${layout.label}: ${counted(count)} ${count === 1 ? 'preference' : 'preferences'}.`,
    },
  };
}

export function summaryOf({ count, vectors, texts }: ItemTable): string {
  const some = (what: string) => `${counted(count)} ${count === 1 ? what : `${what}s`}`;
  if (vectors)
    return `${some('embedding')} of ${counted(vectors.dimension)} numbers${texts ? ', with texts' : ''}.`;
  return texts ? `${some('text')} without embeddings.` : `${some('row')} of ids or labels.`;
}

function chosen(sample: Sample, mapping: Mapping): { layout: Layout; roles: Roles } {
  const asked = mapping.as && layouts.find(({ name }) => name === mapping.as);
  for (const layout of asked ? [asked] : layouts) {
    const roles = rolesOf(layout, sample, mapping);
    if (asked || layout.fits(foundIn(layout, sample, roles))) return { layout, roles };
  }
  const names = sample.table.columns.slice(0, 12).map(({ name }) => name);
  throw new FileTrouble(
    names.length === 0
      ? 'It is JSON, but neither rows nor anything else that this page knows.'
      : `Its columns (${names.map((name) => quoted(name)).join(', ')}) fit no layout that this page knows. Name those that hold embeddings or preferences.`,
  );
}

interface Writer {
  row: number;
  attempt(write: () => void): void;
}

async function readRows(
  table: RowTable,
  roles: Roles,
  rejections: Rejections,
  pen: Writer,
  reader: { row(cells: ReturnType<ReturnType<typeof cellsBy>>): void; end?(): void },
): Promise<Partial<FileReport>> {
  const cells = cellsBy(roles);
  const wanted = new Set([...roles.values()].flat().map(({ name }) => name));
  let rows = 0;
  let failure: FileTrouble | null = null;
  try {
    for await (const batch of table.rows([...wanted]))
      for (const raw of batch) {
        rows += 1;
        if (raw.reason !== undefined) {
          rejections.add(raw.reason, raw);
          continue;
        }
        pen.row = raw.row;
        pen.attempt(() => reader.row(cells(raw.cells)));
      }
  } catch (error) {
    // What came before it is sound.
    if (!(error instanceof FileTrouble)) throw error;
    failure = error;
  }
  reader.end?.();
  return failure
    ? {
        rows,
        failure:
          rows > 0 ? `${failure.message} The ${counted(rows)} rows before it were read.` : failure.message,
        failureByte: failure.byte ?? null,
      }
    : { rows };
}
