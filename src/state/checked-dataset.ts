import type { Candidate } from '../domain/candidate';
import type { Own } from '../domain/content';
import { checkComparison, type Comparison, type PairSource } from '../domain/comparison';
import { settingsTable } from '../domain/settings';
import type { Dataset } from './dataset';

/** Reading a dataset from outside: a file or a link may hold anything. */

type Raw = Readonly<Record<string, unknown>>;

const limits = {
  candidates: 200_000,
  comparisons: 200_000,
  text: 500,
  name: 60,
  words: 4000,
  values: 256,
  prompt: 40_000,
} as const;
const origins: readonly Candidate['origin'][] = ['start', 'added', 'policy'];
const sources: readonly PairSource[] = settingsTable.pairSource.options;

const isRecord = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A dataset with nothing in it but what a dataset has; its question is asked anew.
 * @throws Error with a sentence that names the first entry that cannot be used, and why
 */
export function checkDataset(raw: unknown): Dataset {
  if (!isRecord(raw)) throw new Error('It holds no candidates and comparisons.');
  const candidates = listOf(raw.candidates, 'candidates').map(checkCandidate);
  const ids = new Set(candidates.map(({ id }) => id));
  if (ids.size !== candidates.length) throw new Error('Two of its candidates have the same id.');
  const comparisons = listOf(raw.comparisons, 'comparisons').map((one, i) => checkRecord(one, i, ids));
  if (new Set(comparisons.map(({ id }) => id)).size !== comparisons.length)
    throw new Error('Two of its comparisons have the same id.');
  const highest = (own: readonly number[], least: number) =>
    own.reduce((most, id) => Math.max(most, id + 1), least);
  return {
    candidates,
    comparisons,
    question: { shown: [], fresh: [], source: 'start' },
    own: checkOwn(raw.own),
    turn: isWhole(raw.turn) ? raw.turn : 0,
    nextCandidate: highest([...ids], isWhole(raw.nextCandidate) ? raw.nextCandidate : 10_000),
    nextComparison: highest(
      comparisons.map(({ id }) => id),
      isWhole(raw.nextComparison) ? raw.nextComparison : 1,
    ),
    removedDraws: Array.isArray(raw.removedDraws) ? raw.removedDraws.filter(isWhole) : [],
  };
}

function listOf(value: unknown, what: 'candidates' | 'comparisons'): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`It has no list of ${what}.`);
  if (value.length > limits[what])
    throw new Error(`It has ${value.length} ${what}; at most ${limits[what]} are taken.`);
  return value as unknown[];
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function checkCandidate(raw: unknown, index: number): Candidate {
  const { id, prompt, values, text, origin, splitKey, pinned } = isRecord(raw) ? raw : ({} as Raw);
  const fits =
    isWhole(id) &&
    isWhole(prompt) &&
    isNumbers(values) &&
    (text === undefined || typeof text === 'string') &&
    origins.includes(origin as Candidate['origin']);
  if (!fits) throw new Error(`Candidate ${index + 1} has no id, no contents, or an unknown origin.`);
  return {
    id,
    prompt,
    values,
    ...(typeof text === 'string' ? { text: text.slice(0, limits.words) } : {}),
    origin: origin as Candidate['origin'],
    splitKey: typeof splitKey === 'number' && splitKey >= 0 && splitKey <= 1 ? splitKey : 1,
    ...(pinned === true ? { pinned: true } : {}),
  };
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length <= limits.values && value.every(Number.isFinite);

/** Prompts that are no texts are left out: the scenario's own stand there then. */
function checkOwn(raw: unknown): Own {
  const prompts = isRecord(raw) && isRecord(raw.prompts) ? raw.prompts : {};
  const kept = Object.entries(prompts)
    .filter(([index, text]) => /^\d{1,4}$/.test(index) && typeof text === 'string')
    .map(([index, text]) => [index, (text as string).slice(0, limits.prompt)] as const);
  return { prompts: Object.fromEntries(kept) };
}

function checkRecord(raw: unknown, index: number, candidates: ReadonlySet<number>): Comparison {
  try {
    if (!isRecord(raw)) throw new Error('It is not a record.');
    const { id, annotator, source, criterion, note, draw, edited } = raw;
    if (!isWhole(id)) throw new Error('It has no id.');
    const comparison = {
      ...statementOf(raw),
      id,
      annotator: typeof annotator === 'string' ? annotator.slice(0, limits.name) : 'you',
      source: sources.includes(source as PairSource) ? (source as PairSource) : 'start',
      ...(typeof criterion === 'string' ? { criterion: criterion.slice(0, limits.name) } : {}),
      ...(typeof note === 'string' ? { note: note.slice(0, limits.text) } : {}),
      ...(isWhole(draw) ? { draw } : {}),
      ...(edited === true ? { edited: true } : {}),
    } as Comparison;
    checkComparison(comparison, (item) => candidates.has(item));
    return comparison;
  } catch (error) {
    throw new Error(`Comparison ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Only the fields that the kind has. */
function statementOf(raw: Raw): object {
  const { kind, left, right, verdict, strength, shown, best, places, item, score } = raw;
  switch (kind) {
    case 'pair':
      return { kind, left, right, verdict, ...(strength === undefined ? {} : { strength }) };
    case 'best':
      return { kind, shown, best };
    case 'ranking':
      return { kind, shown, places };
    case 'rating':
      return { kind, item, score };
    default:
      throw new Error('It is of a kind that is not known here.');
  }
}
