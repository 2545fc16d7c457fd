import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.ts';
import type { PairComparison } from '../../src/domain/comparison.ts';
import { defaultSettings, settingNames } from '../../src/domain/settings.ts';
import { exporters, type Exportable } from '../../src/io/index.ts';

const candidate = (id: number, x: number, y: number, origin: Candidate['origin'] = 'start'): Candidate => ({
  id,
  x,
  y,
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

const work: Exportable = {
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
};

const format = (name: string, what = work) =>
  exporters.find((exporter) => exporter.name === name)!.format(what);

describe('the export menu', () => {
  it('has a name, a label, a file and a media type for each format', () => {
    expect(exporters.map(({ name, file, type }) => [name, file, type])).toEqual([
      ['comparisons', 'comparisons.json', 'application/json'],
      ['curves', 'curves.csv', 'text/csv'],
    ]);
    expect(new Set(exporters.map(({ label }) => label)).size).toBe(exporters.length);
  });
});

describe('comparisons as JSON', () => {
  const text = format('comparisons');
  const body = JSON.parse(text) as Record<string, unknown>;

  it('says what it is', () => {
    expect(body.format).toBe('reward-model-playground/comparisons');
    expect(body.version).toBe(2);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('has every setting, so that the run can be made again', () => {
    expect(body.settings).toEqual(work.settings);
    expect(Object.keys(body.settings as object)).toEqual(settingNames);
  });

  it('has the candidates that were compared, with their places, and no other', () => {
    expect(body.candidates).toEqual([
      { id: 1, x: 0.25, y: -1.5, origin: 'start' },
      { id: 2, x: 0.1, y: 1e-9, origin: 'start' },
      { id: 10_000, x: 1, y: 1, origin: 'added' },
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

  it('is valid without a comparison', () => {
    const empty = JSON.parse(format('comparisons', { ...work, comparisons: [] })) as Record<string, unknown>;
    expect(empty.candidates).toEqual([]);
    expect(empty.comparisons).toEqual([]);
  });
});

describe('curves as CSV', () => {
  it('has one row for each value, the names of the quantities, and an empty field where there is no number', () => {
    expect(format('curves')).toBe(
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

  it('is only its head before anything ran', () => {
    expect(format('curves', { ...work, curves: [] })).toBe('stage,step,metric,value\r\n');
  });
});
