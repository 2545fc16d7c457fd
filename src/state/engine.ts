import type { Command, Report, RequestResult } from '../engine/protocol';

type Request = Extract<Command, { request: number }>;
type WithoutNumber<T> = T extends unknown ? Omit<T, 'request'> : never;

/** What the page needs of the engine; tests put their own in its place. */
export interface EngineLine {
  send(command: Exclude<Command, Request>): void;
  /** @param onProgress hears how much of it is done, 0 to 1, where the engine tells */
  request(command: WithoutNumber<Request>, onProgress?: (share: number) => void): Promise<RequestResult>;
  /** Ends the engine for good; what is waited for fails. */
  stop(): void;
}

export type StartEngine = (
  onReport: (report: Report) => void,
  onCrash: (message: string) => void,
) => EngineLine;

/** The worker's phone: numbers the requests and matches the answers. */
export const startWorker: StartEngine = (onReport, onCrash) => {
  const worker = new Worker(new URL('../engine/worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  });
  return connect(worker, onReport, onCrash);
};

/** The same worker with nothing to do but measure. */
export const startBenchWorker = (): Worker =>
  new Worker(new URL('../engine/worker.ts', import.meta.url), { type: 'module', name: 'bench' });

/** The part of a Worker that is used. */
export interface Port {
  postMessage(command: Command): void;
  onmessage: ((event: MessageEvent<Report>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export function connect(
  port: Port,
  onReport: (report: Report) => void,
  onCrash: (message: string) => void,
): EngineLine {
  const waiting = new Map<
    number,
    {
      resolve: (result: RequestResult) => void;
      reject: (error: Error) => void;
      onProgress: ((share: number) => void) | undefined;
    }
  >();
  let last = 0;

  const settle = (request: number, act: (promise: NonNullable<ReturnType<typeof waiting.get>>) => void) => {
    const promise = waiting.get(request);
    waiting.delete(request);
    if (promise) act(promise);
  };

  port.onmessage = ({ data }) => {
    if (data.kind === 'done') settle(data.request, ({ resolve }) => resolve(data.result));
    else if (data.kind === 'failed') settle(data.request, ({ reject }) => reject(new Error(data.message)));
    else if (data.kind === 'progress') waiting.get(data.request)?.onProgress?.(data.share);
    else onReport(data);
  };
  const stop = (message: string) => {
    port.onmessage = port.onerror = null;
    port.terminate();
    for (const { reject } of waiting.values()) reject(new Error(`The engine stopped: ${message}.`));
    waiting.clear();
  };
  port.onerror = (event) => {
    event.preventDefault();
    // An uncaught error does not end a worker: it would go on beside the one that takes its place.
    const message = event.message || 'it could not be loaded';
    stop(message);
    onCrash(message);
  };

  return {
    send: (command) => port.postMessage(command),
    request: (command, onProgress) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject, onProgress });
        port.postMessage({ ...command, request: last });
      }),
    stop: () => stop('it was not needed any more'),
  };
}
