import type { Exporter } from './exporter';
import { exportedPairs, jsonLines } from './pairs';

/** Anthropic's hh-rlhf: whole transcripts with Human and Assistant turns. */
export const hhRlhf: Exporter = {
  file: 'hh-rlhf.jsonl',
  type: 'application/jsonl',
  format: (work) => {
    const transcript = (text: string) => `\n\nHuman: ${work.prompt}\n\nAssistant: ${text}`;
    return jsonLines(
      exportedPairs(work).map(({ chosen, rejected }) => ({
        chosen: transcript(work.textOf(chosen)),
        rejected: transcript(work.textOf(rejected)),
      })),
    );
  },
};
