import type { BenchReport } from '../protocol';
import { peers } from './peers';
import { cases, runCase } from './run';

/** Peers that are only compared with, not shipped: `npm run bench` has them. */
const extraPeers = async () =>
  import.meta.env.MODE === 'bench' ? (await import('./extra-peers')).extraPeers : [];

/** Runs the benchmark, case by case. */
export async function serve(post: (report: BenchReport) => void): Promise<void> {
  const all = [...peers, ...(await extraPeers())];
  for (const one of cases) {
    const rows = await runCase(one, all, (text) => post({ kind: 'progress', text }));
    post({ kind: 'rows', rows });
  }
  post({ kind: 'done' });
}
