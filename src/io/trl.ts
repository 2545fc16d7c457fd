import type { Exporter } from './exporter';
import { exportedPairs, jsonLines } from './pairs';

/** TRL's explicit preference format: {prompt, chosen, rejected}, with a margin where a strength was given. */
export const trl: Exporter = {
  file: 'preferences.jsonl',
  type: 'application/jsonl',
  format: (work) =>
    jsonLines(
      exportedPairs(work).map(({ chosen, rejected, margin }) => ({
        prompt: work.promptOf(chosen),
        chosen: work.textOf(chosen),
        rejected: work.textOf(rejected),
        ...(margin === undefined ? {} : { margin }),
      })),
    ),
};

/** The same with lists of messages. */
export const trlChat: Exporter = {
  file: 'preferences-chat.jsonl',
  type: 'application/jsonl',
  format: (work) => {
    const answer = (content: string) => [{ role: 'assistant', content }];
    return jsonLines(
      exportedPairs(work).map(({ chosen, rejected, margin }) => ({
        prompt: [{ role: 'user', content: work.promptOf(chosen) }],
        chosen: answer(work.textOf(chosen)),
        rejected: answer(work.textOf(rejected)),
        ...(margin === undefined ? {} : { margin }),
      })),
    );
  },
};
