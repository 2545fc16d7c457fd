import type { Content } from '../../domain/content';
import { wordsOf } from '../hashing';
import { factWords, harmfulWords, taskWords } from './prompts';
import { declining, grammar, instead, padding, polite, toxic } from './vocabulary';

/** Ends an answer, and fills its place up to `length`. */
const endWord = '·';

/** What the policy can say. A content's values are places in here. */
export const vocabulary: readonly string[] = [
  endWord,
  ...new Set([
    ...grammar,
    ...polite,
    ...toxic,
    ...padding,
    ...declining,
    ...instead,
    ...taskWords,
    ...factWords,
    ...harmfulWords,
  ]),
];

export const end = 0;

/** Most words of an answer, its end included. */
export const length = 17;

const numbers = new Map(vocabulary.map((word, i) => [word, i]));

/** Whether the policy can say all words of a text. */
export const sayable = (text: string): boolean => text.split(' ').every((word) => numbers.has(word));

/** @param words all of the vocabulary */
export function valuesOf(words: readonly string[]): number[] {
  const values = new Array<number>(length).fill(end);
  words.slice(0, length).forEach((word, i) => (values[i] = numbers.get(word)!));
  return values;
}

/** An answer's words, without its end. */
export function wordsIn({ values, text }: Content): string[] {
  if (text !== undefined) return wordsOf(text);
  const words: string[] = [];
  for (const value of values) {
    if (value === end) break;
    words.push(vocabulary[value] ?? '?');
  }
  return words;
}

/** An answer of any words; of the scenario's own, where it can be said by them. */
export function contentOfWords(prompt: number, text: string): Content {
  const words = wordsOf(text);
  return words.length < length && sayable(words.join(' '))
    ? { prompt, values: valuesOf(words) }
    : { prompt, values: [], text };
}
