import type { About } from '../preferences';
import { quoted, RowTrouble } from '../trouble';
import type { Cells, Role } from './layout';
import { names } from './names';

/** Roles that many layouts share, and how their cells are read. */

export const role = (name: keyof typeof names, label: string, as: string = name): Role => ({
  name: as,
  label,
  guesses: names[name],
});

export const promptRole = role('prompt', 'prompt');
export const aboutRoles: readonly Role[] = [
  role('annotator', 'annotator'),
  role('criterion', 'criterion'),
  role('heldOut', 'held out'),
];

export function aboutOf(cells: Cells): About {
  return {
    annotator: wordOf(cells('annotator')),
    criterion: wordOf(cells('criterion')),
    heldOut: ['1', 'true', 'yes'].includes((wordOf(cells('heldOut')) ?? '').toLowerCase()),
  };
}

/** A short text or a number, as text. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  return undefined;
}

/** A number. @throws RowTrouble where it is none */
export function numberOf(value: unknown, what: string): number {
  const number =
    typeof value === 'number' || typeof value === 'bigint'
      ? Number(value)
      : typeof value === 'string' && value.trim() !== ''
        ? Number(value)
        : NaN;
  if (!Number.isFinite(number)) throw new RowTrouble(`The ${what} is ${quoted(value)}, which is no number.`);
  return number;
}

/** A margin; undefined where the cell is empty. @throws RowTrouble where it is no number or below 0 */
export function marginOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const margin = numberOf(value, 'margin');
  if (margin < 0)
    throw new RowTrouble(`The margin is ${margin}: below 0, the rejected one would be the better.`);
  return margin;
}

/** A list that is one, or is written as JSON in a text. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
  } catch {
    return undefined;
  }
}
