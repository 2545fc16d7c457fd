import { checkComparison, type Statement } from '../../../domain/comparison';
import { quoted, RowTrouble } from '../trouble';
import { wordOf } from './cells';
import type { AsideLayout, Found, PreferenceLayout } from './layout';

const formatOf = ({ document }: Found): unknown => (document as { format?: unknown } | undefined)?.format;

/** The page's own JSON of everything recorded. */
export const comparisons: PreferenceLayout = {
  name: 'comparisons',
  label: 'Comparisons of this page',
  gives: 'preferences',
  roles: [],
  fits: (found) => formatOf(found) === 'reward-model-playground/comparisons',
  start: (pen, { document }) => {
    let row = 0;
    const { comparisons: all } = document as { comparisons?: unknown };
    const list: readonly unknown[] = Array.isArray(all) ? all : [];
    return {
      // Of its lists, the candidates are only what the comparisons are about.
      row: () => undefined,
      end: () => {
        for (const given of list) {
          pen.row = row += 1;
          pen.attempt(() => {
            const { statement, annotator } = statementOf(given);
            const mention = (id: number) => pen.mention({ id: String(id) });
            pen.say(renumbered(statement, mention), { annotator });
          });
        }
      },
    };
  },
};

function statementOf(given: unknown): { statement: Statement; annotator: string | undefined } {
  const fields = (given ?? {}) as Record<string, unknown>;
  const kept = [
    'kind',
    'left',
    'right',
    'verdict',
    'strength',
    'shown',
    'best',
    'places',
    'item',
    'score',
    'criterion',
    'note',
  ];
  const statement = Object.fromEntries(
    kept.filter((key) => Object.hasOwn(fields, key)).map((key) => [key, fields[key]]),
  );
  try {
    checkComparison(statement as unknown as Statement, Number.isSafeInteger);
  } catch (error) {
    throw new RowTrouble(error instanceof Error ? error.message : quoted(given));
  }
  return { statement: statement as unknown as Statement, annotator: wordOf(fields.annotator) };
}

/** The same statement about items by other numbers. */
export function renumbered<T extends Statement>(statement: T, number: (item: number) => number): T {
  switch (statement.kind) {
    case 'pair':
      return { ...statement, left: number(statement.left), right: number(statement.right) };
    case 'best':
      return { ...statement, shown: statement.shown.map(number), best: number(statement.best) };
    case 'ranking':
      return { ...statement, shown: statement.shown.map(number) };
    case 'rating':
      return { ...statement, item: number(statement.item) };
  }
}

/** A saved session is opened, not joined to other data. */
export const session: AsideLayout = {
  name: 'session',
  label: 'A session of this page',
  gives: 'nothing',
  roles: [],
  fits: (found) => formatOf(found) === 'reward-model-playground/session',
  why: 'It is a whole session of this page: open it with “Open a session”. As data it gives nothing.',
};

/** Curves are results, not data. */
export const curves: AsideLayout = {
  name: 'curves',
  label: 'Curves of this page',
  gives: 'nothing',
  roles: [],
  fits: (found) => ['stage', 'step', 'metric', 'value'].every((name) => found.column(name)),
  why: 'It holds curves of a run, which are no candidates and no preferences.',
};
