import type { BenchReport, BenchRow } from '../engine/protocol';
import { startBenchWorker } from './engine';

export type { BenchRow };

/** The part of a Worker that is used. */
interface BenchPort {
  onmessage: ((event: MessageEvent<BenchReport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

/** One benchmark of this device: how fast each way to train is, beside the others. */
export class Bench {
  #rows: readonly BenchRow[] = $state.raw([]);
  #progress: string | null = $state.raw(null);
  #problem: string | null = $state.raw(null);
  #finished = $state.raw(false);
  #port: BenchPort | null = null;
  readonly #start: () => BenchPort;

  constructor(start: () => BenchPort = startBenchWorker) {
    this.#start = start;
  }

  get rows(): readonly BenchRow[] {
    return this.#rows;
  }

  /** What is measured now; null while nothing is. */
  get progress(): string | null {
    return this.#progress;
  }

  get problem(): string | null {
    return this.#problem;
  }

  get finished(): boolean {
    return this.#finished;
  }

  run(): void {
    this.stop();
    this.#rows = [];
    this.#problem = null;
    this.#finished = false;
    this.#progress = 'starting';
    this.#port = this.#start();
    this.#port.onmessage = ({ data }) => this.#take(data);
    this.#port.onerror = ({ message }) => {
      this.#problem = `The benchmark broke off: ${message || 'its worker stopped'}.`;
      this.stop();
    };
  }

  #take(report: BenchReport): void {
    switch (report.kind) {
      case 'progress':
        this.#progress = report.text;
        break;
      case 'rows':
        this.#rows = [...this.#rows, ...report.rows];
        break;
      case 'done':
        this.#finished = true;
        this.stop();
        break;
      default:
        report satisfies never;
    }
  }

  stop(): void {
    this.#port?.terminate();
    this.#port = null;
    this.#progress = null;
  }

  /** Everything that was measured. @param date of the measurement @param device it was made on */
  json(
    date: Date,
    { userAgent, hardwareConcurrency }: Pick<Navigator, 'userAgent' | 'hardwareConcurrency'>,
  ): string {
    const device = { userAgent, hardwareConcurrency };
    return JSON.stringify({ date: date.toISOString(), device, rows: this.#rows }, null, 2);
  }
}

/**
 * How many times faster than a peer the fastest way of the page's own is.
 * @returns null for the page's own, or where there is nothing to compare
 */
export function timesFaster(row: BenchRow, rows: readonly BenchRow[]): number | null {
  const own = rows.filter((other) => other.own && other.case === row.case && !other.problem);
  if (row.own || row.problem || own.length === 0) return null;
  return row.time / Math.min(...own.map(({ time }) => time));
}
