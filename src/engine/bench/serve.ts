import type { BenchReport } from '../protocol';
import { allPeers } from './all-peers';
import { cases } from './cases';
import { PeerLine, startPeerWorker } from './line';
import { runCase, type Entrant } from './run';

/** Nothing takes so long, in milliseconds, but what never ends. */
const patience = 90_000;

/** Runs the benchmark, case by case, each peer in a worker of its own. */
export async function serve(post: (report: BenchReport) => void): Promise<void> {
  const progress = (text: string) => post({ kind: 'progress', text });
  const wanted = cases.filter(({ name }) => name.includes(import.meta.env.VITE_BENCH_CASE ?? ''));
  const entrants: Entrant[] = [];
  const lines: PeerLine[] = [];
  const missing: { name: string; ours: boolean; problem: string }[] = [];
  for (const peer of await allPeers()) {
    progress(`${peer.name} gets ready`);
    const line = new PeerLine(startPeerWorker(peer.name), patience);
    lines.push(line);
    try {
      entrants.push({ peer, line, adapter: await line.ask({ kind: 'prepare', peer: peer.name }) });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      missing.push({ name: peer.name, ours: peer.ours, problem });
    }
  }
  for (const one of wanted) {
    const rows = await runCase(one, entrants, progress);
    const absent = missing.map(({ name, ours, problem }) => ({
      case: one.name,
      per: one.per,
      peer: name,
      own: ours,
      adapter: '',
      time: NaN,
      spread: NaN,
      difference: NaN,
      calls: null,
      problem,
    }));
    post({ kind: 'rows', rows: [...rows, ...absent] });
  }
  for (const line of lines) line.close();
  post({ kind: 'done' });
}
