import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ReadCommand, ReadReport } from '../../../src/io/read/protocol.ts';
import { serve } from '../../../src/io/read/serve.ts';
import { connectReader, startReader, type ReaderPort } from '../../../src/state/reader.ts';
import { fixture } from './reading.ts';

/** The worker's side and the page's, with structured clones between them, as between a page and its worker. */
function connected() {
  const port: ReaderPort = {
    postMessage: () => undefined,
    onmessage: null,
    onerror: null,
    terminate: () => undefined,
  };
  const reports: ReadReport['kind'][] = [];
  const handle = serve((report, transfer) => {
    const data = structuredClone(report, { transfer });
    reports.push(data.kind);
    queueMicrotask(() => port.onmessage?.({ data } as MessageEvent<ReadReport>));
  });
  port.postMessage = (command: ReadCommand) => queueMicrotask(() => handle(command));
  return { line: connectReader(port), reports, port };
}

const file = (name: string, content: string | Uint8Array) =>
  new File([typeof content === 'string' ? content : Uint8Array.from(content)], name);
const votes = (count: number) => `chosen_id,rejected_id\n${'a,b\n'.repeat(count)}`;

afterEach(() => vi.unstubAllGlobals());

describe('the reader', () => {
  it('is a worker of its own', () => {
    const Worker = vi.fn();
    vi.stubGlobal('Worker', Worker);
    startReader();
    const [url, options] = Worker.mock.calls[0] as [URL, WorkerOptions];
    expect(url.pathname).toMatch(/src\/io\/read\/worker\.ts$/);
    expect(options).toEqual({ type: 'module', name: 'reader' });
  });

  it('previews, then hands over: numbers moved, statements in parts', async () => {
    const { line, reports } = connected();
    const preview = await line.read([file('x.npz', fixture('plain.npz')), file('v.csv', votes(12_000))], {});
    expect(preview).toMatchObject({
      candidates: 4,
      dimension: 3,
      statements: { pair: 12_000, ranking: 0 },
      join: { dropped: 0 },
    });
    expect(preview.firstCandidates[0]).toEqual({
      id: 'a',
      text: null,
      prompt: null,
      group: '0',
      values: [1, 2.5, -3],
    });
    expect(preview.names).toEqual({ 0: 'a', 1: 'b' });
    const taken = await line.take();
    expect(taken.statements).toHaveLength(12_000);
    expect(taken.vectors!.values.length).toBe(12);
    expect(reports.filter((kind) => kind === 'statements')).toHaveLength(3);
    await expect(line.take()).rejects.toThrow('Nothing was read.');
  });

  it('tells how far it is', async () => {
    const { line } = connected();
    const seen: number[] = [];
    await line.read([file('v.csv', votes(400_000))], {}, ({ readBytes, allBytes }) =>
      seen.push(readBytes / allBytes),
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it('stops when it is asked to, and keeps what was read before', async () => {
    const { line } = connected();
    await line.read([file('x.npy', fixture('f4.npy'))], {});
    const reading = line.read([file('v.csv', votes(400_000))], {}, () => line.cancel());
    await expect(reading).rejects.toMatchObject({
      name: 'AbortError',
      message: 'The reading was cancelled.',
    });
    expect((await line.take()).ids).toEqual(['0', '1', '2', '3']);
  });

  it('a second reading takes the place of the first', async () => {
    const { line } = connected();
    const first = line.read([file('v.csv', votes(400_000))], {});
    const second = line.read([file('x.npy', fixture('f4.npy'))], {});
    await expect(first).rejects.toThrow('Another reading began.');
    expect((await second).candidates).toBe(4);
  });

  it('a crash of the worker fails what is waited for', async () => {
    const { line, port } = connected();
    const reading = line.read([file('v.csv', votes(10))], {});
    port.onerror?.({ message: 'out of memory', preventDefault: () => undefined } as ErrorEvent);
    await expect(reading).rejects.toThrow('The reading stopped: out of memory.');
  });
});
