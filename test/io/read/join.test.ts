import { describe, expect, it } from 'vitest';
import { fixture, read } from './reading.ts';

const points = 'id,e1,e2\na,0,1\nb,1,0\nc,2,2\n';

describe('preferences and embeddings together', () => {
  it('unknown ids are named and counted; the others are taken', async () => {
    const { joined, report } = await read({
      'points.csv': points,
      'votes.csv': 'chosen_id,rejected_id\na,b\na,z\ny,b\nz,y\nb,c\n',
    });
    expect(joined.statements).toHaveLength(2);
    expect(report).toMatchObject({ dropped: 3, unknown: { count: 2, first: ['“z”', '“y”'] } });
    expect(report.rejections).toEqual([
      { file: 'votes.csv', row: 2, reason: 'It names “z”, which is in no file.' },
      { file: 'votes.csv', row: 3, reason: 'It names “y”, which is in no file.' },
      { file: 'votes.csv', row: 4, reason: 'It names “y”, which is in no file.' },
    ]);
  });

  it('by exact text, under its prompt where that is known, else by the text alone or prompt and text in one', async () => {
    const items = [
      { id: '1', prompt: 'p', text: 'same', embedding: [1, 0] },
      { id: '2', prompt: 'q', text: 'same', embedding: [0, 1] },
      { id: '3', text: 'other', embedding: [1, 1] },
      { id: '4', text: 'Q: yes', embedding: [2, 1] },
    ];
    const votes = [
      { prompt: 'p', chosen: 'same', rejected: 'other' },
      { prompt: 'q', chosen: 'other', rejected: 'same' },
      { prompt: 'Q: ', chosen: 'yes', rejected: 'other' },
      { prompt: 'p', chosen: 'same', rejected: 'never seen' },
    ];
    const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
    const { joined, report } = await read({ 'items.jsonl': lines(items), 'votes.jsonl': lines(votes) });
    expect(joined.statements.map((one) => one.kind === 'pair' && [one.left, one.right])).toEqual([
      [0, 2],
      [2, 1],
      [3, 2],
    ]);
    expect(report.unknown).toEqual({ count: 1, first: ['“never seen”'] });
  });

  it('rows go by their numbers where a file has no ids, whatever was rejected before them', async () => {
    const { joined, report } = await read({
      'points.csv': '0,1\n1,nan\n2,2\n3,1\n',
      'votes.csv': 'chosen,rejected\n0,2\n3,1\n',
    });
    expect(joined.ids).toEqual(['0', '2', '3']);
    expect(joined.statements).toMatchObject([{ left: 0, right: 1 }]);
    expect(report.unknown.first).toEqual(['“1”']);
  });

  it('ids and texts in another file, row by row or by id', async () => {
    const rows = await read({ 'x.npy': fixture('f4.npy'), 'ids.txt': 'w\nx\ny\nz\n' });
    expect(rows.joined.texts).toEqual(['w', 'x', 'y', 'z']);
    const named = await read({ 'points.csv': points, 'texts.csv': 'id,text\nc,Carl\na,Anna\nq,Quinn\n' });
    expect(named.joined.texts).toEqual(['Anna', undefined, 'Carl']);
    expect(named.report.notes.join()).toMatch(/1 of 3 rows have no embedding/);
  });

  it('several files of embeddings: one dimension, ids once', async () => {
    const { joined, report } = await read({
      'one.csv': points,
      'two.csv': 'id,e1,e2\nc,9,9\nd,3,3\n',
      'three.csv': 'id,e1,e2,e3\nq,1,2,3\n',
    });
    expect(joined.ids).toEqual(['a', 'b', 'c', 'd']);
    expect([...joined.vectors!.values.subarray(4)]).toEqual([2, 2, 3, 3]);
    expect(report.notes).toEqual([
      'three.csv: its embeddings have 3 numbers, the others 2. They were left out.',
      '1 id is in more than one file; the first was taken.',
    ]);
  });

  it('texts without any embeddings are candidates to be embedded', async () => {
    const { joined, report } = await read({
      'votes.csv': 'prompt,chosen,rejected\np,good,bad\np,good,worse\nq,good,bad\n',
    });
    expect(joined.vectors).toBeNull();
    expect(joined.texts).toEqual(['good', 'bad', 'worse', 'good', 'bad']);
    expect(joined.prompts).toEqual(['p', 'p', 'p', 'q', 'q']);
    expect(report.notes).toEqual(['No file has embeddings: 5 texts are to be embedded by hashed n-grams.']);
  });

  it('an archive of both', async () => {
    const { zipSync, strToU8 } = await import('fflate');
    const { joined, files } = await read({
      'all.zip': zipSync({
        'points.csv': strToU8(points),
        'votes/v.csv': strToU8('chosen_id,rejected_id\na,b\n'),
        '__MACOSX/._points.csv': strToU8('junk'),
      }),
    });
    expect(files.map(({ file }) => file)).toEqual(['all.zip/points.csv', 'all.zip/votes/v.csv']);
    expect(joined.statements).toHaveLength(1);
  });

  it('embeddings of a single file are the very numbers that were read', async () => {
    const { reading, joined } = await read({ 'x.npy': fixture('f4.npy') });
    expect(joined.vectors!.values).toBe(reading.items[0]!.vectors!.values);
  });
});
