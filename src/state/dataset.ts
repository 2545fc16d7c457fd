import { isHeldOut, type Candidate } from '../domain/candidate';
import {
  chosenOf,
  flipped,
  rejectedOf,
  type Comparison,
  type PairSource,
  type Verdict,
} from '../domain/comparison';
import { random, type Random } from '../domain/random';
import type { Settings } from '../domain/settings';
import { scenarioOf, type PlaneGaussian } from '../scenarios';
import type { PackedData } from '../engine/protocol';

/** Candidates, comparisons and the pair on the cards: immutable, so that undo is keeping the old one. */
export interface Dataset {
  readonly candidates: readonly Candidate[];
  readonly comparisons: readonly Comparison[];
  readonly pair: Pair;
  /** Pairs shown so far: names the random stream of the next one. */
  readonly turn: number;
  readonly nextCandidate: number;
  readonly nextComparison: number;
  /** Answers of the simulated annotator that were deleted by hand and must not come back. */
  readonly removedDraws: readonly number[];
}

/** The two candidates on the cards. `fresh` ones were drawn for this pair and join the candidates when it is answered. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly fresh: readonly Candidate[];
  readonly source: PairSource;
}

/** Ids of candidates that are not starting points, so that more starting points can be drawn without renaming them. */
const firstOtherId = 10_000;

const noPair: Pair = { left: -1, right: -1, fresh: [], source: 'start' };

/** A dataset with the starting candidates and the simulated comparisons that the settings ask for. */
export const freshDataset = (settings: Settings): Dataset =>
  redraw(
    {
      candidates: [],
      comparisons: [],
      pair: noPair,
      turn: 0,
      nextCandidate: firstOtherId,
      nextComparison: 1,
      removedDraws: [],
    },
    settings,
  );

export const candidateMap = ({ candidates }: Dataset): Map<number, Candidate> =>
  new Map(candidates.map((candidate) => [candidate.id, candidate]));

/** What a candidate is called on the page: #12 from the start, +3 added by hand, π5 from the drifted policy. */
export const nameOf = ({ id, origin }: Pick<Candidate, 'id' | 'origin'>): string =>
  origin === 'start' ? `#${id}` : `${origin === 'added' ? '+' : 'π'}${id - firstOtherId + 1}`;

/** Whether a comparison can be drawn again from the settings; the others are the visitor's work, and are kept. */
const isDrawn = ({ draw, edited }: Comparison): boolean => draw !== undefined && !edited;

/**
 * Draws again all that follows from the settings: the starting candidates and the simulated answers. What was made
 * by hand stays: points that were placed or that a person compared keep their places.
 */
export function redraw(dataset: Dataset, settings: Settings): Dataset {
  const candidates = redrawCandidates(dataset, settings);
  const partial = { ...dataset, candidates };
  const drawn = redrawComparisons(partial, settings);
  return withValidPair({ ...partial, ...drawn }, settings);
}

function redrawCandidates(dataset: Dataset, settings: Settings): Candidate[] {
  const scenario = scenarioOf(settings);
  const inUse = new Set(
    dataset.comparisons.filter((c) => !isDrawn(c)).flatMap(({ left, right }) => [left, right]),
  );
  const stays = (candidate: Candidate) =>
    candidate.pinned || candidate.origin !== 'start' || inUse.has(candidate.id);
  const kept = new Map(dataset.candidates.filter(stays).map((candidate) => [candidate.id, candidate]));
  const start: Candidate[] = [];
  for (let id = 0; id < settings.points; id++)
    start.push(
      kept.get(id) ?? {
        id,
        ...scenario.startPoint(settings, id),
        origin: 'start',
        splitKey: random(settings.seed, 'split', id).uniform(),
      },
    );
  return [...start, ...[...kept.values()].filter(({ id }) => id >= settings.points)];
}

function redrawComparisons(
  dataset: Dataset,
  settings: Settings,
): Pick<Dataset, 'comparisons' | 'nextComparison'> {
  const annotator = new SimulatedAnnotator(dataset, settings);
  const removed = new Set(dataset.removedDraws);
  const present = new Set<number>();
  const comparisons: Comparison[] = [];
  for (const comparison of dataset.comparisons) {
    const { draw } = comparison;
    if (draw !== undefined) present.add(draw);
    if (!isDrawn(comparison)) comparisons.push(annotator.relabel(comparison));
    else if (draw! < settings.simulated) comparisons.push({ ...annotator.answer(draw!), id: comparison.id });
  }
  let nextComparison = dataset.nextComparison;
  for (let draw = 0; draw < settings.simulated; draw++)
    if (!present.has(draw) && !removed.has(draw))
      comparisons.push({ ...annotator.answer(draw), id: nextComparison++ });
  return { comparisons, nextComparison };
}

/** Answers by the gold reward: Boltzmann-rational at a temperature, with a share of plain mistakes. */
class SimulatedAnnotator {
  readonly #settings: Settings;
  readonly #pairs: PairDrawer;
  readonly #byId: Map<number, Candidate>;
  readonly #gold: (x: number, y: number) => number;

  constructor(dataset: Dataset, settings: Settings) {
    this.#settings = settings;
    this.#pairs = new PairDrawer(dataset.candidates.slice(0, settings.points), settings.heldOut);
    this.#byId = candidateMap(dataset);
    this.#gold = scenarioOf(settings).gold(settings);
  }

  /** The answer numbered `draw`: its pair, its sides and its verdict follow from the seed and the settings. */
  answer(draw: number): Omit<Comparison, 'id'> {
    const source = random(this.#settings.seed, 'simulated', draw);
    const [a, b] = this.#pairs.draw(source);
    const verdict = this.verdict(a, b, source);
    return { left: a.id, right: b.id, verdict, annotator: 'simulated', source: 'start', draw };
  }

  /** P(left over right) = σ((gold_left − gold_right)/T); then flipped with the probability of a mistake. */
  verdict(left: Candidate, right: Candidate, source: Random): Verdict {
    const { temperature, noise } = this.#settings;
    const difference = this.#gold(left.x, left.y) - this.#gold(right.x, right.y);
    const prefersLeft = source.uniform() < 1 / (1 + Math.exp(-difference / temperature));
    const mistaken = source.uniform() < noise;
    return prefersLeft !== mistaken ? 'left' : 'right';
  }

  /** Simulated answers about the drifted policy keep their pair, but follow a change of the gold or the annotator. */
  relabel(comparison: Comparison): Comparison {
    if (comparison.annotator !== 'simulated' || comparison.edited) return comparison;
    const [left, right] = [this.#byId.get(comparison.left)!, this.#byId.get(comparison.right)!];
    const source = random(this.#settings.seed, 'simulated-policy', comparison.id);
    return { ...comparison, verdict: this.verdict(left, right, source) };
  }
}

/** Draws two candidates that are both held out or both trained on, so that no pair is lost to the split. */
class PairDrawer {
  readonly #pool: readonly Candidate[];
  readonly #share: number;
  readonly #sides = { heldOut: [] as Candidate[], train: [] as Candidate[] };
  /** Where each candidate stands on its side. */
  readonly #place = new Map<number, number>();

  constructor(pool: readonly Candidate[], share: number) {
    this.#pool = pool;
    this.#share = share;
    for (const candidate of pool) this.#place.set(candidate.id, this.#sideOf(candidate).push(candidate) - 1);
  }

  #sideOf(candidate: Candidate): Candidate[] {
    return isHeldOut(candidate, this.#share) ? this.#sides.heldOut : this.#sides.train;
  }

  /** @param wanted one of them, if it has company on its side */
  draw(source: Random, wanted?: Candidate): [Candidate, Candidate] {
    let first = wanted ?? this.#pool[source.integer(this.#pool.length)]!;
    if (this.#sideOf(first).length === 1) {
      // The only one on its side: all the others are on the other one.
      const others = this.#pool.filter(({ id }) => id !== first.id);
      first = others[source.integer(others.length)]!;
    }
    const side = this.#sideOf(first);
    const k = source.integer(side.length - 1);
    return [first, side[k < this.#place.get(first.id)! ? k : k + 1]!];
  }
}

const comparedKey = (a: number, b: number) => (a < b ? `${a}/${b}` : `${b}/${a}`);

/** The next pair for the cards. @param policy where "policy now" draws from */
export function withNextPair(dataset: Dataset, settings: Settings, policy: PlaneGaussian | null): Dataset {
  const turn = dataset.turn + 1;
  const source = random(settings.seed, 'pair', turn);
  if (settings.pairSource === 'policy' && policy) {
    const fresh = drawFromPolicy(policy, dataset.nextCandidate, 2, source);
    const [left, right] = [fresh[0]!.id, fresh[1]!.id];
    // Their ids are taken now, so that nothing that is added meanwhile gets them.
    return { ...dataset, turn, nextCandidate: right + 1, pair: { left, right, fresh, source: 'policy' } };
  }
  const pool = dataset.candidates.filter(({ origin }) => origin !== 'policy');
  const compared = new Set(dataset.comparisons.map(({ left, right }) => comparedKey(left, right)));
  const used = new Set(dataset.comparisons.flatMap(({ left, right }) => [left, right]));
  // A point that was just added is what the visitor wants to ask about.
  const wanted = pool.findLast((candidate) => candidate.origin === 'added' && !used.has(candidate.id));
  const pairs = new PairDrawer(pool, settings.heldOut);
  let [a, b] = pairs.draw(source, wanted);
  for (let tries = 0; tries < 20 && compared.has(comparedKey(a.id, b.id)); tries++)
    [a, b] = pairs.draw(source, wanted);
  const [left, right] = source.uniform() < 0.5 ? [a.id, b.id] : [b.id, a.id];
  return { ...dataset, turn, pair: { left, right, fresh: [], source: 'start' } };
}

/** `count` candidates from a Gaussian over the plane, all on the same side of the held-out split, two by two. */
export function drawFromPolicy(
  policy: PlaneGaussian,
  firstId: number,
  count: number,
  source: Random,
): Candidate[] {
  const { mean, logStd } = policy;
  let splitKey = 0;
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) splitKey = source.uniform();
    const x = mean[0] + Math.exp(logStd[0]) * source.normal();
    const y = mean[1] + Math.exp(logStd[1]) * source.normal();
    return { id: firstId + i, x, y, origin: 'policy', splitKey } as const;
  });
}

function withValidPair(dataset: Dataset, settings: Settings): Dataset {
  const shown = [...dataset.candidates, ...dataset.pair.fresh];
  const [left, right] = (['left', 'right'] as const).map((side) =>
    shown.find(({ id }) => id === dataset.pair[side]),
  );
  const share = settings.heldOut;
  return left && right && isHeldOut(left, share) === isHeldOut(right, share)
    ? dataset
    : withNextPair(dataset, settings, null);
}

/** Adds a comparison of two known candidates. */
export function withComparison(dataset: Dataset, comparison: Omit<Comparison, 'id'>): Dataset {
  const fresh = dataset.pair.fresh.filter(({ id }) => id === comparison.left || id === comparison.right);
  return {
    ...dataset,
    candidates: [...dataset.candidates, ...fresh],
    comparisons: [...dataset.comparisons, { ...comparison, id: dataset.nextComparison }],
    nextComparison: dataset.nextComparison + 1,
  };
}

/** `count` simulated answers about pairs that the policy produces now. */
export function withPolicyComparisons(
  dataset: Dataset,
  settings: Settings,
  policy: PlaneGaussian,
  count: number,
): Dataset {
  const source = random(settings.seed, 'on-policy', dataset.nextCandidate);
  const fresh = drawFromPolicy(policy, dataset.nextCandidate, 2 * count, source);
  const candidates = [...dataset.candidates, ...fresh];
  const annotator = new SimulatedAnnotator({ ...dataset, candidates }, settings);
  const added = Array.from({ length: count }, (_, k): Comparison =>
    annotator.relabel({
      id: dataset.nextComparison + k,
      left: fresh[2 * k]!.id,
      right: fresh[2 * k + 1]!.id,
      verdict: 'tie',
      annotator: 'simulated',
      source: 'policy',
    }),
  );
  return {
    ...dataset,
    candidates,
    comparisons: [...dataset.comparisons, ...added],
    nextCandidate: dataset.nextCandidate + fresh.length,
    nextComparison: dataset.nextComparison + count,
  };
}

export const withFlipped = (dataset: Dataset, id: number): Dataset => ({
  ...dataset,
  comparisons: dataset.comparisons.map((comparison) =>
    comparison.id === id ? flipped(comparison) : comparison,
  ),
});

export function withoutComparison(dataset: Dataset, id: number): Dataset {
  const gone = dataset.comparisons.find((comparison) => comparison.id === id);
  return {
    ...dataset,
    comparisons: dataset.comparisons.filter((comparison) => comparison.id !== id),
    removedDraws: gone?.draw === undefined ? dataset.removedDraws : [...dataset.removedDraws, gone.draw],
  };
}

/** Adds a point by hand. It is trained on, whatever the held-out share: somebody put it there to see its effect. */
export const withPoint = (dataset: Dataset, x: number, y: number): Dataset => ({
  ...dataset,
  candidates: [
    ...dataset.candidates,
    { id: dataset.nextCandidate, x, y, origin: 'added', splitKey: 1, pinned: true },
  ],
  nextCandidate: dataset.nextCandidate + 1,
});

export const withMoved = (dataset: Dataset, id: number, x: number, y: number): Dataset => ({
  ...dataset,
  candidates: dataset.candidates.map((candidate) =>
    candidate.id === id ? { ...candidate, x, y, pinned: true } : candidate,
  ),
});

/** Which comparisons are only for testing: those of two held-out candidates. */
export function isTest(comparison: Comparison, byId: Map<number, Candidate>, share: number): boolean {
  const [left, right] = [byId.get(comparison.left), byId.get(comparison.right)];
  return !!left && !!right && isHeldOut(left, share) && isHeldOut(right, share);
}

/** The dataset as the engine takes it, and the ids of the decided comparisons in its order. */
export function pack(
  dataset: Dataset,
  heldOut: number,
  version: number,
): { data: PackedData; decided: readonly number[] } {
  const { candidates, comparisons } = dataset;
  const byId = candidateMap(dataset);
  const rowOf = new Map(candidates.map(({ id }, row) => [id, row]));
  const decided = comparisons.filter(({ verdict }) => verdict !== 'tie');
  const data: PackedData = {
    version,
    ids: Int32Array.from(candidates, ({ id }) => id),
    positions: Float32Array.from(candidates.flatMap(({ x, y }) => [x, y])),
    chosen: Int32Array.from(decided, (comparison) => rowOf.get(chosenOf(comparison))!),
    rejected: Int32Array.from(decided, (comparison) => rowOf.get(rejectedOf(comparison))!),
    heldOut: Uint8Array.from(decided, (comparison) => (isTest(comparison, byId, heldOut) ? 1 : 0)),
    ties: comparisons.length - decided.length,
  };
  return { data, decided: decided.map(({ id }) => id) };
}
