import { formatOf, promised } from './formats';
import { npzLabel } from './formats/zip';
import type { ItemTable } from './items';
import { inBytes, limits } from './limits';
import type { Mappings } from './mapping';
import { readArrays } from './matrices';
import type { PreferenceTable } from './preferences';
import type { FileReport } from './report';
import { blobSource, type BlobLike, type Context, type Source } from './source';
import { readTable, type Given } from './tables';
import { FileTrouble, Rejections } from './trouble';

/** A file as the page hands it over. */
export interface NamedFile {
  readonly name: string;
  readonly blob: BlobLike;
}

/** What the files hold, before it is joined. */
export interface Reading {
  readonly files: readonly FileReport[];
  readonly items: readonly ItemTable[];
  readonly preferences: readonly PreferenceTable[];
}

/** How far a reading is. */
export interface Progress {
  readonly file: string;
  /** Of the visitor's files together. */
  readonly readBytes: number;
  readonly allBytes: number;
}

/**
 * Reads files, whatever they hold. Nothing that is wrong with a file throws: its report says it.
 * @throws the signal's reason where the reading is cancelled
 */
export async function readFiles(
  files: readonly NamedFile[],
  mappings: Mappings,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Reading> {
  const reading = new Reader(mappings, signal);
  const allBytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
  let readBytes = 0;
  const taken = new Set<string>();
  for (const { name: given, blob } of files) {
    let name = given;
    for (let i = 2; taken.has(name); i++) name = `${given} (${i})`;
    taken.add(name);
    const before = readBytes;
    const context: Context = {
      signal,
      get expanded() {
        return reading.expanded;
      },
      set expanded(bytes) {
        reading.expanded = bytes;
      },
      onRead: (bytes) => {
        readBytes += bytes;
        onProgress({ file: name, readBytes, allBytes });
      },
    };
    await reading.file(name, () => Promise.resolve(blobSource(name, blob, context)), context, 0);
    readBytes = before + blob.size;
  }
  return reading;
}

/** What archives hold besides data. */
const noData =
  /\.(?:md|rst|py|ipynb|ya?ml|toml|cfg|ini|html?|css|m?[jt]s|sh|png|jpe?g|gif|svg|pdf|log|lock)$|\/(?:readme|licen[cs]e|notice)[^/]*$|config\.json$|tokenizer[^/]*\.json$/i;

class Reader implements Reading {
  readonly files: FileReport[] = [];
  readonly items: ItemTable[] = [];
  readonly preferences: PreferenceTable[] = [];
  expanded = 0;

  constructor(
    private readonly mappings: Mappings,
    private readonly signal: AbortSignal,
  ) {}

  async file(name: string, open: () => Promise<Source>, context: Context, depth: number): Promise<void> {
    const rejections = new Rejections(name);
    const mapping = this.mappings[name] ?? {};
    let about: Partial<FileReport> = {};
    try {
      if (mapping.as === 'ignore') return this.#report(name, { summary: 'Left aside.' }, rejections);
      if (depth > 0 && !mapping.as && noData.test(name))
        return this.#report(name, { summary: 'Left aside, as its name is none of data.' }, rejections);
      const source = await open();
      const format = await formatOf(source);
      about = { format: format.label, notes: mislabelled(name, format.name) };
      const opened = await format.open(source, context, mapping);
      if (opened.kind === 'sources') {
        if (depth >= limits.depth)
          throw new FileTrouble(`It is packed more than ${limits.depth} times over. Unpack it first.`);
        for (const inner of opened.sources)
          await this.file(inner.name, () => Promise.resolve(inner), context, depth + 1);
        return;
      }
      if (opened.kind === 'arrays' && format.name === 'zip') about = { ...about, format: npzLabel };
      const given =
        opened.kind === 'arrays'
          ? await readArrays(name, opened.arrays, mapping, rejections)
          : await readTable(name, opened.table, mapping, rejections);
      this.signal.throwIfAborted();
      const twin = depth > 0 && !mapping.as && given.preferences ? this.#twinOf(name) : undefined;
      if (twin) {
        const summary = `Left aside: it goes by the same name as ${twin}, whose preferences were taken.`;
        return this.#report(name, { ...about, ...given.report, as: null, taken: 0, summary }, rejections);
      }
      this.#keep(name, given, about, rejections);
    } catch (error) {
      this.signal.throwIfAborted();
      this.#report(name, { ...about, ...failureOf(error) }, rejections);
    }
  }

  /** Preferences beside it in the archive by the same name, in another format. */
  #twinOf(name: string): string | undefined {
    const stem = (file: string) => file.replace(/(\.[a-z]+)+$/i, '');
    return this.preferences.find(({ file }) => stem(file) === stem(name))?.file;
  }

  #keep(
    name: string,
    { report, items, preferences }: Given,
    about: Partial<FileReport>,
    rejections: Rejections,
  ) {
    if (items && items.count > 0) this.items.push(items);
    if (preferences && preferences.statements.length > 0) this.preferences.push(preferences);
    const notes = [...(about.notes ?? []), ...(report.notes ?? [])];
    this.#report(name, { ...about, ...report, notes }, rejections);
  }

  #report(file: string, report: Partial<FileReport>, { first, count }: Rejections): void {
    this.files.push({
      format: null,
      as: null,
      summary: 'Nothing was read.',
      failure: null,
      failureByte: null,
      rows: 0,
      taken: 0,
      notes: [],
      columns: [],
      roles: [],
      layouts: [],
      header: null,
      delimiter: null,
      ...report,
      file,
      rejected: count,
      rejections: first,
    });
  }
}

function failureOf(error: unknown): Partial<FileReport> {
  if (error instanceof FileTrouble) return { failure: error.message, failureByte: error.byte ?? null };
  // What libraries throw at files that are damaged in ways of their own.
  if (error instanceof RangeError && /alloc|length|memory/i.test(error.message))
    return {
      failure: `The browser has not enough memory for it. Take fewer rows; ${inBytes(limits.file)} is the most.`,
    };
  return { failure: 'The file is damaged: what it says of itself does not hold together.' };
}

/** A file whose name promises something else is read all the same. */
function mislabelled(name: string, format: string): string[] {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const expected = Object.hasOwn(promised, ending) ? promised[ending] : undefined;
  return expected && expected !== format
    ? [`Its name ends with .${ending}, but it is none: it is read as what it is.`]
    : [];
}
