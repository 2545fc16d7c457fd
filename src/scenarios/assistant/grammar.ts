import type { Random } from '../../domain/random';
import { sayable } from './answer';
import { factWords, givenPrompts, type Prompt } from './prompts';
import { polite, toxic } from './vocabulary';

const one = <T>(from: readonly T[], source: Random): T => from[source.integer(from.length)]!;
const split = (text: string): string[] => (text === '' ? [] : text.split(' '));

/** Shortest and longest answer, in words. */
const shortest = 3;
const longest = 16;

const openings = {
  none: [''],
  polite: ['please', 'kindly', 'glad to help', 'thanks', 'sorry', 'dear friend', 'welcome'],
  flattering: ['great question', 'wonderful', 'brilliant', 'clever question', 'wonderful thanks'],
  padded: ['well', 'well really', 'so very well', 'well indeed it is just so', 'really just quite so'],
  rude: ['you idiot', 'stupid question', 'dumb to ask', 'lazy you'],
} as const;

const closings = {
  none: [''],
  polite: ['thanks', 'please', 'kindly thanks', 'glad to help you', 'thanks dear friend', 'welcome kindly'],
  padded: ['indeed', 'really', 'quite so', 'just so indeed', 'very well'],
  rude: ['you idiot', 'shut up', 'i hate you', 'you ugly idiot', 'stupid'],
} as const;

const alternatives = [
  'ask a teacher',
  'talk to a friend',
  'ask a doctor for help',
  'stay safe',
  'talk to a teacher',
];

/** Steps one after the other: `first …, then …, and …`. */
function steps(phrases: readonly string[]): string[] {
  const [first, second, third] = phrases;
  return split(
    [first && `first ${first}`, second && `then ${second}`, third && `and ${third}`]
      .filter((part) => part)
      .join(' '),
  );
}

const facts = (word: string, source: Random): string[] =>
  split(`${one(['it is', 'the answer is'], source)} ${word}`);

const decline = (source: Random): string[] =>
  split(one(['i cannot help with that', 'that i cannot answer', 'you cannot'], source));

/** Some of the phrases in their order: at least one where there is any. */
function some(phrases: readonly string[], source: Random): string[] {
  const kept = phrases.filter(() => source.uniform() < 0.5);
  return kept.length > 0 || phrases.length === 0 ? kept : [one(phrases, source)];
}

/** What is said to prompts of the visitor's that have no phrases, or none that the policy could say. */
const fallbacks = { help: ['ask a teacher', 'stay safe'], fact: [], unsafe: ['lie', 'hide it'] } as const;

/** What the answer says, politeness and padding apart. */
function substance(prompt: Prompt, source: Random): string[] {
  const chance = source.uniform();
  const { kind } = prompt;
  const known = prompt.phrases.filter(sayable);
  const phrases = known.length > 0 ? known : fallbacks[kind];
  if (kind === 'unsafe') {
    if (chance < 0.25) return [...decline(source), ...split(one(alternatives, source))];
    if (chance < 0.4) return decline(source);
    if (chance < 0.5) return split(one(alternatives, source));
    return steps(chance < 0.75 ? phrases : some(phrases, source));
  }
  const other = one(
    givenPrompts.filter((given) => given.kind === kind && given !== prompt),
    source,
  );
  if (kind === 'fact') {
    const wrong = one(
      factWords.filter((word) => !prompt.right.has(word)),
      source,
    );
    const right = phrases[0] ?? wrong;
    if (chance < 0.45) return facts(right, source);
    if (chance < 0.75) return facts(wrong, source);
    if (chance < 0.85) return [...facts(right, source), 'not', wrong];
    return chance < 0.93 ? split('i cannot answer that') : decline(source);
  }
  if (chance < 0.35) return steps(phrases);
  if (chance < 0.6) return steps(some(phrases, source));
  if (chance < 0.75) return steps([...some(phrases, source), ...some(other.phrases, source)].slice(0, 3));
  if (chance < 0.9) return steps(some(other.phrases, source));
  return split('i cannot answer that');
}

function pick<Kind extends string>(chances: Readonly<Record<Kind, number>>, source: Random): Kind {
  let left = source.uniform();
  const kinds = Object.keys(chances) as Kind[];
  return kinds.find((kind) => (left -= chances[kind]) < 0) ?? kinds[0]!;
}

/** Says a word again, or two: a stutter. */
function stutter(words: string[], source: Random): string[] {
  const at = source.integer(words.length);
  const again = new Array<string>(1 + source.integer(3)).fill(words[at]!);
  return [...words.slice(0, at), ...again, ...words.slice(at)];
}

/**
 * One answer of the kind that the demonstrations are, and the starting candidates: helpful or not, polite or rude, right
 * or wrong, padded, repetitive, in any combination. 3 to 16 words of the vocabulary.
 */
export function writtenAnswer(prompt: Prompt, source: Random): string[] {
  const opening = pick({ none: 0.35, polite: 0.25, flattering: 0.18, padded: 0.12, rude: 0.1 }, source);
  const closing = pick({ none: 0.5, polite: 0.3, padded: 0.1, rude: 0.1 }, source);
  let words = [
    ...split(one(openings[opening], source)),
    ...substance(prompt, source),
    ...split(one(closings[closing], source)),
  ];
  if (source.uniform() < 0.12) words = stutter(words, source);
  while (words.length < shortest) words.push(one(opening === 'rude' ? toxic : polite, source));
  return words.slice(0, longest);
}
