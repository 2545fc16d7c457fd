import type { Joined } from '../io/read/join';
import type { Mappings } from '../io/read/mapping';
import type { Said } from '../io/read/preferences';
import type { Preview, ReadCommand, ReadReport } from '../io/read/protocol';
import type { Progress } from '../io/read/reading';

/** What the page needs of the worker that reads files. */
export interface ReaderLine {
  /**
   * Reads files; read again with other mappings, it starts from the files once more.
   * @throws Error with a sentence; its name is AbortError where the reading was cancelled
   */
  read(
    files: readonly File[],
    mappings: Mappings,
    onProgress?: (progress: Progress) => void,
  ): Promise<Preview>;
  cancel(): void;
  /** What the last preview showed; it can be taken once. */
  take(): Promise<Joined>;
  /** Ends the worker; what is waited for fails. */
  stop(): void;
}

/** The part of a Worker that is used. */
export interface ReaderPort {
  postMessage(command: ReadCommand): void;
  onmessage: ((event: MessageEvent<ReadReport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** Starts the worker that reads files: once somebody brings some. */
export const startReader = (): ReaderLine =>
  connectReader(
    new Worker(new URL('../io/read/worker.ts', import.meta.url), { type: 'module', name: 'reader' }),
  );

interface Waiting {
  readonly done: (result: Preview | Joined) => void;
  readonly failed: (error: Error) => void;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly statements: Said[];
}

/** Numbers the requests and matches the answers. */
export function connectReader(port: ReaderPort): ReaderLine {
  const waiting = new Map<number, Waiting>();
  let last = 0;

  const settle = (request: number, act: (one: Waiting) => void) => {
    const one = waiting.get(request);
    waiting.delete(request);
    if (one) act(one);
  };
  port.onmessage = ({ data }) => {
    switch (data.kind) {
      case 'progress':
        waiting.get(data.request)?.onProgress?.(data.progress);
        return;
      case 'statements':
        waiting.get(data.request)?.statements.push(...data.statements);
        return;
      case 'preview':
        settle(data.request, ({ done }) => done(data.preview));
        return;
      case 'taken':
        settle(data.request, ({ done, statements }) => done({ ...data.data, statements }));
        return;
      case 'failed':
        settle(data.request, ({ failed }) => {
          const error = new Error(data.message);
          if (data.cancelled) error.name = 'AbortError';
          failed(error);
        });
        return;
      default:
        data satisfies never;
    }
  };
  const stop = (message: string) => {
    port.onmessage = port.onerror = null;
    port.terminate();
    for (const { failed } of waiting.values()) failed(new Error(`The reading stopped: ${message}.`));
    waiting.clear();
  };
  port.onerror = (event) => {
    event.preventDefault();
    stop(event.message || 'it could not be loaded');
  };
  const ask = <Result extends Preview | Joined>(
    command: (request: number) => ReadCommand,
    onProgress?: (progress: Progress) => void,
  ) =>
    new Promise<Result>((resolve, reject) => {
      last += 1;
      waiting.set(last, {
        done: (result) => resolve(result as Result),
        failed: reject,
        onProgress,
        statements: [],
      });
      port.postMessage(command(last));
    });

  return {
    read: (files, mappings, onProgress) =>
      ask<Preview>((request) => ({ kind: 'read', request, files, mappings }), onProgress),
    cancel: () => port.postMessage({ kind: 'cancel' }),
    take: () => ask<Joined>((request) => ({ kind: 'take', request })),
    stop: () => stop('it was not needed any more'),
  };
}
