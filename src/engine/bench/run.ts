import type { HeadSpec } from '../reward/head';
import type { BenchRow, Calls } from '../protocol';
import { countCalls } from './counting';
import type { Peer, Runner } from './peers';
import { problemOf } from './problem';

export interface BenchCase {
  readonly name: string;
  readonly spec: Pick<HeadSpec, 'hidden' | 'members'>;
}

export const cases: readonly BenchCase[] = [
  { name: 'linear 768→1', spec: { hidden: [], members: 1 } },
  { name: 'MLP 768-64-64-1', spec: { hidden: [64, 64], members: 1 } },
  { name: '5 × MLP 768-64-64-1', spec: { hidden: [64, 64], members: 5 } },
];

/** Losses further apart than this are not the same training: no speed is reported then. */
const parity = 1e-5;
const paritySteps = 12;
const rounds = 7;
/** A round of one peer lasts about so long, in milliseconds. */
const roundTime = 250;
const countedSteps = 16;

const quantile = (sorted: readonly number[], share: number): number => {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low])! - sorted[low]!);
};

interface Entrant {
  readonly peer: Peer;
  readonly adapter: string;
  readonly runner: Runner;
  readonly difference: number;
  steps: number;
  calls: Calls | null;
  readonly times: number[];
}

/**
 * One case with all peers, the first of them the reference: parity first, then rounds in turn (A B A B), each
 * synchronised at its end.
 */
export async function runCase(
  { name, spec }: BenchCase,
  peers: readonly Peer[],
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const entrants: Entrant[] = [];
  const rows: BenchRow[] = [];
  let reference: number | null = null;
  for (const peer of peers) {
    progress(`${name}: ${peer.name}`);
    const row = {
      case: name,
      peer: peer.name,
      own: peer.ours,
      adapter: '',
      time: NaN,
      spread: NaN,
      difference: NaN,
      calls: null,
    };
    try {
      const adapter = await peer.prepare();
      const runner = await peer.start(problemOf(spec));
      await runner.enter();
      await runner.run(paritySteps);
      const loss = await runner.loss();
      reference ??= loss;
      const difference = Math.abs(loss - reference);
      if (difference <= parity)
        entrants.push({ peer, adapter, runner, difference, steps: 1, calls: null, times: [] });
      else {
        runner.dispose();
        rows.push({ ...row, adapter, difference, problem: 'trains to another loss' });
      }
    } catch (error) {
      rows.push({ ...row, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  for (const entrant of entrants) await warmUp(entrant);
  for (let round = 0; round < rounds; round++)
    for (const entrant of entrants) {
      progress(`${name}: round ${round + 1} of ${rounds}, ${entrant.peer.name}`);
      await entrant.runner.enter();
      const started = performance.now();
      await entrant.runner.run(entrant.steps);
      entrant.times.push((performance.now() - started) / entrant.steps);
    }
  for (const { peer, adapter, runner, difference, times, calls } of entrants) {
    await runner.enter();
    runner.dispose();
    const sorted = [...times].sort((a, b) => a - b);
    rows.push({
      case: name,
      peer: peer.name,
      own: peer.ours,
      adapter,
      time: quantile(sorted, 0.5),
      spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2,
      difference,
      calls,
      problem: null,
    });
  }
  return rows;
}

/** Finds how many steps fill a round, and counts its calls. */
async function warmUp(entrant: Entrant): Promise<void> {
  const { runner, peer } = entrant;
  await runner.enter();
  for (let steps = 1; ; steps = Math.min(4 * steps, 4096)) {
    const started = performance.now();
    await runner.run(steps);
    const took = performance.now() - started;
    entrant.steps = Math.max(1, Math.round((steps * roundTime) / took));
    if (took > roundTime / 4 || steps === 4096) break;
  }
  if (peer.unit !== 'webgpu') return;
  const calls = await countCalls(() => runner.run(countedSteps));
  entrant.calls = Object.fromEntries(
    Object.entries(calls).map(([name, count]) => [name, count / countedSteps]),
  ) as unknown as Calls;
}
