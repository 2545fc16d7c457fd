import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../src/domain/candidate.ts';
import type { Comparison } from '../../../src/domain/comparison.ts';
import { exporters, type Exportable } from '../../../src/io/index.ts';
import { readTexts, readMatrix, matrixShape } from '../../../src/io/read/arrays.ts';
import { CsvRows } from '../../../src/io/read/formats/csv-rows.ts';
import { openNpy } from '../../../src/io/read/formats/npy.ts';
import { safetensors } from '../../../src/io/read/formats/safetensors.ts';
import { blobSource, type Context } from '../../../src/io/read/source.ts';
import { csv } from '../../../src/io/csv.ts';
import { headOf } from '../head.ts';
import { exportable } from '../work.ts';
import { read } from './reading.ts';

const context: Context = { signal: new AbortController().signal, onRead: () => undefined, expanded: 0 };
const runs = { numRuns: 60 };

/** Texts as people write them, with all that CSV and JSON must escape; none that is only spaces. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.constantFrom('a,b', '"q"', 'x\r\ny', '1', 'é;\t|'),
  )
  .filter((one) => one.trim() === one && one !== '' && !one.includes('\ufeff'));

const work: fc.Arbitrary<Exportable> = fc
  .record({
    texts: fc.uniqueArray(text, { minLength: 3, maxLength: 8 }),
    prompt: text,
    pairs: fc.array(
      fc.record({
        left: fc.nat(),
        step: fc.integer({ min: 1, max: 2 }),
        verdict: fc.constantFrom('left', 'right', 'tie', 'both-bad' as const),
        strength: fc.constantFrom(undefined, 1, 2, 3, 4 as const),
        criterion: fc.constantFrom(undefined, 'helpful'),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ texts, prompt, pairs }) => {
    const ids = texts.map((_, i) => 10 * i + 3);
    const candidates = ids.map((id): Candidate => ({
      id,
      prompt: 0,
      values: [id, 0],
      origin: 'start',
      splitKey: 0.5,
    }));
    const comparisons: Comparison[] = pairs.map(({ left, step, verdict, strength, criterion }, i) => ({
      kind: 'pair',
      id: i + 1,
      left: ids[left % ids.length]!,
      right: ids[(left + step) % ids.length]!,
      verdict,
      annotator: 'you',
      source: 'start',
      ...(strength && (verdict === 'left' || verdict === 'right') ? { strength } : {}),
      ...(criterion ? { criterion } : {}),
    }));
    comparisons.push(
      {
        kind: 'ranking',
        id: 90,
        shown: ids.slice(0, 3),
        places: [2, 1, 2],
        annotator: 'you',
        source: 'start',
      },
      {
        kind: 'best',
        id: 91,
        shown: ids.slice(0, 3),
        best: ids[1]!,
        annotator: 'simulated',
        source: 'repeat',
      },
      { kind: 'rating', id: 92, item: ids[0]!, score: 4, annotator: 'you', source: 'start' },
    );
    return exportable({
      candidates,
      comparisons,
      promptOf: () => prompt,
      textOf: ({ id }) => texts[(id - 3) / 10]!,
    });
  });

async function exported(
  name: string,
  what: Exportable,
): Promise<{ file: string; content: string | Uint8Array }> {
  const exporter = await exporters.find((entry) => entry.name === name)!.load();
  return { file: exporter.file, content: await exporter.format(what) };
}

async function readBack(names: readonly string[], what: Exportable) {
  const files: Record<string, string | Uint8Array> = {};
  for (const name of names) {
    const { file, content } = await exported(name, what);
    files[file] = content;
  }
  const back = await read(files);
  for (const { failure, rejections } of back.files)
    expect({ failure, rejections }).toEqual({ failure: null, rejections: [] });
  return back;
}

/** Pairs with a winner, as [chosen, rejected, strength], by the candidates' texts. */
function pairsOf({ comparisons, textOf, candidates }: Exportable, strengths = true) {
  const textBy = (id: number) => textOf(candidates.find((one) => one.id === id)!);
  return comparisons.flatMap((one) => {
    if (one.kind === 'pair' && one.verdict !== 'tie' && one.verdict !== 'both-bad') {
      const [won, lost] = one.verdict === 'left' ? [one.left, one.right] : [one.right, one.left];
      return [[textBy(won), textBy(lost), strengths ? one.strength : undefined]];
    }
    if (one.kind === 'ranking' || one.kind === 'best') {
      const best = one.kind === 'best' ? one.best : one.shown[1]!;
      return one.shown.filter((id) => id !== best).map((id) => [textBy(best), textBy(id), undefined]);
    }
    return [];
  });
}

describe('preferences that the page wrote', () => {
  it.each(['trl', 'trl-chat', 'hh-rlhf', 'preferences-csv'])('%s', async (name) => {
    await fc.assert(
      fc.asyncProperty(work, async (what) => {
        const expected = pairsOf(what, name !== 'hh-rlhf');
        fc.pre(expected.length > 0);
        const { joined } = await readBack([name], what);
        const found = joined.statements.map((one) => {
          expect(one.kind === 'pair' && one.verdict).toBe('left');
          const [left, right] = one.kind === 'pair' ? [one.left, one.right] : [0, 0];
          return [joined.texts![left], joined.texts![right], one.kind === 'pair' ? one.strength : undefined];
        });
        expect(found).toEqual(expected);
        if (name !== 'preferences-csv')
          expect(new Set(joined.prompts)).toEqual(new Set([what.promptOf(what.candidates[0]!)]));
      }),
      runs,
    );
  });

  it.each(['embeddings-npz', 'embeddings-safetensors'])(
    'comparisons, of every kind, with %s',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(work, async (what) => {
          const { joined, report } = await readBack(['comparisons', name], what);
          expect(report.dropped).toBe(0);
          expect(joined.ids).toEqual(what.candidates.map(({ id }) => String(id)));
          expect([...joined.vectors!.values]).toEqual(
            what.candidates.flatMap((one) => [...what.embeddingOf(one)]),
          );
          const row = (id: number) => what.candidates.findIndex((one) => one.id === id);
          const expected = what.comparisons.map(({ id: _id, source: _source, ...one }) => {
            switch (one.kind) {
              case 'pair':
                return { ...one, left: row(one.left), right: row(one.right) };
              case 'best':
                return { ...one, shown: one.shown.map(row), best: row(one.best) };
              case 'ranking':
                return { ...one, shown: one.shown.map(row) };
              case 'rating':
                return { ...one, item: row(one.item) };
            }
          });
          expect(joined.statements).toEqual(expected);
        }),
        runs,
      );
    },
  );
});

describe('the rest of what the page writes', () => {
  it('rewards: ids, texts, and the reward beside them', async () => {
    await fc.assert(
      fc.asyncProperty(work, async (made) => {
        const rewards = Float32Array.from(made.candidates, (_, i) => Math.sin(i));
        const what = { ...made, rewards: () => Promise.resolve(rewards) };
        const { joined } = await readBack(['rewards'], what);
        expect(joined.ids).toEqual(what.candidates.map(({ id }) => String(id)));
        expect(joined.texts).toEqual(what.candidates.map(what.textOf));
        expect(joined.metadata.reward!.map((value) => Math.fround(Number(value)))).toEqual([...rewards]);
      }),
      runs,
    );
  });

  it('the archive for PyTorch: its embeddings and preferences', async () => {
    const [what] = fc.sample(work, { seed: 1, numRuns: 1 });
    const { content } = await exported('pytorch', what!);
    const { files, joined } = await read({ 'reward-model-pytorch.zip': content });
    const taken = Object.fromEntries(
      files.map(({ file, taken: count }) => [file.replace(/.*\//, ''), count]),
    );
    expect(taken).toMatchObject({ 'embeddings.npz': what!.candidates.length, 'README.md': 0 });
    expect(taken['preferences.csv']).toBe(pairsOf(what!).length);
    // Its preferences are there twice, by ids and by texts: they are taken once.
    expect(joined.statements).toHaveLength(pairsOf(what!).length);
  });

  it('a head: every tensor by its name, shape and numbers', async () => {
    const head = headOf({});
    const { content } = await exported('head-safetensors', exportable({}, head));
    const opened = await safetensors.open(
      blobSource('h', new Blob([content as Uint8Array<ArrayBuffer>]), context),
      context,
      {},
    );
    const arrays = opened.kind === 'arrays' ? opened.arrays : [];
    const weight = arrays.find(({ name }) => name.endsWith('fc.weight'))!;
    expect(matrixShape(weight)).toEqual([1, head.dimension]);
    expect([...(await readMatrix(weight))]).toEqual([...head.members[0]!.at(-1)!.weights]);
  });

  it('curves and sessions are known for what they are', async () => {
    const curves = [{ stage: 'reward', metric: 'loss', x: [0, 1], y: [0.5, 0.25] }];
    const what = exportable({ curves });
    for (const name of ['curves', 'session']) {
      const { file, content } = await exported(name, what);
      const { files } = await read({ [file]: content });
      expect(files[0]!.failure).toMatch(name === 'curves' ? /curves of a run/ : /whole session of this page/);
    }
  });

  it('arrays of an npz one by one', async () => {
    const what = exportable({
      candidates: [1, 2, 3].map((id) => ({
        id,
        prompt: 0,
        values: [0, 0],
        origin: 'start',
        splitKey: 0,
      })),
    });
    const { content } = await exported('embeddings-npz', what);
    const ids = unzipSync(content as Uint8Array)['ids.npy']!;
    expect(
      await readTexts(await openNpy(blobSource('ids', new Blob([Uint8Array.from(ids)]), context), 'ids')),
    ).toEqual(['1', '2', '3']);
  });
});

describe('CSV', () => {
  it('any cells come back, in whatever pieces they arrive', () => {
    const cell = fc.oneof(text, fc.constantFrom('', '"', '\n', '\r', 'a\r\nb', '""'));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(40), { maxLength: 8 }),
        (rows, cuts) => {
          const whole = csv(rows);
          const parser = new CsvRows(',');
          const found: unknown[] = [];
          let at = 0;
          for (const cut of cuts) {
            found.push(...parser.push(whole.slice(at, at + cut), false));
            at = Math.min(whole.length, at + cut);
          }
          found.push(...parser.push(whole.slice(at), true));
          expect(found).toEqual(rows);
        },
      ),
    );
  });
});
