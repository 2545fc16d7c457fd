import type { Candidate } from '../domain/candidate';
import type { Content, Own } from '../domain/content';
import { ratingScale, type ComparisonKind, type Statement, type Strength } from '../domain/comparison';
import { mistakeShare, placesOf, seemingWorth } from '../domain/perception';
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

/** What kind of comparison an answer to a question is. */
export const kindOf = (mode: Mode): ComparisonKind =>
  mode === 'best' || mode === 'ranking' || mode === 'rating' ? mode : 'pair';

/** How many candidates a question shows. */
export const shownIn = (mode: Mode, { listLength }: Pick<Settings, 'listLength'>): number =>
  mode === 'rating' ? 1 : mode === 'best' || mode === 'ranking' ? listLength : 2;

/** Perceived differences, in standard deviations of the gold, up to which one is hardly, slightly or just better. */
const grades = [0.25, 0.75, 1.5] as const;

/** The circumstances of an answer. */
interface Circumstances {
  /** What to judge by; everything together if absent. */
  readonly criterion?: string | undefined;
  /** How many answers the annotator has given before. */
  readonly answered?: number;
}

/**
 * Answers by the gold reward: Boltzmann-rational at a temperature, with a share of plain mistakes, and with whatever
 * biases the settings give.
 */
export class SimulatedAnnotator {
  readonly #settings: Settings;
  readonly #golds: (criterion?: string) => (content: Content) => number;
  readonly #length: (content: Content) => number;

  constructor(settings: Settings, own: Own) {
    this.#settings = settings;
    const scenario = scenarioOf(settings);
    const gold = scenario.gold(settings, own);
    const alone = Object.fromEntries(
      scenario.criteria.map((criterion) => [criterion.id, criterion.gold(settings, own)]),
    );
    this.#golds = (criterion) => (criterion === undefined ? gold : (alone[criterion] ?? gold));
    this.#length = scenario.length?.(settings, own) ?? (() => 0);
  }

  /** The answer to one question. */
  answer(
    mode: Mode,
    shown: readonly Candidate[],
    source: Random,
    { criterion, answered = 0 }: Circumstances = {},
  ): Statement {
    const gold = this.#golds(criterion);
    const worth = seemingWorth(
      shown.map((candidate) => ({
        worth: gold(candidate),
        length: this.#length(candidate),
      })),
      this.#settings,
    );
    const mistakes = mistakeShare(this.#settings, answered);
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
          ...this.#pair(worth, mode, mistakes, source),
        };
      case 'best': {
        const perceived = this.#perceived(worth, mistakes, source);
        return {
          kind: 'best',
          shown: ids,
          best: ids[perceived.indexOf(Math.max(...perceived))]!,
          ...judgedBy,
        };
      }
      case 'ranking': {
        const places = placesOf(this.#perceived(worth, mistakes, source), this.#settings.tieThreshold);
        return { kind: 'ranking', shown: ids, places, ...judgedBy };
      }
      case 'rating':
        return {
          kind: 'rating',
          item: ids[0]!,
          score: this.#score(worth[0]!, mistakes, source),
          ...judgedBy,
        };
    }
  }

  /**
   * P(left over right) = σ((worth_left − worth_right)/T): what is perceived is the difference plus logistic noise. A
   * small one is called a tie. Else the answer is flipped with the probability of a mistake.
   */
  #pair([left, right]: readonly number[], mode: Mode, mistakes: number, source: Random) {
    const { temperature, tieThreshold } = this.#settings;
    const u = source.uniform();
    const perceived = left! - right! - temperature * Math.log(u / (1 - u));
    const mistaken = source.uniform() < mistakes;
    if (Math.abs(perceived) < tieThreshold) return { verdict: 'tie' as const };
    const verdict = perceived > 0 !== mistaken ? ('left' as const) : ('right' as const);
    if (mode !== 'strength') return { verdict };
    const grade = grades.findIndex((most) => Math.abs(perceived) < most);
    return { verdict, strength: (grade < 0 ? 4 : grade + 1) as Strength };
  }

  /**
   * Of several: choosing the best of what is left again and again, each time by a softmax of worth/T, is sorting by
   * worth + T · Gumbel noise (Plackett–Luce; Yellott 1977). By mistake, any order.
   */
  #perceived(worth: readonly number[], mistakes: number, source: Random): number[] {
    const { temperature } = this.#settings;
    const mistaken = source.uniform() < mistakes;
    return worth.map((value) => {
      const gumbel = -Math.log(-Math.log(1 - source.uniform()));
      return mistaken ? gumbel : value + temperature * gumbel;
    });
  }

  /** The middle of the scale for what is average, one score a standard deviation; by mistake, any score. */
  #score(worth: number, mistakes: number, source: Random): number {
    const { temperature } = this.#settings;
    const { min, max } = ratingScale;
    const perceived = (min + max) / 2 + worth + temperature * source.normal();
    const mistaken = source.uniform() < mistakes;
    if (mistaken) return min + source.integer(max - min + 1);
    return Math.min(max, Math.max(min, Math.round(perceived)));
  }
}
