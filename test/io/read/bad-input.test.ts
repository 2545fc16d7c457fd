import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/io/read/limits.ts';
import { readFiles } from '../../../src/io/read/reading.ts';
import { fixture, read } from './reading.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What is said of a single file. */
async function reportOf(name: string, content: string | Uint8Array) {
  const { files, joined } = await read({ [name]: content });
  return { ...files.at(-1)!, joined };
}

/** An npy with any header. */
function npy(header: string, data = new Uint8Array(48)): Uint8Array {
  const text = utf8(header.padEnd(118 - 1) + '\n');
  return Uint8Array.from([0x93, ...utf8('NUMPY'), 1, 0, text.length, 0, ...text, ...data]);
}
const headerOf = (shape: string, descr = '<f4') =>
  `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;

function safetensors(header: string, data = new Uint8Array(8)): Uint8Array {
  const text = utf8(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('files that hold nothing that can be read', () => {
  it.each([
    ['empty', 'x.npy', new Uint8Array(0), /empty/],
    ['a picture', 'x.csv', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), /picture \(PNG\)/],
    ['a pickle', 'x.npy', Uint8Array.from([0x80, 4, 0x95, 1, 2, 3, 4, 5, 6, 7, 0]), /pickle.*run code/],
    ['noise', 'x.csv', Uint8Array.from({ length: 99 }, (_, i) => (i * 7) % 32), /no format.*00 07 0e/],
    ['a pointer of Git LFS', 'x.npy', 'version https://git-lfs.github.com/spec/v1\n', /git lfs pull/],
    ['a web page', 'x.parquet', '<!DOCTYPE html><html></html>', /web page/],
    ['UTF-16', 'x.csv', Uint8Array.from([0xff, 0xfe, 0x69, 0, 0x64, 0, 10, 0]), /UTF-16/],
    ['only blank lines', 'x.csv', '\n\n\n', /no row/],
    ['JSON of something else', 'x.json', '{"a": 1, "b": 2}', /fit no layout/],
    ['broken JSON', 'x.json', '{"a": [1, 2', /no JSON, or it was cut short/],
    [
      'a checkpoint of PyTorch',
      'x.pt',
      zipSync({ 'archive/data.pkl': utf8('x') }),
      /checkpoint.*safetensors/,
    ],
    ['a zip of nothing', 'x.zip', zipSync({}), /no file/],
    ['a spreadsheet', 'x.xlsx', zipSync({ '[Content_Types].xml': utf8('x') }), /Save the sheet as CSV/],
  ])('%s', async (_what, name, content, message) => {
    const { failure, joined } = await reportOf(name, content);
    expect(failure).toMatch(message);
    expect(joined.ids).toEqual([]);
  });

  it('more than 2 GB', async () => {
    const blob = { size: 3e9, slice: () => Promise.reject(new Error('must not be read')) as never };
    const { files } = await readFiles([{ name: 'big.npy', blob }], {}, new AbortController().signal);
    expect(files[0]!.failure).toMatch(/3\.00 GB; this page reads files up to 2\.15 GB/);
  });

  it('a file that was moved since it was chosen', async () => {
    const slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) });
    const { files } = await readFiles(
      [{ name: 'gone.npy', blob: { size: 100, slice } }],
      {},
      new AbortController().signal,
    );
    expect(files[0]!.failure).toMatch(/moved, changed or locked/);
  });
});

describe('headers that lie', () => {
  it.each([
    [
      'more rows than there are',
      npy(headerOf('(400, 3)')),
      /announces 400 × 3 values.*4,800 bytes.*48 follow/,
    ],
    ['more than there can be', npy(headerOf('(99999999, 99999)')), /more than this page takes/],
    ['a shape beyond all numbers', npy(headerOf('(99999999999, 99999999999)')), /no shape/],
    ['a negative shape', npy(headerOf('(-4, 3)')), /no shape/],
    ['no shape', npy("{'descr': '<f4', 'fortran_order': False}"), /no readable “shape”/],
    ['unknown numbers', npy(headerOf('(4, 3)', '<c8')), /type “<c8”/],
    ['records', npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (12,)}"), /named fields/],
    ['no rows', npy(headerOf('(0, 3)')), /no rows/],
    ['one axis', npy(headerOf('(12,)')), /None of its arrays is a table/],
    ['a later version', Uint8Array.from([0x93, ...utf8('NUMPY'), 9, 0, 0, 0, 0, 0]), /version 9/],
    [
      'a header beyond the file',
      Uint8Array.from([0x93, ...utf8('NUMPY'), 1, 0, 255, 255, 0, 0]),
      /65,535 bytes/,
    ],
  ])('npy: %s', async (_what, content, message) => {
    expect((await reportOf('x.npy', content)).failure).toMatch(message);
  });

  it.each([
    [
      'a header beyond the file',
      Uint8Array.from([255, 255, 255, 0, 0, 0, 0, 0, 0x7b, 0x7d]),
      /16,777,215 bytes/,
    ],
    ['no JSON', safetensors('{"a": '), /no JSON/],
    [
      'bytes beyond the file',
      safetensors('{"a":{"dtype":"F32","shape":[4,3],"data_offsets":[0,48]}}'),
      /cut short/,
    ],
    [
      'offsets that do not fit',
      safetensors('{"a":{"dtype":"F32","shape":[4,3],"data_offsets":[0,8]}}'),
      /needs 48 bytes/,
    ],
    ['an unknown type', safetensors('{"a":{"dtype":"F5","shape":[2],"data_offsets":[0,8]}}'), /type “F5”/],
    ['no description', safetensors('{"a":null}'), /type “nothing”|type “undefined”/],
    ['no tensor', safetensors('{"__metadata__":{}}'), /no tensor/],
  ])('safetensors: %s', async (_what, content, message) => {
    expect((await reportOf('x.safetensors', content)).failure).toMatch(message);
  });
});

describe('files that are cut short', () => {
  it.each([
    ['f4.npy', 100, /cut short/],
    ['plain.safetensors', 150, /cut short/],
    ['plain.npz', 400, /zip is cut short/],
    ['lists-snappy.parquet', 600, /cut short/],
  ])('%s', async (name, length, message) => {
    expect((await reportOf(name, fixture(name).subarray(0, length))).failure).toMatch(message);
  });

  it('a .gz: the rows before the cut are taken', async () => {
    const rows = Array.from({ length: 4000 }, (_, i) => `${i},${Math.sin(i)},${Math.cos(i)}\n`).join('');
    const packed = gzipSync(utf8(`id,x,y\n${rows}`));
    const { failure, joined } = await reportOf('x.csv.gz', packed.subarray(0, packed.length / 2));
    expect(failure).toMatch(/cut short near byte \d+ of the packed data.*rows before it were read/);
    expect(joined.ids.length).toBeGreaterThan(500);
  });

  it('a JSON list: the rows before the cut are taken', async () => {
    const { failure, joined } = await reportOf('x.json', '[{"id":"a","embedding":[1,2]},\n{"id":"b","embe');
    expect(failure).toMatch(/no end.*1 rows before it were read/);
    expect(joined.ids).toEqual(['a']);
  });

  it('a .gz with a changed byte fails by its checksum', async () => {
    const packed = gzipSync(utf8('id,x,y\na,1,2\n'), { level: 0 });
    packed[packed.indexOf(0x31)] = 0x39;
    expect((await reportOf('x.csv.gz', packed)).failure).toMatch(/checksum/);
  });
});

describe('rows that cannot be taken, among others that can', () => {
  it('not a number, infinite, too large for float32, ragged, twice the same id', async () => {
    const { rejections, joined } = await reportOf(
      'x.csv',
      'id,e1,e2\na,1,2\nb,nan,2\nc,1,inf\nd,1e99,2\ne,1\na,5,6\nf,oops,1\ng,3,4\n',
    );
    expect(joined.ids).toEqual(['a', 'g']);
    expect(rejections.map(({ row, reason }) => `${row}: ${reason}`)).toEqual([
      '2: Number 1 of the embedding is “nan”.',
      '3: Number 2 of the embedding is “inf”.',
      '4: Number 1 of the embedding is 1e+99, too large for float32.',
      '5: The row has 2 cells, the table 3.',
      '6: The id “a” was in row 1 already.',
      '7: Number 1 of the embedding is “oops”.',
    ]);
  });

  it('an array: rows that are not finite are left out, and the others keep their numbers', async () => {
    const data = new Float32Array([1, 2, 3, NaN, 5, 6, 7, 8, 9, 1, Infinity, 1]);
    const { rejections, joined } = await reportOf(
      'x.npy',
      npy(headerOf('(4, 3)'), new Uint8Array(data.buffer)),
    );
    expect(rejections.map(({ row }) => row)).toEqual([2, 4]);
    expect(rejections[0]!.reason).toBe('Number 1 of the embedding is NaN.');
    expect(joined.ids).toEqual(['0', '2']);
    expect([...joined.vectors!.values]).toEqual([1, 2, 3, 7, 8, 9]);
  });

  it('lines that are no JSON, no object, not UTF-8, with their bytes', async () => {
    const bytes = Uint8Array.from([
      ...utf8('{"id":"a","embedding":[1,2]}\n{"id":"b",\n7\n{"id":"'),
      0xff,
      ...utf8('","embedding":[1,2]}\n\n{"id":"c","embedding":[1]}\n{"id":"d","embedding":[3,4]}\n'),
    ]);
    const { rejections, joined } = await reportOf('x.jsonl', bytes);
    expect(joined.ids).toEqual(['a', 'd']);
    expect(rejections.map(({ row, byte }) => [row, byte])).toEqual([
      [2, 29],
      [3, 40],
      [4, 49],
      [6, undefined],
    ]);
    expect(rejections[2]!.reason).toMatch(/Not UTF-8 from byte 49 on/);
    expect(rejections[3]!.reason).toBe('The embedding has 1 number, the first one 2.');
  });

  it('CSV that is Latin-1 in one row', async () => {
    const bytes = Uint8Array.from([...utf8('id,e1,e2\na,1,2\n'), 0xe9, ...utf8('t,3,4\nb,5,6\n')]);
    const { rejections, joined } = await reportOf('x.csv', bytes);
    expect(joined.ids).toEqual(['a', 'b']);
    expect(rejections).toEqual([
      { file: 'x.csv', row: 2, byte: 15, reason: 'Not UTF-8 from byte 15 on. Save the file as UTF-8.' },
    ]);
  });

  it('a quotation mark that never closes costs its own row', async () => {
    const { rejections, joined } = await reportOf('x.csv', 'id,e1,e2\na,1,2\n"b,3,4\nc,5,6\n');
    expect(joined.ids).toEqual(['a', 'c']);
    expect(rejections).toMatchObject([{ row: 2, reason: 'A quotation mark opens a cell and never closes.' }]);
  });

  it('only the first are listed, all are counted', async () => {
    const { rejected, rejections } = await reportOf('x.csv', `id,e1,e2\nok,1,2\n${'x,nan,1\n'.repeat(500)}`);
    expect(rejected).toBe(500);
    expect(rejections).toHaveLength(20);
  });
});

describe('archives made to exhaust memory', () => {
  it('a .gz of nothing but the same byte', async () => {
    const packed = gzipSync(new Uint8Array(80 * 2 ** 20).fill(0x30));
    const { failure } = await reportOf('bomb.gz', packed);
    expect(failure ?? '').toMatch(/100 times its size|longer than 16\.8 MB/);
  });

  it('a .npz whose array expands a thousandfold', async () => {
    const values = new Uint8Array(80 * 2 ** 20);
    const array = npy(headerOf(`(${values.length / 4}, 1)`), new Uint8Array(0));
    const all = new Uint8Array(array.length + values.length);
    all.set(array);
    const { failure } = await reportOf('bomb.npz', zipSync({ 'x.npy': all }));
    expect(failure).toMatch(/100 times its size/);
  });

  it('archives in archives in archives', async () => {
    let bytes: Uint8Array = utf8('id,x,y\na,1,2\n');
    for (let i = 0; i < 6; i++) bytes = zipSync({ 'x.zip': bytes });
    expect((await reportOf('x.zip', bytes)).failure).toMatch(/packed more than 3 times over/);
  });

  it('an entry that holds more than it announces', async () => {
    const bytes = zipSync({ 'x.csv': utf8('id,x,y\n' + 'a,1,2\n'.repeat(100)) });
    const view = new DataView(bytes.buffer);
    const table = view.getUint32(bytes.length - 6, true);
    view.setUint32(table + 24, 10, true);
    expect((await reportOf('x.zip', bytes)).failure).toMatch(/more than the 10 bytes/);
  });

  it('the limits are what is said', () => {
    expect(limits.expanded).toBe(2 ** 30);
    expect(limits.expansion).toBe(100);
  });
});

describe('names', () => {
  it('a file is what it holds, whatever it is called', async () => {
    const { files, joined } = await read({ 'x.npy': 'id,x,y\na,1,2\n', 'y.csv': fixture('f4.npy') });
    expect(files.map(({ format }) => format)).toEqual(['Table (CSV, TSV)', 'NumPy array (.npy)']);
    expect(files[0]!.notes[0]).toMatch(/name ends with \.npy, but it is none/);
    expect(joined.vectors).not.toBeNull();
  });
});
