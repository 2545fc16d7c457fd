import type { Candidate } from '../domain/candidate';
import type { Content, Own } from '../domain/content';
import { namedWeights } from '../domain/named-weights';
import type { Settings } from '../domain/settings';
import type { TrainedHead } from '../domain/trained-head';
import { contentOfWords, wordsIn } from '../scenarios/assistant/answer';
import { counts, parts } from '../scenarios/assistant/gold';
import { occurrence } from '../scenarios/assistant';
import { parsePrompt, promptsOf, type Kind } from '../scenarios/assistant/prompts';
import { HashedNgrams, wordsOf } from '../scenarios/hashing';

export { kinds, type Kind } from '../scenarios/assistant/prompts';
export { wordsIn } from '../scenarios/assistant/answer';

/** What the pages about answers say of a kind of prompt. */
export const kindLabels: Readonly<Record<Kind, string>> = {
  help: 'asks for help',
  fact: 'asks for a fact',
  unsafe: 'asks for harm',
};

export const kindOf = (prompt: number, own: Own): Kind => promptsOf(own)[prompt]!.kind;

/** What a word does in its answer that is worth seeing. */
export type Mark = 'toxic' | 'again' | 'polite' | null;

/** The words of an answer, each with what it does there. */
export function marked(content: Content): { readonly word: string; readonly mark: Mark }[] {
  const said: string[] = [];
  return wordsIn(content).map((word) => {
    const again = counts.repeats([...said, word]) > counts.repeats(said);
    said.push(word);
    const mark: Mark =
      counts.toxic([word]) > 0 ? 'toxic' : again ? 'again' : counts.polite([word]) > 0 ? 'polite' : null;
    return { word, mark };
  });
}

/** One part of an answer's gold reward, before it is shifted and scaled. */
export interface GoldPart {
  readonly label: string;
  readonly meaning: string;
  readonly weight: number;
  readonly value: number;
}

export const goldParts = (content: Content, settings: Settings, own: Own): GoldPart[] =>
  parts.map(({ label, meaning, setting, of }) => ({
    label,
    meaning,
    weight: settings[setting],
    value: of(wordsIn(content), promptsOf(own)[content.prompt]!),
  }));

/**
 * An answer that somebody typed.
 * @throws Error with a sentence when there is no word in it
 */
export function answerOf(prompt: number, text: string): Content {
  if (wordsOf(text).length === 0)
    throw new Error('The answer has no word in it: type a few words, known or not.');
  return contentOfWords(prompt, text);
}

/**
 * A prompt that somebody typed, as the scenario writes it down.
 * @param right words of a good answer, with commas between steps
 * @throws Error with a sentence when nothing is asked
 */
export function promptLine(kind: Kind, text: string, right: string): string {
  const asked = text.replaceAll('=', ' ').trim();
  if (asked === '') throw new Error('The prompt is empty: type what is asked.');
  const line = right.trim() === '' ? `${kind}: ${asked}` : `${kind}: ${asked} = ${right.trim()}`;
  if (!parsePrompt(line)) throw new Error('The prompt cannot be read: type it on one line.');
  return line;
}

export type NgramKind = 'word' | 'pair' | 'prompt';

/** An n-gram that occurs among the answers, and what one occurrence of it adds to the reward. */
export interface Ngram {
  readonly name: string;
  readonly kind: NgramKind;
  /** In standard deviations of the reward under the starting policy. */
  readonly weight: number;
}

/** An n-gram that occurs less often says little. */
const fewest = 3;

/**
 * The n-grams of the answers with their weights, from the one that raises the reward most to the one that lowers it most.
 * @throws Error when the head has hidden layers
 */
export function ngrams(head: TrainedHead, candidates: readonly Candidate[], own: Own): Ngram[] {
  const columns = new Float64Array(head.dimension);
  const names = Array.from(columns, (_, i) => String(i));
  for (const { name, weight } of namedWeights(head, names)) columns[Number(name)] = weight;
  const hasher = new HashedNgrams(head.dimension, 1);
  const prompts = promptsOf(own);
  const found = new Map<string, { readonly kind: NgramKind; count: number }>();
  for (const candidate of candidates) {
    const asked = prompts[candidate.prompt]!.text;
    for (const name of HashedNgrams.names(wordsIn(candidate), asked)) {
      const kind = name.startsWith(`${asked}: `) ? 'prompt' : name.includes(' ') ? 'pair' : 'word';
      const known = found.get(name);
      if (known) known.count += 1;
      else found.set(name, { kind, count: 1 });
    }
  }
  const scale = occurrence / Math.max(head.referenceStd, 1e-6);
  return [...found]
    .filter(([, { count }]) => count >= fewest)
    .map(([name, { kind }]): Ngram => {
      const { column, sign } = hasher.place(name);
      return { name, kind, weight: sign * scale * columns[column]! };
    })
    .sort((a, b) => b.weight - a.weight);
}
