import { FileTrouble } from '../trouble';
import type { Source } from '../source';
import { headOf } from '../text';
import { csv } from './csv';
import type { Format } from './format';
import { gzip } from './gzip';
import { json } from './json';
import { npy } from './npy';
import { parquet } from './parquet';
import { safetensors } from './safetensors';
import { stranger } from './strangers';
import { zip } from './zip';

/** The registry: a new format is one file and one line here. Text comes last, as anything might be text. */
const formats: readonly Format[] = [gzip, zip, npy, parquet, safetensors, json, csv];

/**
 * The format of a file, by what is in it.
 * @throws FileTrouble where it is empty, or of no format that this page reads
 */
export async function formatOf(source: Source): Promise<Format> {
  const head = await headOf(source);
  if (head.length === 0) throw new FileTrouble('It is empty.');
  const odd = stranger(head);
  if (odd) throw new FileTrouble(odd, 0);
  const format = formats.find((one) => one.recognises(head, source.name));
  if (format) return format;
  const bytes = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw new FileTrouble(
    `It is of no format that this page reads. It begins with the bytes ${bytes}. Bring .npy, .npz, .csv, .tsv, .jsonl, .json, .safetensors or .parquet, as they are or in .gz or .zip.`,
    0,
  );
}

/** File names that promise a format; what the file holds decides. */
export const promised: Readonly<Record<string, string>> = {
  npy: 'npy',
  npz: 'zip',
  zip: 'zip',
  gz: 'gzip',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'json',
  ndjson: 'json',
  safetensors: 'safetensors',
  parquet: 'parquet',
};
