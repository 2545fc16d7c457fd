import type { Calls } from '../protocol';
import { cases } from './cases';
import { countCalls } from './counting';
import { allPeers } from './all-peers';
import type { Runner } from './runner';

/** What the benchmark asks of the worker of one peer, and what each gives. */
export interface Asked {
  /** Gets the peer ready. @returns its adapter */
  prepare: { peer: string; gives: string };
  /** Begins a case, and does it so often. @returns what the numbers are then */
  start: { case: string; gives: Float32Array };
  /** @returns the milliseconds that so many took */
  run: { times: number; gives: number };
  /** @returns the calls of so many */
  count: { times: number; gives: Calls };
  end: { gives: null };
}

export type Question = { [Kind in keyof Asked]: { kind: Kind } & Omit<Asked[Kind], 'gives'> }[keyof Asked];
export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly problem: string });

/** The one peer of this worker. */
export class PeerWorker {
  #peer: Awaited<ReturnType<typeof allPeers>>[number] | null = null;
  #runner: Runner | null = null;

  async answer(id: number, question: Question): Promise<Answer> {
    try {
      return { id, value: await this.#do(question) };
    } catch (error) {
      return { id, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  async #do(question: Question): Promise<unknown> {
    switch (question.kind) {
      case 'prepare':
        this.#peer = (await allPeers()).find(({ name }) => name === question.peer)!;
        return this.#peer.prepare();
      case 'start': {
        const { task, comparedAfter } = cases.find(({ name }) => name === question.case)!;
        this.#runner = this.#peer!.start(task);
        await this.#runner.run(comparedAfter);
        return this.#runner.numbers();
      }
      case 'run': {
        const started = performance.now();
        await this.#runner!.run(question.times);
        return performance.now() - started;
      }
      case 'count':
        return countCalls(() => this.#runner!.run(question.times));
      case 'end':
        this.#runner?.dispose();
        this.#runner = null;
        return null;
    }
  }
}
