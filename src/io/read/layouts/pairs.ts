import type { Mention } from '../preferences';
import { RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, marginOf, promptRole, role, wordOf } from './cells';
import type { Cells, PreferenceLayout } from './layout';

/** Pairs by ids, by texts or by both, one a row: the page's own CSV, and any simple table. */
export const pairs: PreferenceLayout = {
  name: 'pairs',
  label: 'Pairs: chosen and rejected ids or texts',
  gives: 'preferences',
  roles: [
    role('chosenId', 'chosen id'),
    role('rejectedId', 'rejected id'),
    role('chosen', 'chosen'),
    role('rejected', 'rejected'),
    promptRole,
    role('margin', 'margin'),
    ...aboutRoles,
  ],
  fits: (found) =>
    (found.has('chosenId') && found.has('rejectedId')) ||
    (found.has('chosen') && found.has('rejected') && !found.has('prompt') && !found.typed),
  start: (pen) => ({
    row: (cells) => {
      const [chosen, rejected] = [side(cells, 'chosen'), side(cells, 'rejected')];
      pen.prefer(chosen, rejected, aboutOf(cells), marginOf(cells('margin')));
    },
  }),
};

function side(cells: Cells, which: 'chosen' | 'rejected'): Mention {
  const [id, text, prompt] = [wordOf(cells(`${which}Id`)), wordOf(cells(which)), wordOf(cells('prompt'))];
  if (id === undefined && text === undefined) throw new RowTrouble(`The ${which} one is missing.`);
  return mentionOf(id, text, prompt);
}

/** By id where there is one; else by a text that may be an id. */
export const mentionOf = (
  id: string | undefined,
  text: string | undefined,
  prompt: string | undefined,
): Mention => ({
  ...(id === undefined ? { either: true } : { id }),
  ...(text === undefined ? {} : { text }),
  ...(prompt === undefined ? {} : { prompt }),
});
