const MiB = 2 ** 20;

/** What a reader takes at most, so that no file can exhaust the page. The page states them. */
export const limits = {
  /** Bytes of a file as it lies on the disk. */
  file: 2 ** 31 - 1,
  /** Bytes that everything packed (.gz, .zip) may expand to, all files of one reading together. */
  expanded: 1024 * MiB,
  /** Times its packed size that something may expand to, once it is past `freelyExpanded`. */
  expansion: 100,
  /** Bytes up to which nobody asks how well something was packed. */
  freelyExpanded: 64 * MiB,
  /** Archives inside archives. */
  depth: 3,
  /** Files in one archive. */
  entries: 10_000,
  /** Bytes of a header: .npy, .safetensors, the table of contents of a .zip, a footer of .parquet. */
  header: 64 * MiB,
  /** Bytes of one row of text: a line of JSONL, a row of CSV. */
  row: 16 * MiB,
  /** Bytes of a JSON file that is one object. */
  document: 256 * MiB,
  /** Numbers of one embedding. */
  dimension: 65_536,
  /** Numbers of all embeddings together: 1 GiB as float32. */
  values: 2 ** 28,
  /** Embeddings or texts. */
  items: 1_000_000,
  /** Preferences. */
  statements: 1_000_000,
  /** Characters of all texts kept. */
  characters: 2 ** 28,
  /** Values of one column in one row group of .parquet. */
  parquetValues: 2 ** 27,
} as const;

/** Bytes as people say them. */
export function inBytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

/** A count with thousands set apart, whatever the visitor's language: the page is in English. */
export const counted = (count: number): string => count.toLocaleString('en-GB');
