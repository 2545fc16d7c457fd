import { itemsOf } from '../../domain/comparison';
import { join, type Joined } from './join';
import type { Preview, ReadCommand, ReadReport } from './protocol';
import { readFiles, type Reading } from './reading';
import { shortly } from './report';

/** How many of each the preview shows. */
const shown = 8;
/** Statements that are handed over at once. */
const part = 5000;
/** Milliseconds between two reports of progress. */
const often = 100;

/**
 * The worker's side: reads, keeps what was read until it is taken, and hands it over. What fails leaves what was read
 * before as it was.
 * @param post hands a report over, moving the buffers rather than copying them
 */
export function serve(post: (report: ReadReport, buffers: ArrayBuffer[]) => void) {
  let running: AbortController | null = null;
  let ready: Joined | null = null;

  const read = async ({ request, files, mappings }: Extract<ReadCommand, { kind: 'read' }>) => {
    running?.abort(new Error('Another reading began.'));
    const own = (running = new AbortController());
    let last = 0;
    try {
      const named = files.map((file) => ({ name: file.name, blob: file }));
      const reading = await readFiles(named, mappings, own.signal, (progress) => {
        if (performance.now() - last < often) return;
        last = performance.now();
        post({ kind: 'progress', request, progress }, []);
      });
      const { joined, report } = join(reading.items, reading.preferences);
      ready = joined;
      post({ kind: 'preview', request, preview: previewOf(reading, joined, report) }, []);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      post({ kind: 'failed', request, message, cancelled: own.signal.aborted }, []);
    } finally {
      if (running === own) running = null;
    }
  };

  const take = (request: number) => {
    if (!ready) {
      post({ kind: 'failed', request, message: 'Nothing was read.', cancelled: false }, []);
      return;
    }
    const { statements, ...data } = ready;
    ready = null;
    for (let at = 0; at < statements.length; at += part)
      post({ kind: 'statements', request, statements: statements.slice(at, at + part) }, []);
    const buffers = data.vectors ? [data.vectors.values.buffer] : [];
    post({ kind: 'taken', request, data: { ...data, statements: [] } }, buffers);
  };

  return (command: ReadCommand): void => {
    switch (command.kind) {
      case 'read':
        void read(command);
        return;
      case 'cancel':
        running?.abort(new Error('The reading was cancelled.'));
        return;
      case 'take':
        take(command.request);
        return;
      default:
        command satisfies never;
    }
  };
}

function previewOf({ files }: Reading, joined: Joined, report: Preview['join']): Preview {
  const { ids, texts, prompts, groups, vectors, statements } = joined;
  const counts = { pair: 0, best: 0, ranking: 0, rating: 0 };
  for (const { kind } of statements) counts[kind] += 1;
  const firstStatements = statements.slice(0, shown);
  const named = firstStatements.flatMap((said) => itemsOf(said));
  return {
    files,
    join: report,
    candidates: ids.length,
    dimension: vectors?.dimension ?? 0,
    prompts: prompts ? new Set(prompts.filter((prompt) => prompt !== undefined)).size : 0,
    statements: counts,
    firstCandidates: ids.slice(0, shown).map((id, row) => ({
      id,
      text: orNull(texts?.[row]),
      prompt: orNull(prompts?.[row]),
      group: orNull(groups?.[row]),
      values: vectors
        ? [
            ...vectors.values.subarray(
              row * vectors.dimension,
              row * vectors.dimension + Math.min(shown, vectors.dimension),
            ),
          ]
        : [],
    })),
    firstStatements,
    names: Object.fromEntries(named.map((row) => [row, shortly(texts?.[row] ?? ids[row])])),
  };
}

const orNull = (text: string | undefined): string | null => (text === undefined ? null : shortly(text));
