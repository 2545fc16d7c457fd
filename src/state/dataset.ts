import { isHeldOut, type Candidate } from '../domain/candidate';
import {
  decidedPairs,
  itemsOf,
  orderOf,
  ratingScale,
  type Comparison,
  type NewComparison,
  type PairSource,
} from '../domain/comparison';
import { kinds } from '../domain/observations';
import { random, type Random } from '../domain/random';
import type { Settings } from '../domain/settings';
import { nothingOwn, packContents, type Content, type Own } from '../domain/content';
import { scenarioOf } from '../scenarios';
import type { PackedData } from '../engine/protocol';
import { shownIn } from './annotator';
import type { PolicyNow } from './policy-now';
import { chooseQuestion } from './selection';
import type { Opinion } from './selection/opinion';
import type { Choice } from './selection/strategy';
import { itemKey, splitAsSet } from './split';
import { SimulatedAnswers, askedAt, answersToEach, isSimulated } from './simulated-answers';

/** Candidates, comparisons and the question on the cards: immutable, so that undo is keeping the old one. */
export interface Dataset {
  readonly candidates: readonly Candidate[];
  readonly comparisons: readonly Comparison[];
  readonly question: Question;
  /** What the visitor brought into the scenario. */
  readonly own: Own;
  /** Questions shown so far: names the random stream of the next one. */
  readonly turn: number;
  readonly nextCandidate: number;
  readonly nextComparison: number;
  /** Answers of the simulated annotator that were deleted by hand and must not come back. */
  readonly removedDraws: readonly number[];
}

/** What is on the cards. `fresh` candidates were drawn for it and join the others when it is answered. */
export interface Question {
  /** Candidate ids, in the order they are shown. */
  readonly shown: readonly number[];
  readonly fresh: readonly Candidate[];
  readonly source: PairSource;
  /** What to judge by, where one criterion is asked after the other. */
  readonly criterion?: string;
}

/** Ids of candidates that are not starting points, so that more starting points can be drawn without renaming them. */
const firstOtherId = 10_000;

const noQuestion: Question = { shown: [], fresh: [], source: 'start' };

/** A dataset with the starting candidates and the simulated comparisons that the settings ask for. */
export const freshDataset = (settings: Settings, own: Own = nothingOwn): Dataset =>
  redraw(
    {
      candidates: [],
      comparisons: [],
      question: noQuestion,
      own,
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
export const isDrawn = ({ draw, edited }: Comparison): boolean => draw !== undefined && !edited;

/**
 * Draws again all that follows from the settings: the starting candidates and the simulated answers. What was made
 * by hand stays: points that were placed or that a person compared keep their places.
 */
export function redraw(dataset: Dataset, settings: Settings): Dataset {
  const candidates = redrawCandidates(dataset, settings);
  const partial = { ...dataset, candidates };
  const drawn = redrawComparisons(partial, settings);
  return withValidQuestion({ ...partial, ...drawn }, settings);
}

const promptsIn = ({ own }: Dataset, settings: Settings): number =>
  scenarioOf(settings).prompts(settings, own).length;

function redrawCandidates(dataset: Dataset, settings: Settings): readonly Candidate[] {
  const scenario = scenarioOf(settings);
  const prompts = promptsIn(dataset, settings);
  const inUse = new Set(dataset.comparisons.filter((c) => !isDrawn(c)).flatMap(itemsOf));
  const stays = (candidate: Candidate) =>
    candidate.pinned || candidate.origin !== 'start' || inUse.has(candidate.id);
  const kept = new Map(dataset.candidates.filter(stays).map((candidate) => [candidate.id, candidate]));
  const start: Candidate[] = [];
  for (let id = 0; id < settings.points; id++)
    start.push(
      kept.get(id) ?? {
        id,
        ...scenario.startContent(settings, id, dataset.own),
        origin: 'start',
        splitKey: itemKey(settings.seed, id, prompts),
      },
    );
  const all = [...start, ...[...kept.values()].filter(({ id }) => id >= settings.points)];
  return splitAsSet(all, settings, prompts);
}

function redrawComparisons(
  dataset: Dataset,
  settings: Settings,
): Pick<Dataset, 'comparisons' | 'nextComparison'> {
  const answers = new SimulatedAnswers(dataset.candidates, settings, dataset.own);
  const removed = new Set(dataset.removedDraws);
  const present = new Set<number>();
  const comparisons: Comparison[] = [];
  for (const comparison of dataset.comparisons) {
    const { draw } = comparison;
    if (draw !== undefined) present.add(draw);
    if (!isDrawn(comparison)) comparisons.push(answers.relabel(comparison));
    else if (draw! < settings.simulated)
      comparisons.push({ ...answers.at(draw!), ...notesOf(comparison), id: comparison.id });
  }
  let nextComparison = dataset.nextComparison;
  for (let draw = 0; draw < settings.simulated; draw++)
    if (!present.has(draw) && !removed.has(draw))
      comparisons.push({ ...answers.at(draw), id: nextComparison++ });
  return { comparisons, nextComparison };
}

/** What somebody wrote beside a comparison stays when it is drawn again. */
const notesOf = ({ note }: Comparison) => (note === undefined ? {} : { note });

/**
 * The next question for the cards: the next criterion about the same pair, or another pair or list.
 * @param policy where "policy now" draws from @param opinion of the present model, by which some are chosen
 */
export function withNextQuestion(
  dataset: Dataset,
  settings: Settings,
  policy: PolicyNow | null,
  opinion: Opinion | null = null,
): Dataset {
  const turn = dataset.turn + 1;
  const source = random(settings.seed, 'pair', turn);
  const count = shownIn(settings.mode, settings);
  const criterion = settings.mode === 'criteria' ? scenarioOf(settings).criteria[0]!.id : undefined;
  const asked = criterion === undefined ? {} : { criterion };
  if (settings.pairSource === 'policy' && policy) {
    const drawn = drawFromPolicy(policy, dataset.nextCandidate, count, source);
    const fresh = splitAsSet(drawn, settings, promptsIn(dataset, settings));
    const shown = fresh.map(({ id }) => id);
    // Their ids are taken now, so that nothing that is added meanwhile gets them.
    const nextCandidate = dataset.nextCandidate + count;
    return { ...dataset, turn, nextCandidate, question: { shown, fresh, source: 'policy', ...asked } };
  }
  const used = new Set(dataset.comparisons.flatMap(itemsOf));
  // A point that was just added is what the visitor wants to ask about.
  const wanted = dataset.candidates.findLast(({ id, origin }) => origin === 'added' && !used.has(id));
  const who = (annotator: string) => annotator === 'you';
  const choice = chooseQuestion(dataset, settings, { mode: settings.mode, source, opinion, who, wanted });
  return { ...dataset, turn, question: { ...choice, fresh: [], ...asked } };
}

/** After an answer: the next criterion about the same pair where there is one, else the next question. */
export function withAnswered(
  dataset: Dataset,
  settings: Settings,
  policy: PolicyNow | null,
  opinion: Opinion | null = null,
): Dataset {
  const { question } = dataset;
  const { criteria } = scenarioOf(settings);
  const next = criteria[criteria.findIndex(({ id }) => id === question.criterion) + 1];
  if (question.criterion === undefined || !next) return withNextQuestion(dataset, settings, policy, opinion);
  return { ...dataset, question: { ...question, criterion: next.id } };
}

/** `count` candidates that the policy makes, in groups of `together` that answer the same prompt on the same side of the split. */
export function drawFromPolicy(
  policy: PolicyNow,
  firstId: number,
  count: number,
  source: Random,
  together = count,
): Candidate[] {
  return Array.from({ length: count / together }, (_, group) => {
    const splitKey = source.uniform();
    return policy(together, source).map((content, i): Candidate => ({
      id: firstId + group * together + i,
      ...content,
      origin: 'policy',
      splitKey,
    }));
  }).flat();
}

/** Another question where the one on the cards lost a candidate, or is no longer on one side of the split. */
function withValidQuestion(dataset: Dataset, settings: Settings): Dataset {
  const { question } = dataset;
  const byId = new Map(
    [...dataset.candidates, ...question.fresh].map((candidate) => [candidate.id, candidate]),
  );
  const shown = question.shown.map((id) => byId.get(id));
  const sides = new Set(shown.map((candidate) => candidate && isHeldOut(candidate, settings.heldOut)));
  const known = shown.length > 0 && !shown.includes(undefined) && sides.size === 1;
  return known ? dataset : withNextQuestion(dataset, settings, null);
}

/** Adds a comparison of known candidates. */
export function withComparison(dataset: Dataset, comparison: NewComparison): Dataset {
  const items = itemsOf(comparison);
  const { fresh } = dataset.question;
  const joins = ({ id }: Candidate) => items.includes(id);
  return {
    ...dataset,
    candidates: [...dataset.candidates, ...fresh.filter(joins)],
    // Whoever has joined is not fresh any more, also where the question stays.
    question: { ...dataset.question, fresh: fresh.filter((candidate) => !joins(candidate)) },
    comparisons: [...dataset.comparisons, { ...comparison, id: dataset.nextComparison }],
    nextComparison: dataset.nextComparison + 1,
  };
}

/** `count` simulated answers about pairs that the policy produces now. */
export function withPolicyComparisons(
  dataset: Dataset,
  settings: Settings,
  policy: PolicyNow,
  count: number,
): Dataset {
  const source = random(settings.seed, 'on-policy', dataset.nextCandidate);
  const { simulatedMode: mode } = settings;
  const size = shownIn(mode, settings);
  const questions = Math.ceil(count / answersToEach(settings));
  const drawn = drawFromPolicy(policy, dataset.nextCandidate, size * questions, source, size);
  const fresh = splitAsSet(drawn, settings, promptsIn(dataset, settings));
  const candidates = [...dataset.candidates, ...fresh];
  const answers = new SimulatedAnswers(candidates, settings, dataset.own);
  const added = Array.from({ length: count }, (_, k): Comparison => {
    const { question, ...asked } = askedAt(k, settings);
    const shown = fresh.slice(question * size, (question + 1) * size);
    const id = dataset.nextComparison + k;
    return { ...answers.judge(id, shown, mode, asked), id, source: 'policy' };
  });
  return {
    ...dataset,
    candidates,
    comparisons: [...dataset.comparisons, ...added],
    nextCandidate: dataset.nextCandidate + fresh.length,
    nextComparison: dataset.nextComparison + count,
  };
}

/** `count` simulated answers about questions that the present model, or the history, chooses. */
export function withChosenComparisons(
  dataset: Dataset,
  settings: Settings,
  opinion: Opinion | null,
  count: number,
): Dataset {
  const { simulatedMode: mode } = settings;
  const answers = new SimulatedAnswers(dataset.candidates, settings, dataset.own);
  const byId = candidateMap(dataset);
  const comparisons = [...dataset.comparisons];
  let choice: Choice = { shown: [], source: 'start' };
  for (let k = 0; k < count; k++) {
    const id = dataset.nextComparison + k;
    if (k % answersToEach(settings) === 0) {
      const source = random(settings.seed, 'chosen', id);
      const partial = { ...dataset, comparisons };
      choice = chooseQuestion(partial, settings, { mode, source, opinion, who: isSimulated });
    }
    const shown = choice.shown.map((item) => byId.get(item)!);
    const said = answers.judge(id, shown, mode, askedAt(k, settings));
    comparisons.push({ ...said, id, source: choice.source });
  }
  return { ...dataset, comparisons, nextComparison: dataset.nextComparison + count };
}

/** Puts a changed comparison in the place of the one with its id. */
export const withChanged = (dataset: Dataset, changed: Comparison): Dataset => ({
  ...dataset,
  comparisons: dataset.comparisons.map((comparison) => (comparison.id === changed.id ? changed : comparison)),
});

export function withoutComparison(dataset: Dataset, id: number): Dataset {
  const gone = dataset.comparisons.find((comparison) => comparison.id === id);
  return {
    ...dataset,
    comparisons: dataset.comparisons.filter((comparison) => comparison.id !== id),
    removedDraws: gone?.draw === undefined ? dataset.removedDraws : [...dataset.removedDraws, gone.draw],
  };
}

/** Adds a candidate by hand. It is trained on, whatever the held-out share: somebody made it to see its effect. */
export const withCandidate = (dataset: Dataset, content: Content): Dataset => ({
  ...dataset,
  candidates: [
    ...dataset.candidates,
    { id: dataset.nextCandidate, ...content, origin: 'added', splitKey: 1, pinned: true },
  ],
  nextCandidate: dataset.nextCandidate + 1,
});

/** With other contents in a candidate's place. */
export const withContent = (dataset: Dataset, id: number, content: Content): Dataset => ({
  ...dataset,
  candidates: dataset.candidates.map((candidate) =>
    candidate.id === id ? { ...candidate, ...content, pinned: true } : candidate,
  ),
});

/** Which comparisons are only for testing: those of held-out candidates alone. */
export const isTest = (comparison: Comparison, byId: Map<number, Candidate>, share: number): boolean =>
  itemsOf(comparison).every((id) => {
    const candidate = byId.get(id);
    return !!candidate && isHeldOut(candidate, share);
  });

/** What the engine's columns say of a comparison: see `Observations`. */
function valueOf(comparison: Comparison): number {
  if (comparison.kind === 'pair') return ((comparison.strength ?? 1) - 1) / 3;
  if (comparison.kind === 'rating') return comparison.score - (ratingScale.min + ratingScale.max) / 2;
  return 0;
}

/** What of a comparison goes into the columns. */
interface Packable {
  /** Best first, and their places. */
  readonly items: readonly number[];
  readonly places: readonly number[];
  /** [chosen, rejected, 1 where the chosen one was shown before the other, or to the left of it]. */
  readonly pairs: readonly (readonly [number, number, 0 | 1])[];
}

/** Comparisons do not change, so each is taken apart once: of thousands of rankings, that is most of the work. */
const packables = new WeakMap<Comparison, Packable>();

function packable(comparison: Comparison): Packable {
  const known = packables.get(comparison);
  if (known) return known;
  const shown = itemsOf(comparison);
  const pairs = decidedPairs(comparison).map(
    ([chosen, rejected]) =>
      [chosen, rejected, shown.indexOf(chosen) < shown.indexOf(rejected) ? 1 : 0] as const,
  );
  const made = { ...orderOf(comparison), pairs };
  packables.set(comparison, made);
  return made;
}

/** The dataset as the engine takes it, and the comparison that each of its decided pairs comes from. */
export function pack(
  dataset: Dataset,
  settings: Settings,
  version: number,
): { data: PackedData; decided: readonly number[] } {
  const { candidates, comparisons } = dataset;
  const byId = candidateMap(dataset);
  const rowOf = new Map(candidates.map(({ id }, row) => [id, row]));
  const { criteria } = scenarioOf(settings);
  const start = new Int32Array(comparisons.length + 1);
  const criterion = new Int8Array(comparisons.length);
  const heldOut = new Uint8Array(comparisons.length);
  const all = { rows: [] as number[], places: [] as number[] };
  const pairs = {
    ids: [] as number[],
    chosen: [] as number[],
    rejected: [] as number[],
    leftWon: [] as number[],
    heldOut: [] as number[],
    criterion: [] as number[],
  };
  comparisons.forEach((comparison, i) => {
    const taken = packable(comparison);
    criterion[i] = criteria.findIndex(({ id }) => id === comparison.criterion);
    heldOut[i] = isTest(comparison, byId, settings.heldOut) ? 1 : 0;
    for (const id of taken.items) all.rows.push(rowOf.get(id)!);
    for (const place of taken.places) all.places.push(place);
    start[i + 1] = all.rows.length;
    for (const [chosen, rejected, leftWon] of taken.pairs) {
      pairs.ids.push(comparison.id);
      pairs.chosen.push(rowOf.get(chosen)!);
      pairs.rejected.push(rowOf.get(rejected)!);
      pairs.leftWon.push(leftWon);
      pairs.heldOut.push(heldOut[i]);
      pairs.criterion.push(criterion[i]);
    }
  });
  const data: PackedData = {
    version,
    ids: Int32Array.from(candidates, ({ id }) => id),
    contents: packContents(
      candidates,
      candidates.reduce((most, { values }) => Math.max(most, values.length), 0),
    ),
    texts: Object.fromEntries(
      candidates.flatMap(({ text }, row) => (text === undefined ? [] : [[row, text] as const])),
    ),
    own: dataset.own,
    starting: Uint8Array.from(candidates, ({ origin }) => (origin === 'start' ? 1 : 0)),
    observations: {
      kind: Uint8Array.from(comparisons, ({ kind }) => kinds.indexOf(kind)),
      start,
      rows: Int32Array.from(all.rows),
      places: Uint8Array.from(all.places),
      value: Float32Array.from(comparisons, valueOf),
      criterion,
      heldOut,
    },
    chosen: Int32Array.from(pairs.chosen),
    rejected: Int32Array.from(pairs.rejected),
    leftWon: Uint8Array.from(pairs.leftWon),
    heldOut: Uint8Array.from(pairs.heldOut),
    criterion: Int8Array.from(pairs.criterion),
  };
  return { data, decided: pairs.ids };
}

/** Whether the engine would see no difference between two packings, whatever their versions. */
export const samePacked = (a: ReturnType<typeof pack>, b: ReturnType<typeof pack>): boolean => same(a, b);

const isList = (value: unknown): value is ArrayLike<unknown> =>
  ArrayBuffer.isView(value) || Array.isArray(value);

function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }
  return Object.entries(a).every(
    ([key, value]) => key === 'version' || same(value, b[key as keyof typeof b]),
  );
}

/** With another prompt in the place of one of the scenario's, or after them; null gives the scenario's own back. */
export function withPrompt(dataset: Dataset, index: number, prompt: string | null): Dataset {
  const others = Object.fromEntries(
    Object.entries(dataset.own.prompts).filter(([key]) => Number(key) !== index),
  );
  const prompts = prompt === null ? others : { ...others, [index]: prompt };
  return { ...dataset, own: { ...dataset.own, prompts } };
}
