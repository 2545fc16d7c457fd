// Reading files in tests as the page would, without a worker.
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { join } from '../../../src/io/read/join.ts';
import type { Mappings } from '../../../src/io/read/mapping.ts';
import { readFiles } from '../../../src/io/read/reading.ts';

type Content = string | Uint8Array;

/** Reads files by name and content, and joins them. */
export async function read(files: Readonly<Record<string, Content>>, mappings: Mappings = {}) {
  const named = Object.entries(files).map(([name, content]) => ({
    name,
    blob: new Blob([typeof content === 'string' ? content : Uint8Array.from(content)]),
  }));
  const reading = await readFiles(named, mappings, new AbortController().signal);
  const { joined, report } = join(reading.items, reading.preferences);
  return { reading, files: reading.files, joined, report };
}

/** A file that a library wrote: see make.py beside them. */
export const fixture = (name: string): Uint8Array =>
  readFileSync(path(import.meta.dirname, '../../fixtures/files', name));

/** Reads fixtures by name. */
export const readFixtures = (names: readonly string[], mappings: Mappings = {}) =>
  read(Object.fromEntries(names.map((name) => [name, fixture(name)])), mappings);
