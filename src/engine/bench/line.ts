import type { Answer, Asked, Question } from './peer-worker';

/** The part of a Worker that is used. */
export interface PeerPort {
  postMessage(message: { id: number; question: Question }): void;
  onmessage: ((event: MessageEvent<Answer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** The same worker script, for one peer: alone in it, a peer that hangs can be ended, and backends do not meet. */
export const startPeerWorker = (name: string): PeerPort =>
  new Worker(self.location.href, { type: 'module', name: `bench: ${name}` });

/** Thrown when a peer is no more: it hung, or its worker broke. */
export class PeerGone extends Error {}

/** Asks the worker of a peer, one question at a time, and does not wait for ever. */
export class PeerLine {
  readonly #port: PeerPort;
  readonly #patience: number;
  #id = 0;
  #gone: PeerGone | null = null;
  #fail: (error: PeerGone) => void = () => {};

  /** @param patience milliseconds for one answer */
  constructor(port: PeerPort, patience: number) {
    this.#port = port;
    this.#patience = patience;
    port.onerror = ({ message }) => this.#end(`its worker broke: ${message || 'it stopped'}`);
  }

  /** @throws PeerGone when no answer comes, Error when the peer gives a reason */
  ask<Kind extends keyof Asked>(
    question: { kind: Kind } & Omit<Asked[Kind], 'gives'>,
  ): Promise<Asked[Kind]['gives']> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = ++this.#id;
    return new Promise<Asked[Kind]['gives']>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#end(`no answer to “${question.kind}” within ${Math.round(this.#patience / 1000)} s`),
        this.#patience,
      );
      this.#fail = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      this.#port.onmessage = ({ data }) => {
        if (data.id !== id) return;
        clearTimeout(timer);
        if ('problem' in data) reject(new Error(data.problem));
        else resolve(data.value as Asked[Kind]['gives']);
      };
      this.#port.postMessage({ id, question: question as Question });
    });
  }

  #end(reason: string): void {
    this.#gone = new PeerGone(reason);
    this.#port.terminate();
    this.#fail(this.#gone);
  }

  close(): void {
    this.#port.terminate();
  }
}
