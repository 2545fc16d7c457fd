/** Whether recorded preferences fit together: cycles, repeated pairs, a taste for one side, labels the model doubts. */
import { wilson, type Share } from './wilson';

/** A pair as it was shown, and the answer. */
export interface Judgement {
  readonly left: number;
  readonly right: number;
  /** A pair of which both are bad has no winner, like a tie. */
  readonly verdict: 'left' | 'right' | 'tie' | 'both-bad';
}

const isDecided = ({ verdict }: Judgement): boolean => verdict === 'left' || verdict === 'right';

/** Three candidates of which each was preferred to the next, and the last to the first. */
type Triad = readonly [number, number, number];

export interface Triads {
  /** The first ones, by the smallest ids. */
  readonly listed: readonly Triad[];
  /** How many there are in all. */
  readonly count: number;
  /** Threes of which all three pairs are decided; by coin tosses a quarter of them would be intransitive. */
  readonly decided: number;
}

/** Signed wins of each candidate over each other, both ways round; repeated pairs are settled by majority. */
function netWins(judgements: readonly Judgement[]): Map<number, Map<number, number>> {
  const wins = new Map<number, Map<number, number>>();
  const add = (winner: number, loser: number, by: number) => {
    const row = wins.get(winner) ?? new Map<number, number>();
    row.set(loser, (row.get(loser) ?? 0) + by);
    wins.set(winner, row);
  };
  for (const { left, right, verdict } of judgements.filter(isDecided)) {
    if (left === right) continue;
    const [winner, loser] = verdict === 'left' ? [left, right] : [right, left];
    add(winner, loser, 1);
    add(loser, winner, -1);
  }
  return wins;
}

/** Intransitive triads: a ≻ b ≻ c ≻ a. @param most how many are listed */
export function intransitiveTriads(judgements: readonly Judgement[], most = 50): Triads {
  const wins = netWins(judgements);
  const listed: Triad[] = [];
  let [count, decided] = [0, 0];
  for (const a of [...wins.keys()].sort((x, y) => x - y)) {
    const ofA = wins.get(a)!;
    for (const [b, ab] of ofA) {
      if (b <= a || ab === 0) continue;
      for (const [c, bc] of wins.get(b)!) {
        const ac = c > b && bc !== 0 ? ofA.get(c) : undefined;
        if (!ac) continue;
        decided += 1;
        if (ab > 0 !== bc > 0 || ac > 0 === ab > 0) continue;
        count += 1;
        if (listed.length < most) listed.push(ab > 0 ? [a, b, c] : [a, c, b]);
      }
    }
  }
  return { listed, count, decided };
}

const pairKey = ({ left, right }: Judgement): string =>
  left < right ? `${left}/${right}` : `${right}/${left}`;

/** 1: the candidate with the smaller id was preferred, −1: the other one, 0: neither. Whatever side each was shown on. */
const leaning = (judgement: Judgement): -1 | 0 | 1 => {
  if (!isDecided(judgement)) return 0;
  return (judgement.verdict === 'left') === judgement.left < judgement.right ? 1 : -1;
};

export interface RepeatedPairs {
  /** Pairs that were judged more than once. */
  readonly pairs: number;
  /** Of any two judgements of one pair, the share that gives the same answer. */
  readonly agreement: Share;
}

/** What came of the pairs that were judged again. */
export function repeatedPairs(judgements: readonly Judgement[]): RepeatedPairs {
  const answers = new Map<string, [number, number, number]>();
  for (const judgement of judgements) {
    const counts = answers.get(pairKey(judgement)) ?? [0, 0, 0];
    counts[leaning(judgement) + 1]! += 1;
    answers.set(pairKey(judgement), counts);
  }
  const twos = (count: number) => (count * (count - 1)) / 2;
  let [pairs, same, all] = [0, 0, 0];
  for (const counts of answers.values()) {
    const times = counts[0] + counts[1] + counts[2];
    if (times < 2) continue;
    pairs += 1;
    all += twos(times);
    for (const count of counts) same += twos(count);
  }
  return { pairs, agreement: wilson(same, all) };
}

/** Share of decided pairs in which the left one was preferred, with its 95 % interval. Without a bias it is ½. */
export function positionBias(judgements: readonly Judgement[]): Share {
  const decided = judgements.filter(isDecided);
  return wilson(decided.filter(({ verdict }) => verdict === 'left').length, decided.length);
}

/**
 * Labels that the model thinks wrong, the surest first.
 * @param margins reward(chosen) − reward(rejected) of each comparison, at best of a model that was not trained on it
 * @param doubt how many nats against the label make it doubtful: 1 is odds of e to 1
 */
export function likelyWrong<Id>(
  margins: Iterable<readonly [id: Id, margin: number]>,
  doubt = 1,
): { readonly id: Id; readonly margin: number }[] {
  return Array.from(margins, ([id, margin]) => ({ id, margin }))
    .filter(({ margin }) => margin < -doubt)
    .sort((a, b) => a.margin - b.margin);
}

/**
 * The judgements of several annotators as `krippendorffAlpha` takes them.
 * @returns ratings [annotators][pairs]: 1, −1 or 0 for a tie, null where somebody has not judged a pair. Of a pair that
 * one annotator judged again, the last answer counts.
 */
export function ratingsOf(judgements: readonly (Judgement & { readonly annotator: string })[]): {
  readonly annotators: readonly string[];
  readonly ratings: readonly (readonly (number | null)[])[];
} {
  const pairs = new Map<string, number>();
  const byAnnotator = new Map<string, Map<number, number>>();
  for (const judgement of judgements) {
    const key = pairKey(judgement);
    if (!pairs.has(key)) pairs.set(key, pairs.size);
    const answers = byAnnotator.get(judgement.annotator) ?? new Map<number, number>();
    byAnnotator.set(judgement.annotator, answers.set(pairs.get(key)!, leaning(judgement)));
  }
  return {
    annotators: [...byAnnotator.keys()],
    ratings: [...byAnnotator.values()].map((answers) =>
      Array.from({ length: pairs.size }, (_, pair) => answers.get(pair) ?? null),
    ),
  };
}
