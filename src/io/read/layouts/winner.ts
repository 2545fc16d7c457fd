import type { Verdict } from '../../../domain/comparison';
import { quoted, RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, marginOf, promptRole, role, wordOf } from './cells';
import type { PreferenceLayout } from './layout';
import { mentionOf } from './pairs';

/** Two things and who won, one a row. */
export const winner: PreferenceLayout = {
  name: 'winner',
  label: 'Two things and a winner',
  gives: 'preferences',
  roles: [
    { ...role('a', 'first'), guesses: [...role('a', '').guesses, 'model_a'] },
    { ...role('b', 'second'), guesses: [...role('b', '').guesses, 'model_b'] },
    role('winner', 'winner'),
    promptRole,
    role('margin', 'margin'),
    ...aboutRoles,
  ],
  fits: (found) => found.has('a') && found.has('b') && found.has('winner'),
  start: (pen) => ({
    row: (cells) => {
      const [a, b, prompt] = [wordOf(cells('a')), wordOf(cells('b')), wordOf(cells('prompt'))];
      if (a === undefined || b === undefined) throw new RowTrouble('One of the two is missing.');
      const verdict = verdictOf(cells('winner'), a, b);
      const [left, right] = [mentionOf(undefined, a, prompt), mentionOf(undefined, b, prompt)];
      const margin = verdict === 'left' || verdict === 'right' ? marginOf(cells('margin')) : undefined;
      pen.say(
        { kind: 'pair', left: pen.mention(left), right: pen.mention(right), verdict },
        aboutOf(cells),
        margin,
      );
    },
  }),
};

const words: Readonly<Record<Verdict, readonly string[]>> = {
  left: [
    'a',
    'left',
    'first',
    '1',
    'model_a',
    'response_a',
    'answer_a',
    'option_a',
    'item_a',
    'response1',
    '[[a]]',
  ],
  right: [
    'b',
    'right',
    'second',
    '2',
    'model_b',
    'response_b',
    'answer_b',
    'option_b',
    'item_b',
    'response2',
    '[[b]]',
  ],
  tie: ['tie', 'draw', 'equal', 'same', 'both', '=', 'tied', 'both_good', '[[c]]', '0.5'],
  'both-bad': ['both_bad', 'both-bad', 'both bad', 'bothbad', 'tie (bothbad)', 'neither', 'none'],
};

/** Who won: a word for a side, or the winner by its own name. @throws RowTrouble where it is neither */
export function verdictOf(cell: unknown, a?: string, b?: string): Verdict {
  const said = wordOf(cell);
  if (said === undefined) throw new RowTrouble('The winner is missing.');
  if (said === a) return 'left';
  if (said === b) return 'right';
  const word = said.trim().toLowerCase();
  for (const verdict of Object.keys(words) as Verdict[]) if (words[verdict].includes(word)) return verdict;
  throw new RowTrouble(
    `The winner is ${quoted(said)}: neither one of the two nor a word such as a, b, left, right or tie.`,
  );
}
