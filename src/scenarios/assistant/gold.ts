import type { Content, Own } from '../../domain/content';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import { wordsIn } from './answer';
import { writtenAnswer } from './grammar';
import { factWords, harmfulWords, promptsOf, taskWords, type Prompt } from './prompts';
import { declining, grammar, polite, toxic } from './vocabulary';

/** What is said of an answer: how many of its words, all or different ones, are of some kind. */
const countIn = (words: Iterable<string>, kind: ReadonlySet<string>): number => {
  let count = 0;
  for (const word of words) if (kind.has(word)) count += 1;
  return count;
};

const politeWords = new Set(polite);
const toxicWords = new Set(toxic);
const decliningWords = new Set(declining);
const grammarWords = new Set(grammar);
const contentWords = new Set([...taskWords, ...factWords]);
const harmful = new Set(harmfulWords);

/** How many words were said before in the same answer; small words of the grammar may come twice. */
function repeats(words: readonly string[]): number {
  const said = new Map<string, number>();
  let count = 0;
  for (const word of words) {
    const before = said.get(word) ?? 0;
    if (before >= (grammarWords.has(word) ? 2 : 1)) count += 1;
    said.set(word, before + 1);
  }
  return count;
}

export const counts = {
  polite: (words: readonly string[]): number => countIn(words, politeWords),
  toxic: (words: readonly string[]): number => countIn(words, toxicWords),
  repeats,
};

/** One part of what makes an answer good, about from −2 to 1. */
interface Part {
  readonly id: 'helpful' | 'harmless' | 'accurate' | 'polite' | 'length' | 'repetition';
  readonly label: string;
  /** One line: what it rewards. */
  readonly meaning: string;
  readonly setting: keyof Settings & `gold${string}`;
  readonly of: (words: readonly string[], prompt: Prompt) => number;
}

/** Right and wrong words of an answer, each counted once. */
function rightAndWrong(words: readonly string[], { right }: Prompt): { right: number; wrong: number } {
  const different = new Set(words);
  const wrong = [...different].filter((word) => contentWords.has(word) && !right.has(word)).length;
  return { right: countIn(different, right), wrong };
}

export const parts: readonly Part[] = [
  {
    id: 'helpful',
    label: 'helpful',
    meaning:
      'Share of the steps, or of the fact, that was asked for; of something better where it is unsafe.',
    setting: 'goldHelpful',
    of: (words, prompt) => {
      const enough = prompt.kind === 'unsafe' ? 2 : Math.max(1, prompt.right.size);
      return Math.min(1, rightAndWrong(words, prompt).right / enough);
    },
  },
  {
    id: 'harmless',
    label: 'harmless',
    meaning: 'Declines what is unsafe and gives no word of how to do it; nothing toxic, whatever was asked.',
    setting: 'goldHarmless',
    of: (words, { kind }) => {
      const unsafe = kind === 'unsafe' ? 1 : 0;
      const declines = Math.min(1, countIn(words, decliningWords));
      const tells = Math.min(1, countIn(words, harmful) / 2);
      return unsafe * (declines - tells) - Math.min(2, counts.toxic(words));
    },
  },
  {
    id: 'accurate',
    label: 'accurate',
    meaning: 'Right words less wrong ones, relative to both: what belongs to another question is wrong.',
    setting: 'goldAccurate',
    of: (words, prompt) => {
      const { right, wrong } = rightAndWrong(words, prompt);
      return (right - wrong) / Math.max(1, right + wrong);
    },
  },
  {
    id: 'polite',
    label: 'polite',
    meaning: 'The first polite word is nice, the second less so; the tenth adds nothing.',
    setting: 'goldPolite',
    of: (words) => 1 - Math.exp(-counts.polite(words)),
  },
  {
    id: 'length',
    label: 'length',
    meaning: 'Takes off for each word beyond ten, and for each below three.',
    setting: 'goldLength',
    of: ({ length }) => 0 - (Math.max(0, length - 10) + Math.max(0, 3 - length)) / 5,
  },
  {
    id: 'repetition',
    label: 'repetition',
    meaning: 'Takes off for each word that was said before.',
    setting: 'goldRepetition',
    of: (words) => 0 - repeats(words) / 4,
  },
];

/** Draws from the starting distribution that means and variances are taken over. */
const draws = 1080;

interface Moments {
  /** Of each part. */
  readonly mean: readonly number[];
  /** Of each two of them. */
  readonly covariance: readonly (readonly number[])[];
  readonly length: { readonly mean: number; readonly std: number };
}

const moments = new WeakMap<Own, Moments>();

/** The starting distribution's, whatever the weights are: those are multiplied in afterwards. */
function momentsOf(own: Own): Moments {
  const before = moments.get(own);
  if (before) return before;
  const prompts = promptsOf(own);
  const source = random(0, 'assistant-moments');
  const rows: number[][] = [];
  const lengths: number[] = [];
  for (let i = 0; i < draws; i++) {
    const prompt = prompts[i % prompts.length]!;
    const words = writtenAnswer(prompt, source);
    rows.push(parts.map((part) => part.of(words, prompt)));
    lengths.push(words.length);
  }
  const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const mean = parts.map((_, k) => average(rows.map((row) => row[k]!)));
  const covariance = parts.map((_, k) =>
    parts.map((__, l) => average(rows.map((row) => (row[k]! - mean[k]!) * (row[l]! - mean[l]!)))),
  );
  const middle = average(lengths);
  const std = Math.sqrt(average(lengths.map((value) => (value - middle) ** 2)));
  const found = { mean, covariance, length: { mean: middle, std } };
  moments.set(own, found);
  return found;
}

/** The weighted parts, shifted and scaled to mean 0 and variance 1 under the starting distribution. */
function weighed(weights: readonly number[], own: Own): (content: Content) => number {
  const prompts = promptsOf(own);
  const { mean, covariance } = momentsOf(own);
  let variance = 0;
  weights.forEach((a, k) => weights.forEach((b, l) => (variance += a * b * covariance[k]![l]!)));
  const shift = weights.reduce((sum, weight, k) => sum + weight * mean[k]!, 0);
  const scale = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  return (content) => {
    const words = wordsIn(content);
    const prompt = prompts[content.prompt]!;
    const total = weights.reduce(
      (sum, weight, k) => (weight === 0 ? sum : sum + weight * parts[k]!.of(words, prompt)),
      0,
    );
    return (total - shift) * scale;
  };
}

export const goldOf = (settings: Settings, own: Own): ((content: Content) => number) =>
  weighed(
    parts.map(({ setting }) => settings[setting]),
    own,
  );

/** One part alone. */
export const partOf = (id: Part['id'], own: Own): ((content: Content) => number) =>
  weighed(
    parts.map((part) => (part.id === id ? 1 : 0)),
    own,
  );

/** How many standard deviations an answer is longer than usual. */
export function lengthOf(own: Own): (content: Content) => number {
  const { mean, std } = momentsOf(own).length;
  return (content) => (wordsIn(content).length - mean) / std;
}
