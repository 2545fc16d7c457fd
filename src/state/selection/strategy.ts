import type { Candidate } from '../../domain/candidate';
import type { Comparison, PairSource } from '../../domain/comparison';
import type { Random } from '../../domain/random';
import type { Opinion } from './opinion';

/** What a strategy chooses the next question from. */
export interface Situation {
  /** The random question that is asked where nothing better is found. */
  readonly random: readonly Candidate[];
  /** Another random one; all on one side of the held-out split. */
  draw(): readonly Candidate[];
  /** Whether somebody was asked about just these already. */
  wasAsked(items: readonly number[]): boolean;
  readonly heldOut: number;
  /** What was answered before in this way by whoever is asked now, oldest first. */
  readonly earlier: readonly Comparison[];
  readonly opinion: Opinion | null;
  readonly source: Random;
}

/** A question: what is shown, and how it was chosen. */
export interface Choice {
  readonly shown: readonly number[];
  readonly source: PairSource;
}

/** One way to choose the next question; null where it cannot, and a random one is asked. */
export type Strategy = (situation: Situation) => Choice | null;

/** Every two of a list. */
export const pairsWithin = (items: readonly number[]): (readonly [number, number])[] =>
  items.flatMap((a, i) => items.slice(i + 1).map((b) => [a, b] as const));
