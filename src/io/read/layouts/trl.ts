import { RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, marginOf, promptRole, role } from './cells';
import type { PreferenceLayout } from './layout';
import { inCommon, isConversation, messagesOf, textOf, transcript } from './messages';

/**
 * TRL's preferences: `chosen` and `rejected` as texts or conversations, with the prompt beside them (explicit) or
 * within both (implicit), and a margin where one was given. (TRL, "Dataset formats and types")
 */
export const trl: PreferenceLayout = {
  name: 'trl',
  label: 'TRL: chosen and rejected',
  gives: 'preferences',
  roles: [
    role('chosen', 'chosen'),
    role('rejected', 'rejected'),
    promptRole,
    role('margin', 'margin'),
    ...aboutRoles,
  ],
  fits: (found) => found.has('chosen') && found.has('rejected'),
  start: (pen) => ({
    row: (cells) => {
      const { prompt, chosen, rejected } = parted(cells('prompt'), cells('chosen'), cells('rejected'));
      if (chosen === rejected) throw new RowTrouble('Chosen and rejected are the same.');
      pen.prefer(
        { text: chosen, prompt },
        { text: rejected, prompt },
        aboutOf(cells),
        marginOf(cells('margin')),
      );
    },
  }),
};

interface Parted {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

function parted(prompt: unknown, chosen: unknown, rejected: unknown): Parted {
  if (prompt !== undefined)
    return {
      prompt: textOf(prompt, 'prompt'),
      chosen: textOf(chosen, 'chosen answer'),
      rejected: textOf(rejected, 'rejected answer'),
    };
  if (isConversation(chosen) && isConversation(rejected)) {
    const [one, other] = [messagesOf(chosen), messagesOf(rejected)];
    const shared = Math.min(inCommon(one, other), one.length - 1, other.length - 1);
    return {
      prompt: shared > 0 ? transcript(one.slice(0, shared)) : '',
      chosen: transcript(one.slice(shared)),
      rejected: transcript(other.slice(shared)),
    };
  }
  return implicit(textOf(chosen, 'chosen answer'), textOf(rejected, 'rejected answer'));
}

/** What both begin with is the prompt, less the space before the first difference. (TRL, `extract_prompt`) */
function implicit(chosen: string, rejected: string): Parted {
  let end = 0;
  while (end < Math.min(chosen.length, rejected.length) && chosen[end] === rejected[end]) end += 1;
  if (end > 0 && chosen[end - 1] === ' ') end -= 1;
  // One is the beginning of the other: an answer must be left on both sides.
  if (end >= chosen.length || end >= rejected.length) end = 0;
  return { prompt: chosen.slice(0, end), chosen: chosen.slice(end), rejected: rejected.slice(end) };
}
