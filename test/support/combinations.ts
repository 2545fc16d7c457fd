import { random } from '../../src/domain/random.ts';

type Choice<T extends Record<string, readonly unknown[]>> = { [Name in keyof T]: T[Name][number] };

/**
 * Combinations of the given values, by far fewer than all, such that any two values of any two names occur together in
 * one of them (pairwise covering). Greedy and seeded: always the same ones.
 */
export function pairwise<const T extends Record<string, readonly unknown[]>>(values: T): Choice<T>[] {
  const names = Object.keys(values);
  const left = new Set<string>();
  const key = (a: number, i: number, b: number, j: number) => `${a}:${i},${b}:${j}`;
  for (let a = 0; a < names.length; a++)
    for (let b = a + 1; b < names.length; b++)
      for (let i = 0; i < values[names[a]!]!.length; i++)
        for (let j = 0; j < values[names[b]!]!.length; j++) left.add(key(a, i, b, j));
  const covered = (row: readonly number[]) => {
    const found: string[] = [];
    for (let a = 0; a < row.length; a++)
      for (let b = a + 1; b < row.length; b++) {
        const pair = key(a, row[a]!, b, row[b]!);
        if (left.has(pair)) found.push(pair);
      }
    return found;
  };
  const source = random(1, 'pairwise');
  const rows: number[][] = [];
  while (left.size > 0) {
    let best: { row: number[]; pairs: string[] } = { row: [], pairs: [] };
    for (let attempt = 0; attempt < 60; attempt++) {
      const row = names.map((name) => source.integer(values[name]!.length));
      const pairs = covered(row);
      if (pairs.length > best.pairs.length) best = { row, pairs };
    }
    if (best.pairs.length === 0) best = completing([...left][0]!, names, values);
    for (const pair of covered(best.row)) left.delete(pair);
    rows.push(best.row);
  }
  return rows.map(
    (row) => Object.fromEntries(names.map((name, a) => [name, values[name]![row[a]!]])) as Choice<T>,
  );
}

/** A combination with one pair that chance has not found. */
function completing(pair: string, names: string[], values: Record<string, readonly unknown[]>) {
  const row = names.map(() => 0);
  for (const part of pair.split(',')) {
    const [name, index] = part.split(':').map(Number) as [number, number];
    row[name] = index % values[names[name]!]!.length;
  }
  return { row, pairs: [pair] };
}
