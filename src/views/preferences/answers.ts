import type { Strength, Verdict } from '../../domain/comparison';
import type { Playground } from '../../state/playground.svelte';
import { hasItsOwnKeys } from '../layout/shortcuts';

/** One thing that can be said about the cards: a button, and the key that is printed on it. */
export interface Answer {
  /** `KeyboardEvent.key`; digits count wherever they are on the keyboard. */
  readonly key: string;
  /** As it is printed. */
  readonly cap: string;
  readonly label: string;
  /** For screen readers, where the label alone says too little. */
  readonly name?: string;
  /** Why it cannot be said now; the key says so then. */
  readonly refused?: string | undefined;
  readonly run: () => void;
}

const verdicts = {
  left: { key: 'ArrowLeft', cap: '←', label: 'left' },
  tie: { key: 'ArrowDown', cap: '↓', label: 'tie' },
  'both-bad': { key: 'b', cap: 'B', label: 'both bad' },
  right: { key: 'ArrowRight', cap: '→', label: 'right' },
} as const satisfies Record<Verdict, object>;

export const verdictAnswer = (playground: Playground, verdict: Verdict): Answer => ({
  ...verdicts[verdict],
  run: () => playground.label(verdict),
});

export const skipAnswer = (playground: Playground): Answer => ({
  key: 'ArrowUp',
  cap: '↑',
  label: 'skip',
  run: () => playground.skip(),
});

export const pairAnswers = (playground: Playground): Answer[] => [
  verdictAnswer(playground, 'left'),
  verdictAnswer(playground, 'tie'),
  verdictAnswer(playground, 'both-bad'),
  skipAnswer(playground),
  verdictAnswer(playground, 'right'),
];

export interface GradedAnswer extends Answer {
  readonly side: 'left' | 'right';
  readonly strength: Strength;
}

const words: Readonly<Record<Strength, string>> = { 1: 'hardly', 2: 'slightly', 3: 'better', 4: 'much' };

/** Eight grades from much better on the left to much better on the right, on the digits as they lie side by side. */
export const gradedAnswers = (playground: Playground): GradedAnswer[] =>
  ([4, 3, 2, 1, 1, 2, 3, 4] as const).map((strength, i) => {
    const side = i < 4 ? 'left' : 'right';
    const digit = String(i + 1);
    const label = words[strength];
    return {
      side,
      strength,
      key: digit,
      cap: digit,
      label,
      name: `${side} ${label}${strength === 3 ? '' : ' better'}`,
      run: () => playground.label(side, strength),
    };
  });

const scores = ['bad', 'poor', 'fair', 'good', 'great'] as const;

export const ratingAnswers = (playground: Playground): Answer[] =>
  scores.map((label, i) => {
    const digit = String(i + 1);
    return { key: digit, cap: digit, label, run: () => playground.answer({ score: i + 1 }) };
  });

const isCharacter = ({ key }: Answer): boolean => key.length === 1;

const isPressed = ({ key }: Answer, event: KeyboardEvent): boolean =>
  // Where digits need Shift, as on French keyboards, the key still counts.
  /^\d$/.test(key)
    ? event.key === key || event.code === `Digit${key}`
    : event.key === key || event.key.toLowerCase() === key;

/** Upright keys scroll a page that is taller than the window, unless one is working on the cards. */
const scrolls = (event: KeyboardEvent, onCards: boolean): boolean =>
  (event.key === 'ArrowUp' || event.key === 'ArrowDown') &&
  !onCards &&
  document.documentElement.scrollHeight > window.innerHeight + 4;

/**
 * The answer that a key means, wherever the focus is.
 * @param anywhere whether letters and digits count outside the stage, too
 */
export function answerByKey(
  event: KeyboardEvent,
  answers: readonly Answer[],
  anywhere: boolean,
): Answer | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return undefined;
  if (event.defaultPrevented || hasItsOwnKeys(event.target)) return undefined;
  const onCards =
    event.target instanceof Element && event.target.closest('[data-stage="preferences"]') !== null;
  if (scrolls(event, onCards)) return undefined;
  const answer = answers.find((candidate) => isPressed(candidate, event));
  if (!answer || (isCharacter(answer) && !anywhere && !onCards)) return undefined;
  return answer.key === 'Enter' && pressesButton(event.target, answer) ? undefined : answer;
}

/** On a button, Enter presses it. Only on the rows of a ranking that is ready it records, as elsewhere. */
const pressesButton = (target: EventTarget | null, { refused }: Answer): boolean =>
  target instanceof Element &&
  target.closest('button, a, summary') !== null &&
  (refused !== undefined || target.closest('[data-rank]') === null);
