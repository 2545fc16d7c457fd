import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cases } from '../../../src/engine/bench/cases.ts';
import { PeerGone, PeerLine, type PeerPort } from '../../../src/engine/bench/line.ts';
import type { Answer, Question } from '../../../src/engine/bench/peer-worker.ts';
import { runCase, type Entrant } from '../../../src/engine/bench/run.ts';

/** A worker that answers as it is told, or not at all. */
class FakeWorker implements PeerPort {
  onmessage: ((event: MessageEvent<Answer>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  terminated = false;
  readonly asked: Question[] = [];
  readonly #answer: (question: Question) => unknown;

  /** @param answer undefined says nothing, an Error is a problem */
  constructor(answer: (question: Question) => unknown) {
    this.#answer = answer;
  }

  postMessage({ id, question }: { id: number; question: Question }): void {
    this.asked.push(question);
    const value = this.#answer(question);
    if (value === undefined) return;
    const data = value instanceof Error ? { id, problem: value.message } : { id, value };
    void Promise.resolve().then(() => this.onmessage!({ data } as MessageEvent<Answer>));
  }

  terminate(): void {
    this.terminated = true;
  }
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the line to a peer', () => {
  it('gives answers and problems', async () => {
    const line = new PeerLine(
      new FakeWorker(({ kind }) => (kind === 'prepare' ? 'a processor' : new Error('not for me'))),
      1000,
    );
    expect(await line.ask({ kind: 'prepare', peer: 'x' })).toBe('a processor');
    await expect(line.ask({ kind: 'start', case: 'y' })).rejects.toThrow('not for me');
  });

  it('ends a worker that says nothing, with what it was asked, and asks it no more', async () => {
    const worker = new FakeWorker(() => undefined);
    const line = new PeerLine(worker, 30_000);
    const asked = expect(line.ask({ kind: 'run', times: 3 })).rejects.toThrow(
      new PeerGone('no answer to “run” within 30 s'),
    );
    await vi.advanceTimersByTimeAsync(29_999);
    expect(worker.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(worker.terminated).toBe(true);
    await expect(line.ask({ kind: 'end' })).rejects.toThrow('no answer');
    expect(worker.asked).toHaveLength(1);
  });

  it('says so when the worker breaks', async () => {
    const worker = new FakeWorker(() => undefined);
    const asked = expect(new PeerLine(worker, 1000).ask({ kind: 'end' })).rejects.toThrow('broke: no memory');
    worker.onerror!({ message: 'no memory' } as ErrorEvent);
    await asked;
  });
});

describe('a case', () => {
  const [linear] = cases;
  const entrant = (name: string, worker: FakeWorker, ours = false): Entrant => ({
    peer: { name, unit: 'webgpu', ours },
    adapter: 'a chip',
    line: new PeerLine(worker, 1000),
  });
  const calls = { dispatches: 32, submits: 16 };
  /** @param milliseconds of one step */
  const peer = (milliseconds: number, numbers = [0.5]) =>
    new FakeWorker((question) => {
      switch (question.kind) {
        case 'prepare':
          return 'a chip';
        case 'start':
          return Float32Array.from(numbers);
        case 'run':
          return question.times * milliseconds;
        case 'count':
          return calls;
        case 'end':
          return null;
      }
    });

  it('takes turns, and tells the median, the spread and the calls of one', async () => {
    const [ours, theirs] = [peer(2), peer(20, [0.500004])];
    const told: string[] = [];
    const rows = await runCase(linear!, [entrant('ours', ours, true), entrant('theirs', theirs)], (text) =>
      told.push(text),
    );
    expect(rows.map(({ peer: name, time, spread, problem }) => [name, time, spread, problem])).toEqual([
      ['ours', 2, 0, null],
      ['theirs', 20, 0, null],
    ]);
    expect(rows[1]!.difference).toBeCloseTo(4e-6, 6);
    // What is too slow for sixteen of them is counted in fewer.
    expect(rows[0]!.calls).toEqual({ dispatches: 2, submits: 1 });
    expect(rows[1]!.calls!.dispatches).toBeCloseTo(32 / 13, 1);
    const rounds = told.filter((text) => text.includes('round')).map((text) => text.split(', ').at(-1));
    expect(rounds).toEqual(Array.from({ length: 14 }, (_, i) => (i % 2 === 0 ? 'ours' : 'theirs')));
  });

  it('shows no speed of one that comes to other numbers, hangs or has a reason', async () => {
    const hanging = new FakeWorker((question) =>
      question.kind === 'start'
        ? Float32Array.of(0.5)
        : question.kind === 'run' && question.times === 1
          ? 300
          : undefined,
    );
    const running = runCase(
      linear!,
      [
        entrant('ours', peer(2), true),
        entrant('wrong', peer(1, [0.50002])),
        entrant('no number', peer(1, [NaN])),
        entrant('hanging', hanging),
        entrant('refusing', new FakeWorker(() => new Error('not for me'))),
      ],
      () => {},
    );
    await vi.advanceTimersByTimeAsync(20_000);
    const rows = await running;
    expect(rows.map(({ problem }) => problem)).toEqual([
      null,
      'comes to other numbers: 2.0e-5 apart',
      'comes to other numbers: Infinity apart',
      'no answer to “count” within 1 s',
      'not for me',
    ]);
    expect(rows.slice(1).every(({ time }) => Number.isNaN(time))).toBe(true);
    expect(hanging.terminated).toBe(true);
  });
});

it('every case that is promised is there, each by a name of its own', () => {
  expect(cases.map(({ task }) => task.kind)).toEqual([
    'train',
    'train',
    'train',
    'sweep',
    'optimise',
    'score',
  ]);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  for (const { task, tolerance } of cases)
    if (task.kind === 'train' || task.kind === 'sweep') expect(tolerance).toBeLessThanOrEqual(1e-5);
});
