import type { About, Mention } from '../preferences';
import { RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, numberOf, promptRole, role, wordOf } from './cells';
import type { PreferenceLayout } from './layout';
import { mentionOf } from './pairs';

/** One answer a row with its rank (1 is best); rows of one prompt, or one ranking, belong together. */
export const rankedRows: PreferenceLayout = {
  name: 'ranked-rows',
  label: 'Rankings, one answer a row',
  gives: 'preferences',
  roles: [
    {
      name: 'together',
      label: 'ranking',
      guesses: ['ranking', 'ranking_id', 'group', 'group_id', 'comparison', 'task', 'prompt_id', 'query_id'],
    },
    promptRole,
    role('id', 'id'),
    role('text', 'text'),
    role('rank', 'rank'),
    ...aboutRoles,
  ],
  fits: (found) =>
    found.has('rank') &&
    (found.has('id') || found.has('text')) &&
    (found.has('together') || found.has('prompt')),
  start: (pen) => {
    const open = new Map<string, { items: Mention[]; ranks: number[]; about: About; row: number }>();
    return {
      row: (cells) => {
        const [id, text, prompt] = [wordOf(cells('id')), wordOf(cells('text')), wordOf(cells('prompt'))];
        const together = wordOf(cells('together')) ?? prompt;
        if (together === undefined) throw new RowTrouble('It does not say which ranking it belongs to.');
        if (id === undefined && text === undefined) throw new RowTrouble('The ranked one is missing.');
        const rank = numberOf(cells('rank'), 'rank');
        const about = aboutOf(cells);
        const key = [together, about.annotator ?? '', about.criterion ?? ''].join('\u0000');
        const ranking = open.get(key) ?? { items: [], ranks: [], about, row: pen.row };
        open.set(key, ranking);
        ranking.items.push(mentionOf(id, text, prompt));
        ranking.ranks.push(rank);
      },
      end: () => {
        for (const { items, ranks, about, row } of open.values()) {
          pen.row = row;
          pen.attempt(() => pen.rank(items, ranks, about));
        }
      },
    };
  },
};
