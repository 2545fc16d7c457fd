import { RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, numberOf, promptRole, role, wordOf } from './cells';
import type { Cells, PreferenceLayout } from './layout';
import { textOf } from './messages';
import { names } from './names';
import { mentionOf } from './pairs';

/** HelpSteer's aspects, each a column of its own. */
const aspects = [
  'helpfulness',
  'correctness',
  'coherence',
  'complexity',
  'verbosity',
  'honesty',
  'harmlessness',
  'truthfulness',
  'instruction_following',
];

/** As many columns of numbers are rather an embedding. */
const fewest = 16;

/** One thing and its score a row, or one column of scores for each criterion. */
export const ratings: PreferenceLayout = {
  name: 'ratings',
  label: 'Ratings',
  gives: 'preferences',
  roles: [
    role('id', 'id'),
    role('text', 'text'),
    role('score', 'score'),
    { name: 'aspects', label: 'scores by criterion', guesses: aspects, several: true },
    promptRole,
    ...aboutRoles,
  ],
  fits: (found) =>
    (found.has('id') || found.has('text')) &&
    (found.has('score') || found.has('aspects')) &&
    !names.vector.some((name) => found.column(name)) &&
    found.numeric < fewest,
  start: (pen) => ({
    row: (cells) => {
      const item = itemOf(cells);
      const about = aboutOf(cells);
      const scores = cells.all('aspects').filter(([, value]) => value !== undefined);
      if (cells('score') === undefined && scores.length === 0) throw new RowTrouble('The score is missing.');
      if (cells('score') !== undefined) pen.rate(item, numberOf(cells('score'), 'score'), about);
      for (const [criterion, value] of scores)
        pen.rate(item, numberOf(value, criterion), { ...about, criterion });
    },
  }),
};

/** TRL's unpaired preferences: a completion and whether it is desirable; the ends of the rating scale. */
export const unpaired: PreferenceLayout = {
  name: 'unpaired',
  label: 'TRL: completions, good or bad',
  gives: 'preferences',
  roles: [
    role('id', 'id'),
    role('text', 'completion'),
    { ...role('desired', 'good?') },
    promptRole,
    ...aboutRoles,
  ],
  fits: (found) =>
    found.has('text') &&
    found.has('desired') &&
    found.has('prompt') &&
    truth(found.example('desired')) !== undefined,
  start: (pen) => {
    pen.scale = [0, 1];
    return {
      row: (cells) => {
        const good = truth(cells('desired'));
        if (good === undefined) throw new RowTrouble('The label is neither true nor false.');
        pen.rate(itemOf(cells), good ? 1 : 0, aboutOf(cells));
      },
    };
  },
};

function truth(value: unknown): boolean | undefined {
  const word = wordOf(value)?.toLowerCase();
  return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : undefined;
}

function itemOf(cells: Cells) {
  const prompt = cells('prompt') === undefined ? undefined : textOf(cells('prompt'), 'prompt');
  const id = wordOf(cells('id'));
  const text = cells('text') === undefined ? undefined : textOf(cells('text'), 'text');
  if (id === undefined && text === undefined) throw new RowTrouble('The rated one is missing.');
  return mentionOf(id, text, prompt);
}
