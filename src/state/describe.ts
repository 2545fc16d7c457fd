import type { Candidate } from '../domain/candidate';
import { orderOf, type Statement } from '../domain/comparison';
import { nameOf } from './dataset';

/** A piece of a comparison's line: a preferred candidate, one that was not, or the sign between two. */
interface Part {
  readonly text: string;
  readonly role: 'chosen' | 'rejected' | 'sign';
}

/** A comparison in pieces, best first: "#3", " ≻ ", "#7", " = ", "#1"; or "#3", " rated 4". */
export function partsOf(comparison: Statement, byId: ReadonlyMap<number, Candidate>): Part[] {
  const name = (id: number) => nameOf(byId.get(id) ?? { id, origin: 'start' });
  const { items, places } = orderOf(comparison);
  if (comparison.kind === 'rating')
    return [
      { text: name(comparison.item), role: 'chosen' },
      { text: ` rated ${comparison.score}`, role: 'sign' },
    ];
  if (comparison.kind === 'best')
    return [
      { text: name(comparison.best), role: 'chosen' },
      { text: ' ≻ ', role: 'sign' },
      { text: items.slice(1).map(name).join(', '), role: 'rejected' },
    ];
  return items.flatMap((id, i): Part[] => [
    ...(i === 0 ? [] : [{ text: places[i] === places[i - 1] ? ' = ' : ' ≻ ', role: 'sign' } as const]),
    { text: name(id), role: places[i] === places[0] ? 'chosen' : 'rejected' },
  ]);
}

/** The same in one line. */
export const describeComparison = (comparison: Statement, candidates: readonly Candidate[]): string =>
  partsOf(comparison, new Map(candidates.map((candidate) => [candidate.id, candidate])))
    .map(({ text }) => text)
    .join('');
