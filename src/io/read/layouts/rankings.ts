import type { Mention } from '../preferences';
import { RowTrouble } from '../trouble';
import { aboutOf, aboutRoles, listOf, numberOf, promptRole, role, wordOf } from './cells';
import type { Cells, PreferenceLayout } from './layout';
import { textOf } from './messages';
import { mentionOf } from './pairs';

/** Several answers in order, one ranking a row: a list best first, or a list with ranks (1 is best) beside it. */
export const rankings: PreferenceLayout = {
  name: 'rankings',
  label: 'Rankings, one a row',
  gives: 'preferences',
  roles: [
    role('ranking', 'best first'),
    role('candidates', 'answers'),
    role('ranks', 'their ranks'),
    promptRole,
    ...aboutRoles,
  ],
  fits: (found) =>
    (found.has('candidates') && found.has('ranks') && listOf(found.example('ranks')) !== undefined) ||
    (found.has('ranking') && listOf(found.example('ranking')) !== undefined),
  start: (pen) => ({
    row: (cells) => {
      const { items, ranks } = orderOf(cells);
      pen.rank(items, ranks, aboutOf(cells));
    },
  }),
};

function orderOf(cells: Cells): { items: Mention[]; ranks: number[] } {
  const prompt = cells('prompt') === undefined ? undefined : textOf(cells('prompt'), 'prompt');
  const mentions = (list: readonly unknown[]) =>
    list.map((item) => mentionOf(undefined, wordOf(item) ?? textOf(item, 'answer'), prompt));
  const [candidates, ranks] = [listOf(cells('candidates')), listOf(cells('ranks'))];
  if (candidates && ranks) {
    if (candidates.length !== ranks.length)
      throw new RowTrouble(`There are ${candidates.length} answers, but ${ranks.length} ranks.`);
    return { items: mentions(candidates), ranks: ranks.map((rank) => numberOf(rank, 'rank')) };
  }
  const ranking = listOf(cells('ranking'));
  if (!ranking) throw new RowTrouble('The ranking is missing, or is no list.');
  // A list within the list holds what shares a place.
  const places = ranking.map((item) => (Array.isArray(item) ? (item as unknown[]) : [item]));
  return {
    items: mentions(places.flat()),
    ranks: places.flatMap((tied, place) => tied.map(() => place + 1)),
  };
}
