import type { Question } from './bench/peer-worker';
import '../scenarios/all';
import type { Command, Report } from './protocol';
import { Session } from './session';

/** The worker: the only file that touches `self`. Arrays of a report are handed over, not copied. */

const buffersOf = (report: Report): ArrayBufferLike[] => {
  if (report.kind === 'done') return report.result instanceof Float32Array ? [report.result.buffer] : [];
  if (report.kind !== 'frame') return [];
  const { reward, policy } = report;
  const arrays = [
    reward?.rewards,
    reward?.field?.values,
    reward?.disagreement?.values,
    policy?.ratios,
    policy?.trackedValues,
  ];
  return arrays.flatMap((array) => (array ? [array.buffer] : []));
};

/** The page names the worker that measures; that one names those it starts. They have no run to keep. */
if (self.name === 'bench')
  void import('./bench/serve').then(({ serve }) => serve((report) => self.postMessage(report)));
else if (self.name.startsWith('bench: ')) {
  const worker = import('./bench/peer-worker').then(({ PeerWorker }) => new PeerWorker());
  self.onmessage = async ({ data }: MessageEvent<{ id: number; question: Question }>) =>
    self.postMessage(await (await worker).answer(data.id, data.question));
} else {
  const session = new Session((report) => self.postMessage(report, buffersOf(report) as ArrayBuffer[]));
  self.onmessage = ({ data }: MessageEvent<Command>) => session.handle(data);
  void session.run();
}
