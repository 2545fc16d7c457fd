import { describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../src/domain/settings.ts';
import type { Command, Report } from '../../src/engine/protocol.ts';
import { connect, type Port } from '../../src/state/engine.ts';
import { cpuChoice, rewardPoint } from './fakes.ts';

/** A worker's end of the line that only remembers. */
function fakePort() {
  const posted: Command[] = [];
  const terminate = vi.fn<() => void>();
  const port: Port = {
    postMessage: (command) => posted.push(command),
    onmessage: null,
    onerror: null,
    terminate,
  };
  return {
    port,
    terminate,
    posted,
    says: (report: Report) => port.onmessage?.({ data: report } as MessageEvent<Report>),
    breaks: (message: string) => {
      const event = { message, preventDefault: vi.fn() };
      port.onerror?.(event as unknown as ErrorEvent);
      return event;
    },
  };
}

function call() {
  const far = fakePort();
  const reports: Report[] = [];
  const onCrash = vi.fn<(message: string) => void>();
  const line = connect(far.port, (report) => reports.push(report), onCrash);
  return { ...far, line, reports, onCrash };
}

/** How a promise ended, or that it has not. */
const outcome = (promise: Promise<unknown>) =>
  Promise.race([promise.catch((error: Error) => error), Promise.resolve('waiting')]);

describe('the line to the worker', () => {
  it('passes commands on', () => {
    const { line, posted } = call();
    line.send({ kind: 'play', stage: 'loop' });
    line.send({ kind: 'configure', settings: defaultSettings });
    expect(posted).toEqual([
      { kind: 'play', stage: 'loop' },
      { kind: 'configure', settings: defaultSettings },
    ]);
  });

  it('tells whoever asked how far it is, until the answer comes, and nobody else', async () => {
    const { line, posted, says, reports } = call();
    const [one, other] = [[] as number[], [] as number[]];
    const judged = line.request({ kind: 'judge-labels' }, (share) => one.push(share));
    void line.request({ kind: 'judge-labels' }, (share) => other.push(share));
    void line.request({ kind: 'rewards' });
    const [request, , silent] = posted.map((command) => ('request' in command ? command.request : NaN));
    says({ kind: 'progress', request: request!, share: 0.25 });
    says({ kind: 'progress', request: silent!, share: 0.5 });
    says({ kind: 'done', request: request!, result: null });
    says({ kind: 'progress', request: request!, share: 0.75 });
    await judged;
    expect([one, other, reports]).toEqual([[0.25], [], []]);
  });

  it('gives each request a number of its own and matches the answers, in whatever order they come', async () => {
    const { line, posted, says, reports } = call();
    const train = line.request({ kind: 'train', steps: 5 });
    const rewards = line.request({ kind: 'rewards' });
    const numbers = posted.map((command) => ('request' in command ? command.request : NaN));
    expect(posted).toEqual([
      { kind: 'train', steps: 5, request: numbers[0] },
      { kind: 'rewards', request: numbers[1] },
    ]);
    expect(new Set(numbers).size).toBe(2);

    says({ kind: 'done', request: numbers[1]!, result: Float32Array.of(1, 2) });
    expect(await rewards).toEqual(Float32Array.of(1, 2));
    expect(await outcome(train)).toBe('waiting');
    says({ kind: 'done', request: numbers[0]!, result: rewardPoint(5) });
    expect(await train).toEqual(rewardPoint(5));
    expect(reports).toEqual([]);
  });

  it('rejects a request that failed, and only that one', async () => {
    const { line, says } = call();
    const first = line.request({ kind: 'train', steps: 5 });
    const second = line.request({ kind: 'train', steps: 5 });
    says({ kind: 'failed', request: 1, message: 'There is no comparison.' });
    await expect(first).rejects.toThrow('There is no comparison.');
    expect(await outcome(second)).toBe('waiting');
  });

  it('does not mind an answer that nobody waits for', () => {
    const { says } = call();
    says({ kind: 'done', request: 99, result: null });
    says({ kind: 'failed', request: 99, message: 'too late' });
  });

  it('reports everything else', () => {
    const { says, reports } = call();
    const ready: Report = { kind: 'ready', choice: cpuChoice };
    const note: Report = { kind: 'note', note: { topic: 'data', text: 'There is nothing.' } };
    says(ready);
    says(note);
    expect(reports).toEqual([ready, note]);
  });
});

describe('a worker that breaks', () => {
  it('rejects all that was waited for, with the reason, and says so once', async () => {
    const { line, breaks, onCrash } = call();
    const waiting = [line.request({ kind: 'rewards' }), line.request({ kind: 'train', steps: 1 })];
    const event = breaks('out of memory');
    for (const promise of waiting) await expect(promise).rejects.toThrow('out of memory');
    expect(onCrash.mock.calls).toEqual([['out of memory']]);
    expect(event.preventDefault).toHaveBeenCalled();
  });

  it('says that it could not be loaded where the browser gives no reason', () => {
    const { breaks, onCrash } = call();
    breaks('');
    expect(onCrash).toHaveBeenCalledWith('it could not be loaded');
  });

  it('is shut down, and heard no more: an uncaught error alone does not end a worker', () => {
    const { terminate, breaks, says, reports, onCrash } = call();
    breaks('out of memory');
    expect(terminate).toHaveBeenCalledOnce();
    says({ kind: 'ready', choice: cpuChoice });
    breaks('again');
    expect(reports).toEqual([]);
    expect(onCrash).toHaveBeenCalledOnce();
  });

  it('ends the worker when it is stopped: what is waited for fails, and nothing is heard any more', async () => {
    const { line, terminate, says, reports, onCrash } = call();
    const train = line.request({ kind: 'train', steps: 5 });
    line.stop();
    expect(terminate).toHaveBeenCalledOnce();
    await expect(train).rejects.toThrow('The engine stopped: it was not needed any more.');
    says({ kind: 'ready', choice: cpuChoice });
    expect(reports).toEqual([]);
    expect(onCrash).not.toHaveBeenCalled();
  });
});
