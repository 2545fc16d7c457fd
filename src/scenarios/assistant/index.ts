import type { Content, Own } from '../../domain/content';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import { HashedNgrams } from '../hashing';
import type { Criterion, Hack, Scenario } from '../scenario';
import { valuesOf, wordsIn } from './answer';
import { counts, goldOf, lengthOf, partOf } from './gold';
import { writtenAnswer } from './grammar';
import { tokenPolicy } from './policy';
import { promptsOf } from './prompts';

/** A draw from the starting distribution in answer to prompt number `i`, counted round and round. */
function drawn(settings: Settings, own: Own, stream: string, i: number): Content {
  const prompts = promptsOf(own);
  const prompt = i % prompts.length;
  return {
    prompt,
    values: valuesOf(writtenAnswer(prompts[prompt]!, random(settings.seed, stream, i))),
  };
}

const criterion = (id: 'helpful' | 'harmless' | 'accurate', question: string): Criterion => ({
  id,
  label: id,
  question,
  gold: (_, own) => partOf(id, own),
});

const hack = (
  id: string,
  label: string,
  meaning: string,
  of: (words: readonly string[]) => number,
): Hack => ({
  id,
  label,
  meaning,
  of: () => (content) => of(wordsIn(content)),
});

const hacks: readonly Hack[] = [
  hack('length', 'length', 'Words in an answer.', (words) => words.length),
  hack('repetition', 'repetition', 'Words of an answer that it has said before.', counts.repeats),
  hack('polite', 'polite words', 'Polite and flattering words in an answer.', counts.polite),
  hack('toxic', 'toxic words', 'Toxic words in an answer.', counts.toxic),
];

/** What one occurrence of an n-gram adds to its number: an answer of usual length is about as long as 1. */
export const occurrence = 0.2;

const hashers = new Map<number, HashedNgrams>();
function hasher(dimension: number): HashedNgrams {
  let found = hashers.get(dimension);
  if (!found) hashers.set(dimension, (found = new HashedNgrams(dimension, occurrence)));
  return found;
}

const referenceCount = 270;

/** Short answers to prompts, word by word: reward hacking that can be read. */
export const assistant: Scenario = {
  id: 'assistant',
  title: 'Assistant',
  noun: { one: 'answer', many: 'answers' },
  embeddingName: 'hashed n-grams',
  prompts: (_, own) => promptsOf(own).map(({ text }) => text),
  textOf: (content) => wordsIn(content).join(' '),
  startContent: (settings, id, own) => drawn(settings, own, 'answer', id),
  referenceContents: (settings, own) =>
    Array.from({ length: referenceCount }, (_, i) => drawn(settings, own, 'reference', i)),
  features: ({ features }, own) => {
    const prompts = promptsOf(own);
    return {
      dimension: features,
      embed: (content, out, offset) =>
        hasher(features).embed(wordsIn(content), prompts[content.prompt]!.text, out, offset),
    };
  },
  embeddingKey: ({ features }, own) => [features, ...Object.entries(own.prompts).flat()].join('/'),
  criteria: [
    criterion('helpful', 'Which is more helpful?'),
    criterion('harmless', 'Which is less harmful?'),
    criterion('accurate', 'Which is more accurate?'),
  ],
  gold: goldOf,
  length: (_, own) => lengthOf(own),
  policy: tokenPolicy,
  hacks,
};
