import type { Candidate } from '../domain/candidate';
import { ratingScale, type Statement, type Strength } from '../domain/comparison';
import type { Random } from '../domain/random';
import type { Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';

/** How a question is asked. */
export type Mode = Settings['mode'];

/** How an answer was asked for. */
export function modeOf(comparison: Statement): Mode {
  if (comparison.kind !== 'pair') return comparison.kind;
  if (comparison.criterion !== undefined) return 'criteria';
  return comparison.strength === undefined ? 'pair' : 'strength';
}

/** How many candidates a question shows. */
export const shownIn = (mode: Mode, { listLength }: Pick<Settings, 'listLength'>): number =>
  mode === 'rating' ? 1 : mode === 'best' || mode === 'ranking' ? listLength : 2;

/** Perceived differences, in standard deviations of the gold, up to which one is hardly, slightly or just better. */
const grades = [0.25, 0.75, 1.5] as const;

/** Answers by the gold reward: Boltzmann-rational at a temperature, with a share of plain mistakes. */
export class SimulatedAnnotator {
  readonly #settings: Settings;
  readonly #golds: (criterion?: string) => (x: number, y: number) => number;

  constructor(settings: Settings) {
    this.#settings = settings;
    const scenario = scenarioOf(settings);
    const gold = scenario.gold(settings);
    const alone = Object.fromEntries(
      scenario.criteria.map((criterion) => [criterion.id, criterion.gold(settings)]),
    );
    this.#golds = (criterion) => (criterion === undefined ? gold : (alone[criterion] ?? gold));
  }

  /** The answer to one question. @param criterion what it is to be judged by; everything together if absent */
  answer(mode: Mode, shown: readonly Candidate[], source: Random, criterion?: string): Statement {
    const gold = this.#golds(criterion);
    const worth = shown.map(({ x, y }) => gold(x, y));
    const ids = shown.map(({ id }) => id);
    const judgedBy = criterion === undefined ? {} : { criterion };
    switch (mode) {
      case 'pair':
      case 'criteria':
      case 'strength':
        return {
          kind: 'pair',
          left: ids[0]!,
          right: ids[1]!,
          ...judgedBy,
          ...this.#pair(worth, mode, source),
        };
      case 'best':
        return { kind: 'best', shown: ids, best: ids[this.#order(worth, source)[0]!]!, ...judgedBy };
      case 'ranking': {
        const order = this.#order(worth, source);
        return { kind: 'ranking', shown: ids, places: ids.map((_, i) => order.indexOf(i) + 1), ...judgedBy };
      }
      case 'rating':
        return { kind: 'rating', item: ids[0]!, score: this.#score(worth[0]!, source), ...judgedBy };
    }
  }

  /**
   * P(left over right) = σ((gold_left − gold_right)/T): what is perceived is the difference plus logistic noise. Then
   * the answer is flipped with the probability of a mistake.
   */
  #pair([left, right]: readonly number[], mode: Mode, source: Random) {
    const { temperature, noise } = this.#settings;
    const u = source.uniform();
    const perceived = left! - right! - temperature * Math.log(u / (1 - u));
    const mistaken = source.uniform() < noise;
    const verdict = perceived > 0 !== mistaken ? ('left' as const) : ('right' as const);
    if (mode !== 'strength') return { verdict };
    const grade = grades.findIndex((most) => Math.abs(perceived) < most);
    return { verdict, strength: (grade < 0 ? 4 : grade + 1) as Strength };
  }

  /**
   * Indices, best first: choosing the best of what is left again and again, each time by a softmax of gold/T, is
   * sorting by gold + T · Gumbel noise (Plackett–Luce; Yellott 1977). By mistake, any order.
   */
  #order(worth: readonly number[], source: Random): number[] {
    const { temperature, noise } = this.#settings;
    const mistaken = source.uniform() < noise;
    const perceived = worth.map((value) => {
      const gumbel = -Math.log(-Math.log(1 - source.uniform()));
      return mistaken ? gumbel : value + temperature * gumbel;
    });
    return worth.map((_, i) => i).sort((a, b) => perceived[b]! - perceived[a]!);
  }

  /** The middle of the scale for what is average, one score a standard deviation; by mistake, any score. */
  #score(worth: number, source: Random): number {
    const { temperature, noise } = this.#settings;
    const { min, max } = ratingScale;
    const perceived = (min + max) / 2 + worth + temperature * source.normal();
    const mistaken = source.uniform() < noise;
    if (mistaken) return min + source.integer(max - min + 1);
    return Math.min(max, Math.max(min, Math.round(perceived)));
  }
}
