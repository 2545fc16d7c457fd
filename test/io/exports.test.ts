import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { PairComparison } from '../../src/domain/comparison.ts';
import { defaultSettings, settingNames } from '../../src/domain/settings.ts';
import { exporters, type Exportable } from '../../src/io/index.ts';
import { exportable } from './work.ts';

const candidate = (id: number, x: number, y: number, origin: Candidate['origin'] = 'start'): Candidate => ({
  id,
  prompt: 0,
  values: [x, y],
  origin,
  splitKey: 0.5,
});
const comparison = (patch: Partial<PairComparison> & { id: number }): PairComparison => ({
  kind: 'pair',
  left: 1,
  right: 2,
  verdict: 'left',
  annotator: 'you',
  source: 'start',
  ...patch,
});

const work: Exportable = exportable({
  settings: { ...defaultSettings, seed: 42 },
  candidates: [
    candidate(1, 0.25, -1.5),
    candidate(2, 0.1, 1e-9),
    candidate(3, 9, 9),
    candidate(10_000, 1, 1, 'added'),
  ],
  comparisons: [
    comparison({ id: 1 }),
    comparison({ id: 2, verdict: 'right', annotator: 'simulated', draw: 0 }),
    comparison({ id: 5, right: 10_000, verdict: 'tie', source: 'policy' }),
  ],
  curves: [
    { stage: 'reward', metric: 'loss', x: [0, 10], y: [0.6931, 0.5] },
    { stage: 'reward', metric: 'evalLoss', x: [0, 10], y: [NaN, Infinity] },
    { stage: 'policy', metric: 'kl', x: [1], y: [1e-7] },
    { stage: 'policy', metric: 'k1', x: [], y: [] },
  ],
});

const format = async (name: string, what = work): Promise<string> => {
  const exporter = await exporters.find((entry) => entry.name === name)!.load();
  return (await exporter.format(what)) as string;
};

describe('the export menu', () => {
  it('has a name of its own, a label, a file and a media type for each format', async () => {
    const loaded = await Promise.all(exporters.map((entry) => entry.load()));
    for (const { file, type } of loaded) {
      expect(file).toMatch(/^[a-z-]+\.[a-z]+$/);
      expect(type).toMatch(/^[a-z]+\/[a-z-]+$/);
    }
    expect(new Set(exporters.map(({ name }) => name)).size).toBe(exporters.length);
    expect(new Set(loaded.map(({ file }) => file)).size).toBe(exporters.length);
    expect(new Set(exporters.map(({ label }) => label)).size).toBe(exporters.length);
  });
});

describe('comparisons as JSON', async () => {
  const text = await format('comparisons');
  const body = JSON.parse(text) as Record<string, unknown>;

  it('says what it is', () => {
    expect(body.format).toBe('reward-model-playground/comparisons');
    expect(body.version).toBe(3);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('has every setting, so that the run can be made again', () => {
    expect(body.settings).toEqual(work.settings);
    expect(Object.keys(body.settings as object)).toEqual(settingNames);
  });

  it('has the candidates that were compared, with their places, and no other', () => {
    expect(body.candidates).toEqual([
      { id: 1, prompt: 0, values: [0.25, -1.5], origin: 'start' },
      { id: 2, prompt: 0, values: [0.1, 1e-9], origin: 'start' },
      { id: 10_000, prompt: 0, values: [1, 1], origin: 'added' },
    ]);
  });

  it('has every comparison in order, with the sides as shown; a tie has nothing chosen', () => {
    expect(body.comparisons).toEqual([
      {
        kind: 'pair',
        id: 1,
        chosen: 1,
        rejected: 2,
        left: 1,
        right: 2,
        verdict: 'left',
        annotator: 'you',
        source: 'start',
      },
      {
        kind: 'pair',
        id: 2,
        chosen: 2,
        rejected: 1,
        left: 1,
        right: 2,
        verdict: 'right',
        annotator: 'simulated',
        source: 'start',
        draw: 0,
      },
      {
        kind: 'pair',
        id: 5,
        chosen: null,
        rejected: null,
        left: 1,
        right: 10_000,
        verdict: 'tie',
        annotator: 'you',
        source: 'policy',
      },
    ]);
  });

  it('is valid without a comparison', async () => {
    const empty = JSON.parse(await format('comparisons', { ...work, comparisons: [] })) as Record<
      string,
      unknown
    >;
    expect(empty.candidates).toEqual([]);
    expect(empty.comparisons).toEqual([]);
  });
});

describe('curves as CSV', () => {
  it('has one row for each value, the names of the quantities, and an empty field where there is no number', async () => {
    expect(await format('curves')).toBe(
      [
        'stage,step,metric,value',
        'reward,0,loss,0.6931',
        'reward,10,loss,0.5',
        'reward,0,evalLoss,',
        'reward,10,evalLoss,',
        'policy,1,kl,1e-7',
        '',
      ].join('\r\n'),
    );
  });

  it('is only its head before anything ran', async () => {
    expect(await format('curves', { ...work, curves: [] })).toBe('stage,step,metric,value\r\n');
  });
});

describe('formats of pairs', () => {
  const ranked: Exportable = exportable({
    settings: { ...defaultSettings, heldOut: 0.2 },
    candidates: [1, 2, 3].map((id) => ({ ...candidate(id, id, -id), splitKey: id < 3 ? 0.1 : 0.9 })),
    comparisons: [
      comparison({ id: 1, verdict: 'right', strength: 3 }),
      comparison({ id: 2, verdict: 'tie' }),
      { id: 3, kind: 'ranking', shown: [1, 2, 3], places: [2, 1, 2], annotator: 'you', source: 'start' },
      { id: 4, kind: 'rating', item: 1, score: 5, annotator: 'you', source: 'start' },
    ],
  });
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);

  it('TRL: prompt, chosen, rejected, and a margin where a strength was given; rankings taken apart', async () => {
    const prompt = 'Choose "one", please.';
    expect(lines(await format('trl', ranked))).toEqual([
      { prompt, chosen: '(2, -2)', rejected: '(1, -1)', margin: 2 / 3 },
      { prompt, chosen: '(2, -2)', rejected: '(1, -1)' },
      { prompt, chosen: '(2, -2)', rejected: '(3, -3)' },
    ]);
  });

  it('TRL, conversational: lists of messages', async () => {
    expect(lines(await format('trl-chat', ranked))[1]).toEqual({
      prompt: [{ role: 'user', content: 'Choose "one", please.' }],
      chosen: [{ role: 'assistant', content: '(2, -2)' }],
      rejected: [{ role: 'assistant', content: '(1, -1)' }],
    });
  });

  it('hh-rlhf: whole transcripts with the prompt in common', async () => {
    expect(lines(await format('hh-rlhf', ranked))[2]).toEqual({
      chosen: '\n\nHuman: Choose "one", please.\n\nAssistant: (2, -2)',
      rejected: '\n\nHuman: Choose "one", please.\n\nAssistant: (3, -3)',
    });
  });

  it('CSV: ids and texts, quoted where they must be, with what is held out', async () => {
    expect((await format('preferences-csv', ranked)).split('\r\n').slice(0, 4)).toEqual([
      'comparison,chosen_id,rejected_id,chosen,rejected,margin,held_out,kind,criterion,annotator',
      `1,2,1,"(2, -2)","(1, -1)",${2 / 3},1,pair,,you`,
      '3,2,1,"(2, -2)","(1, -1)",,0,ranking,,you',
      '3,2,3,"(2, -2)","(3, -3)",,0,ranking,,you',
    ]);
  });

  it('rewards as CSV, one row for each candidate', async () => {
    expect((await format('rewards', ranked)).split('\r\n').slice(0, 3)).toEqual([
      'id,text,reward',
      '1,"(1, -1)",0',
      '2,"(2, -2)",0.25',
    ]);
  });
});

describe('embeddings', () => {
  const three = exportable({ candidates: [1, 2, 3].map((id) => candidate(id, 0, 0)) });
  const bytesOf = async (name: string) => {
    const exporter = await exporters.find((entry) => entry.name === name)!.load();
    return (await exporter.format(three)) as Uint8Array;
  };

  it('npz: arrays that NumPy’s format describes', async () => {
    const files = unzipSync(await bytesOf('embeddings-npz'));
    expect(Object.keys(files)).toEqual(['embeddings.npy', 'ids.npy']);
    const npy = files['embeddings.npy']!;
    expect([...npy.subarray(0, 8)]).toEqual([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
    const end = 10 + npy[8]! + 256 * npy[9]!;
    expect(end % 64).toBe(0);
    const header = new TextDecoder().decode(npy.subarray(10, end));
    expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 5\), \} *\n$/);
    const values = new Float32Array(npy.slice(end).buffer);
    expect([...values.subarray(5, 7)]).toEqual([2, 2.125]);
    const ids = files['ids.npy']!;
    expect([...new Int32Array(ids.slice(ids.length - 12).buffer)]).toEqual([1, 2, 3]);
  });

  it('safetensors: the same by name', async () => {
    const bytes = await bytesOf('embeddings-safetensors');
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toMatchObject({
      embeddings: { dtype: 'F32', shape: [3, 5], data_offsets: [0, 60] },
      ids: { dtype: 'I32', shape: [3], data_offsets: [60, 72] },
    });
    expect(bytes.length).toBe(8 + length + 72);
  });
});
