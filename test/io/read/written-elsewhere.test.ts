import { describe, expect, it } from 'vitest';
import { readFixtures } from './reading.ts';

const values = [1, 2.5, -3, 0.25, 0, 1e-3, 4, -5, 6, 7, 8, 9.75];

/** The embeddings of a file: each number within the precision of its kind. */
async function vectorsOf(name: string) {
  const { joined, files } = await readFixtures([name]);
  expect(files.map(({ failure, rejections }) => ({ failure, rejections }))).toEqual(
    files.map(() => ({ failure: null, rejections: [] })),
  );
  return { ...joined, numbers: [...joined.vectors!.values], dimension: joined.vectors!.dimension };
}

const close = (found: readonly number[], relative: number) => {
  expect(found).toHaveLength(values.length);
  found.forEach((value, i) =>
    expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(relative * Math.abs(values[i]!)),
  );
};

describe('arrays that NumPy wrote', () => {
  it.each([
    ['f4.npy', 1e-7],
    ['f8.npy', 1e-7],
    ['f2.npy', 1e-3],
    ['big-endian.npy', 1e-7],
    ['fortran.npy', 1e-7],
    ['version-2.npy', 1e-7],
    ['three-axes.npy', 1e-7],
  ])('%s', async (name, tolerance) => {
    const { numbers, dimension, ids } = await vectorsOf(name);
    expect(dimension).toBe(3);
    expect(ids).toEqual(['0', '1', '2', '3']);
    close(numbers, tolerance);
  });

  it.each(['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8'])('whole numbers: %s', async (kind) => {
    const { numbers } = await vectorsOf(`${kind}.npy`);
    expect(numbers).toEqual(values.map((value) => Math.abs(Math.trunc(value))));
  });

  it('npz: embeddings with ids of text and groups', async () => {
    const { numbers, ids, groups } = await vectorsOf('plain.npz');
    close(numbers, 1e-7);
    expect(ids).toEqual(['a', 'b', 'ç', 'd']);
    expect(groups).toEqual(['0', '1', '0', '1']);
  });

  it('npz, compressed: whole-number ids stay exact', async () => {
    const { numbers, ids } = await vectorsOf('compressed.npz');
    close(numbers, 1e-7);
    expect(ids).toEqual(['10', '20', '30', '9007199254740993']);
  });

  it('npz of chosen and rejected, row beside row, are candidates and pairs', async () => {
    const { joined } = await readFixtures(['sides.npz']);
    expect(joined.ids).toEqual(['chosen 0', 'chosen 1', 'rejected 0', 'rejected 1']);
    expect(joined.statements).toMatchObject([
      { kind: 'pair', left: 0, right: 2, verdict: 'left' },
      { kind: 'pair', left: 1, right: 3, verdict: 'left' },
    ]);
  });

  it('objects are refused with what to do instead', async () => {
    const { files, joined } = await readFixtures(['object.npy']);
    expect(files[0]).toMatchObject({ failureByte: 10 });
    expect(files[0]!.failure).toMatch(/Python objects.*astype\("float32"\)/);
    expect(joined.ids).toEqual([]);
  });
});

describe('tensors that safetensors wrote', () => {
  it.each([
    ['plain.safetensors', 1e-7],
    ['float16.safetensors', 1e-3],
    ['bfloat16.safetensors', 5e-3],
  ])('%s', async (name, tolerance) => close((await vectorsOf(name)).numbers, tolerance));

  it('a tensor for each candidate', async () => {
    const { numbers, ids } = await vectorsOf('one-by-one.safetensors');
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
    close(numbers, 1e-7);
  });

  it('a head is told from embeddings', async () => {
    const { files } = await readFixtures(['head.safetensors']);
    expect(files[0]!.failure).toMatch(/weights of a model/);
  });
});

describe('tables that pyarrow wrote', () => {
  it.each(['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4', 'v2'])('lists, %s', async (codec) => {
    const { numbers, ids, texts } = await vectorsOf(`lists-${codec}.parquet`);
    close(numbers, 1e-7);
    expect(ids).toEqual(['a', 'b', 'ç', 'd']);
    expect(texts).toEqual(['un', 'deux', undefined, 'quatre']);
  });

  it('lists of a fixed length and ids of whole numbers', async () => {
    const { numbers, ids } = await vectorsOf('fixed.parquet');
    close(numbers, 1e-7);
    expect(ids).toEqual(['5', '6', '7', '8']);
  });

  it('a number a column, with the index of pandas', async () => {
    const { numbers, ids } = await vectorsOf('pandas.parquet');
    close(numbers, 1e-7);
    expect(ids).toEqual(['a', 'b', 'ç', 'd']);
  });

  it('conversations', async () => {
    const { joined } = await readFixtures(['conversations.parquet']);
    expect(joined.texts).toEqual(['good', 'bad', 'fine', 'poor']);
    expect(joined.prompts).toEqual(['p', 'p', 'p', 'p']);
    expect(joined.statements).toHaveLength(2);
  });
});

describe('text that scikit-learn, pandas and NumPy wrote', () => {
  it('iris: four numbers and a class', async () => {
    const { joined } = await readFixtures(['iris.csv']);
    expect(joined.vectors).toEqual({
      dimension: 4,
      values: Float32Array.from([5.1, 3.5, 1.4, 0.2, 5, 2, 3.5, 1, 6.9, 3.2, 5.7, 2.3]),
    });
    expect(joined.groups).toEqual(['0', '1', '2']);
  });

  it('pandas: an index without a name', async () => {
    const { numbers, ids } = await vectorsOf('pandas.csv');
    close(numbers, 1e-7);
    expect(ids).toEqual(['a', 'b', 'ç', 'd']);
  });

  it('vectors and metadata, as TensorBoard’s projector has them', async () => {
    const { joined } = await readFixtures(['vectors.tsv', 'metadata.tsv']);
    close([...joined.vectors!.values], 1e-6);
    expect(joined.ids).toEqual(['a', 'b', 'ç', 'd']);
    expect(joined.groups).toEqual(['g0', 'g1', 'g0', 'g1']);
  });

  it('hh-rlhf, packed: the prompt is what both have in common up to the last turn', async () => {
    const { joined, files } = await readFixtures(['hh-rlhf.jsonl.gz']);
    expect(files[0]).toMatchObject({ file: 'hh-rlhf.jsonl', as: 'hh-rlhf', taken: 2 });
    expect(joined.texts).toEqual(['hello', 'go away', 'see you', 'good']);
    expect(joined.prompts!.slice(0, 2)).toEqual(['hi', 'hi']);
    expect(joined.prompts![2]).toBe('Human: hi\n\nAssistant: hello\n\nHuman: bye');
  });

  it('TRL lines with a margin', async () => {
    const { joined, report } = await readFixtures(['trl.jsonl']);
    expect(joined.statements[0]).toMatchObject({ verdict: 'left', margin: 0.5, strength: 3 });
    expect(joined.statements[1]).not.toHaveProperty('strength');
    expect(joined.vectors).toBeNull();
    expect(report.notes.join(' ')).toMatch(/4 texts are to be embedded by hashed n-grams/);
  });
});
