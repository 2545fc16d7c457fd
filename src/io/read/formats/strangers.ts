import { isPrefix } from './format';

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** Files that people may take for data, by their first bytes, and what to do instead. */
const strangers: readonly (readonly [readonly number[], string])[] = [
  [[0x89, 0x50, 0x4e, 0x47], 'It is a picture (PNG), not data.'],
  [[0xff, 0xd8, 0xff], 'It is a picture (JPEG), not data.'],
  [ascii('GIF8'), 'It is a picture (GIF), not data.'],
  [ascii('%PDF'), 'It is a PDF, not data.'],
  [[0x89, 0x48, 0x44, 0x46], 'It is HDF5. Save the embeddings with numpy.save.'],
  [ascii('ARROW1'), 'It is an Arrow or Feather file. Save it as Parquet, with df.to_parquet.'],
  [ascii('FEA1'), 'It is a Feather file. Save it as Parquet, with df.to_parquet.'],
  [ascii('SQLite format 3'), 'It is an SQLite database. Save the table as CSV.'],
  [
    ascii('version https://git-lfs'),
    'It is only the pointer to a file (Git LFS), not the file. Download the file itself: git lfs pull.',
  ],
  [ascii('BZh'), 'It is packed with bzip2. Unpack it first, or pack it with gzip.'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'It is packed with xz. Unpack it first, or pack it with gzip.'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'It is packed with zstd. Unpack it first, or pack it with gzip.'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'It is a 7z archive. Unpack it first, or pack it as zip.'],
  [ascii('Rar!'), 'It is a RAR archive. Unpack it first, or pack it as zip.'],
  [ascii('<!DOCTYPE'), 'It is a web page, most likely the page of a download that failed.'],
  [ascii('<html'), 'It is a web page, most likely the page of a download that failed.'],
  [ascii('PAR2'), 'It is a Parquet file that is encrypted.'],
];

/** What is said of a file that is surely something else; undefined where it is not. */
export function stranger(head: Uint8Array): string | undefined {
  const isPickle =
    head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5 && !isPrefix(head.subarray(5, 8), [0, 0, 0]);
  if (isPickle)
    return 'It is a Python pickle, which only Python can read, and which may run code. Save arrays with numpy.save, tables as CSV or Parquet.';
  return strangers.find(([magic]) => isPrefix(head, magic))?.[1];
}
