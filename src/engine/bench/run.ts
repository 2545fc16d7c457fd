import type { BenchRow, Calls } from '../protocol';
import type { BenchCase } from './cases';
import type { PeerLine } from './line';
import type { Peer } from './peers';

const rounds = 7;
/** A round of one peer lasts about so long, in milliseconds. */
const roundTime = 250;
const countedTimes = 16;

const quantile = (sorted: readonly number[], share: number): number => {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low])! - sorted[low]!);
};

/** A peer of the benchmark and its worker. */
export interface Entrant {
  readonly peer: Pick<Peer, 'name' | 'unit' | 'ours'>;
  readonly adapter: string;
  readonly line: Pick<PeerLine, 'ask'>;
}

/** What has come of an entrant so far. */
interface Standing extends Entrant {
  readonly row: BenchRow;
  times: number;
  calls: Calls | null;
  problem: string | null;
  readonly each: number[];
}

/**
 * One case with all entrants, the first of them the reference: the numbers are compared first, then rounds in turn
 * (A B A B), each synchronised at its end. Who fails drops out with the reason, and the others go on.
 */
export async function runCase(
  { name, per, tolerance }: BenchCase,
  entrants: readonly Entrant[],
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const all: Standing[] = [];
  let reference: Float32Array | null = null;
  for (const entrant of entrants) {
    const { peer, adapter, line } = entrant;
    progress(`${name}: ${peer.name} begins`);
    const standing: Standing = {
      ...entrant,
      row: { case: name, per, peer: peer.name, own: peer.ours, adapter, ...nothingMeasured },
      times: 1,
      calls: null,
      problem: null,
      each: [],
    };
    all.push(standing);
    await attempt(standing, async () => {
      const numbers = await line.ask({ kind: 'start', case: name });
      reference ??= numbers;
      const difference = apart(numbers, reference);
      Object.assign(standing, { row: { ...standing.row, difference } });
      if (!(difference <= tolerance))
        throw new Error(`comes to other numbers: ${difference.toExponential(1)} apart`);
      await warmUp(standing);
    });
  }
  for (let round = 0; round < rounds; round++)
    for (const standing of all.filter(({ problem }) => problem === null)) {
      progress(`${name}: round ${round + 1} of ${rounds}, ${standing.peer.name}`);
      await attempt(standing, async () => {
        const took = await standing.line.ask({ kind: 'run', times: standing.times });
        standing.each.push(took / standing.times);
      });
    }
  for (const { line } of all) await line.ask({ kind: 'end' }).catch(() => null);
  return all.map(({ row, each, calls, problem }) => {
    const sorted = [...each].sort((a, b) => a - b);
    if (problem !== null) return { ...row, problem };
    const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2;
    return { ...row, time: quantile(sorted, 0.5), spread, calls };
  });
}

const nothingMeasured = {
  time: NaN,
  spread: NaN,
  difference: NaN,
  calls: null,
  problem: null,
} as const;

async function attempt(standing: Standing, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    standing.problem = error instanceof Error ? error.message : String(error);
  }
}

/** The largest difference; infinite if not finite. */
function apart(a: Float32Array, b: Float32Array): number {
  let worst = a.length === b.length ? 0 : Infinity;
  a.forEach((value, i) => {
    const difference = Math.abs(value - b[i]!);
    if (!(difference <= worst)) worst = Number.isFinite(difference) ? difference : Infinity;
  });
  return worst;
}

/** Finds how many fill a round, and counts their calls. */
async function warmUp(standing: Standing): Promise<void> {
  const { line, peer } = standing;
  for (let times = 1; ; times = Math.min(4 * times, 4096)) {
    const took = await line.ask({ kind: 'run', times });
    standing.times = Math.min(4096, Math.max(1, Math.round((times * roundTime) / took)));
    if (took > roundTime / 4 || times === 4096) break;
  }
  if (peer.unit !== 'webgpu') return;
  // Of slow ones, fewer: what is counted is the same every time.
  const times = Math.min(countedTimes, Math.max(2, standing.times));
  const calls = await line.ask({ kind: 'count', times });
  standing.calls = Object.fromEntries(
    Object.entries(calls).map(([name, count]) => [name, count / times]),
  ) as unknown as Calls;
}
