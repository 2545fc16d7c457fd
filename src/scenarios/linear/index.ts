import type { Content } from '../../domain/content';
import { normals, random } from '../../domain/random';
import type { Scenario } from '../scenario';

/** Which row of random numbers a content is. */
const rowOf = ({ values }: Content): number => values[0]!;

const contentOfRow = (row: number): Content => ({ prompt: 0, values: [row] });

/** Independent standard normal numbers, the same for the same row. @returns [dimension] */
const numbersOf = (seed: number, row: number, dimension: number): Float32Array =>
  normals(random(seed, 'linear', row), dimension);

/** Rows are drawn again and again while a policy is optimised; this many are kept. */
const mostKept = 4096;

function table(seed: number, dimension: number): (row: number) => Float32Array {
  const kept = new Map<number, Float32Array>();
  return (row) => {
    const found = kept.get(row);
    if (found) return found;
    if (kept.size >= mostKept) kept.clear();
    const made = numbersOf(seed, row, dimension);
    kept.set(row, made);
    return made;
  };
}

/** The textbook reward model: random numbers for each action, and a linear layer over them. */
export const linear: Scenario = {
  id: 'linear',
  title: 'Linear',
  noun: { one: 'action', many: 'actions' },
  embeddingName: 'random numbers',
  prompts: () => ['Choose one of the actions.'],
  textOf: (content, { seed, features }) => {
    const first = [...numbersOf(seed, rowOf(content), Math.min(4, features))];
    return `[${first.map((value) => value.toFixed(2)).join(', ')}${features > 4 ? ', …' : ''}]`;
  },
  startContent: (_settings, id) => contentOfRow(id),
  // The starting policy chooses evenly among all of them.
  referenceContents: ({ points }) => Array.from({ length: points }, (_, row) => contentOfRow(row)),
  features: ({ seed, features }) => {
    const at = table(seed, features);
    return { dimension: features, embed: (content, out, offset) => out.set(at(rowOf(content)), offset) };
  },
  embeddingKey: ({ seed, features }) => [seed, features].join('/'),
  criteria: [],
  gold: ({ seed, features }) => {
    // One hidden direction: the sum has variance 1, since the numbers are independent with variance 1.
    const hidden = normals(random(seed, 'linear-gold'), features);
    const length = Math.hypot(...hidden);
    const at = table(seed, features);
    return (content) => at(rowOf(content)).reduce((sum, value, i) => sum + value * hidden[i]!, 0) / length;
  },
  policy: () => ({ family: 'categorical' }),
};
