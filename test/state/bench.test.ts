import { expect, it } from 'vitest';
import type { BenchReport, BenchRow } from '../../src/engine/protocol.ts';
import { Bench, timesFaster } from '../../src/state/bench.svelte.ts';

const row = (peer: string, own: boolean, time: number, problem: string | null = null): BenchRow => ({
  case: 'linear',
  per: 'step',
  peer,
  own,
  adapter: 'processor',
  time,
  spread: 0,
  difference: 0,
  calls: null,
  problem,
});

class FakePort {
  onmessage: ((event: MessageEvent<BenchReport>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  terminated = false;

  say(data: BenchReport): void {
    this.onmessage!({ data } as MessageEvent<BenchReport>);
  }

  terminate(): void {
    this.terminated = true;
  }
}

it('collects what the worker reports, and lets go of it at the end', () => {
  const port = new FakePort();
  const bench = new Bench(() => port);
  expect(bench.progress).toBeNull();
  bench.run();
  expect(bench.progress).toBe('starting');
  port.say({ kind: 'progress', text: 'linear' });
  expect(bench.progress).toBe('linear');
  port.say({ kind: 'rows', rows: [row('ours', true, 1)] });
  port.say({ kind: 'rows', rows: [row('theirs', false, 5)] });
  expect([bench.rows.length, bench.finished, port.terminated]).toEqual([2, false, false]);
  port.say({ kind: 'done' });
  expect([bench.progress, bench.finished, port.terminated]).toEqual([null, true, true]);
  const saved = JSON.parse(bench.json(new Date(0), { userAgent: 'a browser', hardwareConcurrency: 2 })) as {
    date: string;
    rows: BenchRow[];
  };
  expect(saved.date).toBe('1970-01-01T00:00:00.000Z');
  expect(saved.rows).toEqual(bench.rows);
  bench.run();
  expect([bench.rows.length, bench.finished]).toEqual([0, false]);
});

it('says so when its worker breaks off', () => {
  const port = new FakePort();
  const bench = new Bench(() => port);
  bench.run();
  port.onerror!({ message: 'out of memory' } as ErrorEvent);
  expect(bench.problem).toBe('The benchmark broke off: out of memory.');
  expect([bench.progress, port.terminated]).toEqual([null, true]);
});

it('compares others with the fastest of its own that could be measured', () => {
  const rows = [row('a', true, 2), row('b', true, 0.1, 'no'), row('c', false, 9), row('d', false, 1, 'no')];
  expect(rows.map((one) => timesFaster(one, rows))).toEqual([null, null, 4.5, null]);
  expect(timesFaster(rows[2]!, [rows[2]!])).toBeNull();
});
