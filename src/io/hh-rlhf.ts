import type { Candidate } from '../domain/candidate';
import type { Exporter } from './exporter';
import { exportedPairs, jsonLines } from './pairs';

/** Anthropic's hh-rlhf: whole transcripts with Human and Assistant turns. */
export const hhRlhf: Exporter = {
  file: 'hh-rlhf.jsonl',
  type: 'application/jsonl',
  format: (work) => {
    const transcript = (candidate: Candidate) =>
      `\n\nHuman: ${work.promptOf(candidate)}\n\nAssistant: ${work.textOf(candidate)}`;
    return jsonLines(
      exportedPairs(work).map(({ chosen, rejected }) => ({
        chosen: transcript(chosen),
        rejected: transcript(rejected),
      })),
    );
  },
};
