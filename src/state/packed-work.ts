import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { Candidate } from '../domain/candidate';
import { isDecided, itemsOf } from '../domain/comparison';
import type { Own } from '../domain/content';
import type { Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';
import { checkDataset } from './checked-dataset';
import { freshDataset, isDrawn, redraw, type Dataset } from './dataset';

/**
 * A visitor's labels inside a link: what does not follow from the settings, as columns (which compress well),
 * deflated one by one, in base64url. What the simulated annotator answered is only counted, and drawn again on opening.
 */

/** Longest text of the labels in a link: chat programs and QR codes cut longer ones. */
export const mostLinkCharacters = 8 * 1024;
/** Text that a link may expand to. */
const mostExpanded = 4 * 2 ** 20;

/** Version 2. Lists run over the comparisons, or over those that have the field. */
interface Columns {
  readonly v: 2;
  /** [nextCandidate, nextComparison, turn] */
  readonly n: readonly [number, number, number];
  readonly removed: readonly number[];
  /** [id, prompt, index of the origin, splitKey, pinned, …values]; words of somebody's own, and own prompts, stand beside them. */
  readonly candidates: readonly (readonly number[])[];
  readonly texts?: readonly (readonly [number, string])[];
  readonly prompts?: Own['prompts'];
  /** One letter each: d drawn from the settings; p pair, b best, r ranking, s rating. */
  readonly kinds: string;
  /** Differences of the ids. */
  readonly ids: readonly number[];
  /** Of drawn ones and of edited ones: draw + 1, or 0. */
  readonly draws: readonly number[];
  /** Of the others that are lists: how many were shown. What was shown stands beside the columns. */
  readonly sizes: readonly number[];
  /** Strength of each pair, 0 for none; its verdict stands beside the columns, as one letter: l, r, t, b. */
  readonly strengths: string;
  /** Of best: which; of rankings: places; of ratings: score. */
  readonly values: readonly number[];
  /** Indices into the names. */
  readonly annotators: readonly number[];
  readonly sources: readonly number[];
  readonly criteria: readonly number[];
  readonly names: readonly string[];
  /** Index among all comparisons: edited ones, and remarks. */
  readonly edited: readonly number[];
  readonly notes: readonly (readonly [number, string])[];
}

/** Version 1 had only points: [id, x, y, index of the origin, splitKey, pinned]. */
type Version1 = Omit<Columns, 'v' | 'texts' | 'prompts'> & { readonly v: 1 };

const upgraded = (columns: Columns | Version1): Columns =>
  columns?.v === 1 && Array.isArray(columns.candidates)
    ? {
        ...columns,
        v: 2,
        candidates: columns.candidates.map(([id, x, y, ...rest]: readonly number[]) => [
          id!,
          0,
          ...rest,
          x!,
          y!,
        ]),
      }
    : (columns as Columns);

const letters = { pair: 'p', best: 'b', ranking: 'r', rating: 's' } as const;
const verdicts = { left: 'l', right: 'r', tie: 't', 'both-bad': 'b' } as const;
const origins: readonly Candidate['origin'][] = ['start', 'added', 'policy'];

/** @returns base64url with points between its parts; longer than `mostLinkCharacters` where it does not fit into a link */
export function packWork(
  { candidates, comparisons, own: brought, ...rest }: Dataset,
  settings: Settings,
): string {
  const scenario = scenarioOf(settings);
  /** Whether a candidate follows from the settings. */
  const isStart = ({ id, origin, pinned, prompt, values }: Candidate): boolean => {
    if (origin !== 'start' || pinned || id >= settings.points) return false;
    const start = scenario.startContent(settings, id, brought);
    return start.prompt === prompt && start.values.join() === values.join();
  };
  const names: string[] = [];
  const nameIndex = (name: string) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  const own = comparisons.filter((comparison) => !isDrawn(comparison));
  const texts = candidates.flatMap(({ id, text }) => (text === undefined ? [] : [[id, text] as const]));
  const pairs = own.filter((comparison) => comparison.kind === 'pair');
  const columns: Columns = {
    v: 2,
    // The question on the cards is asked again, and counts again.
    n: [rest.nextCandidate, rest.nextComparison, Math.max(0, rest.turn - 1)],
    removed: rest.removedDraws,
    candidates: candidates
      .filter((candidate) => !isStart(candidate))
      .map(({ id, prompt, values, origin, splitKey, pinned }) => [
        id,
        prompt,
        origins.indexOf(origin),
        rounded(splitKey),
        pinned ? 1 : 0,
        ...values.map(rounded),
      ]),
    ...(texts.length > 0 ? { texts } : {}),
    ...(Object.keys(brought.prompts).length > 0 ? { prompts: brought.prompts } : {}),
    kinds: comparisons.map((comparison) => (isDrawn(comparison) ? 'd' : letters[comparison.kind])).join(''),
    ids: comparisons.map(({ id }, i) => id - (comparisons[i - 1]?.id ?? 0)),
    draws: comparisons
      .filter(({ draw, edited }) => draw !== undefined || edited)
      .map(({ draw }) => (draw ?? -1) + 1),
    sizes: own.flatMap((comparison) => ('shown' in comparison ? [comparison.shown.length] : [])),
    strengths: pairs.map((pair) => (isDecided(pair) ? (pair.strength ?? 0) : 0)).join(''),
    values: own.flatMap((comparison) => {
      if (comparison.kind === 'best') return [comparison.shown.indexOf(comparison.best)];
      if (comparison.kind === 'ranking') return comparison.places;
      return comparison.kind === 'rating' ? [comparison.score] : [];
    }),
    annotators: own.map(({ annotator }) => nameIndex(annotator)),
    sources: own.map(({ source }) => nameIndex(source)),
    criteria: own.map(({ criterion }) => (criterion === undefined ? -1 : nameIndex(criterion))),
    names,
    edited: comparisons.flatMap(({ edited }, i) => (edited ? [i] : [])),
    notes: comparisons.flatMap(({ note }, i) => (note === undefined ? [] : [[i, note] as const])),
  };
  const parts = [
    JSON.stringify(columns),
    pairs.map(({ verdict }) => verdicts[verdict]).join(''),
    ...digitTexts(own.flatMap(itemsOf)),
  ];
  return parts.map((part) => base64url(deflateSync(strToU8(part), { level: 9 }))).join('.');
}

/**
 * The labels of a link, with what the settings draw.
 * @throws Error with a sentence where the text is damaged or of another version
 */
export function unpackWork(text: string, settings: Settings): Dataset {
  const columns = parse(text);
  const [nextCandidate, nextComparison, turn] = columns.n;
  const next = cursor(columns);
  let id = 0;
  const comparisons = Array.from(columns.kinds, (letter, i) => {
    id += columns.ids[i]!;
    const edited = columns.edited.includes(i);
    const note = columns.notes.find(([index]) => index === i)?.[1];
    const common = { id, ...(edited ? { edited } : {}), ...(note === undefined ? {} : { note }) };
    const draw = letter === 'd' || edited ? next('draws') - 1 : -1;
    const drawn = draw < 0 ? {} : { draw };
    // What is said by a drawn one is drawn again; until then it is any pair.
    if (letter === 'd') return { ...common, ...drawn, kind: 'pair', left: 0, right: 1, verdict: 'left' };
    return { ...common, ...drawn, ...said(letter, columns, next) };
  });
  const own = { prompts: columns.prompts ?? {} };
  const start = freshDataset({ ...settings, simulated: 0 }, own).candidates;
  const texts = new Map(columns.texts ?? []);
  const moved = new Map(
    columns.candidates.map(([own, prompt, origin, splitKey, pinned, ...values]) => {
      const text = texts.get(own!);
      const about = text === undefined ? {} : { text };
      const rest = { origin: origins[origin!], splitKey, ...(pinned === 1 ? { pinned: true } : {}) };
      return [own, { id: own, prompt, values, ...about, ...rest }];
    }),
  );
  const candidates = [
    ...start.map((candidate) => moved.get(candidate.id) ?? candidate),
    ...[...moved.values()].filter((candidate) => !start.some((other) => other.id === candidate.id)),
  ];
  const checked = checkDataset({
    candidates,
    comparisons,
    own,
    nextCandidate,
    nextComparison,
    turn,
    removedDraws: columns.removed,
  });
  return redraw(checked, settings);
}

type Numbers = 'draws' | 'items' | 'sizes' | 'values' | 'annotators' | 'sources' | 'criteria';

/** Takes one number after the other from each column. */
function cursor(columns: Readonly<Record<Numbers, readonly number[]>>) {
  const at = new Map<string, number>();
  return (name: Numbers | 'pairs'): number => {
    const i = at.get(name) ?? 0;
    at.set(name, i + 1);
    return name === 'pairs' ? i : (columns[name][i] ?? NaN);
  };
}

function said(letter: string, columns: Unpacked, next: ReturnType<typeof cursor>): object {
  const criterion = columns.names[next('criteria')];
  const by = {
    annotator: columns.names[next('annotators')],
    source: columns.names[next('sources')],
    ...(criterion === undefined ? {} : { criterion }),
  };
  const several = (count: number, name: Numbers) => Array.from({ length: count }, () => next(name));
  if (letter === 'p') {
    const [left, right] = several(2, 'items');
    const pair = next('pairs');
    const verdict = Object.entries(verdicts).find(([, short]) => short === columns.verdicts[pair])?.[0];
    const strength = Number(columns.strengths[pair]);
    return { ...by, kind: 'pair', left, right, verdict, ...(strength > 0 ? { strength } : {}) };
  }
  if (letter === 's') return { ...by, kind: 'rating', item: next('items'), score: next('values') };
  const shown = several(Math.min(next('sizes'), 100), 'items');
  if (letter === 'b') return { ...by, kind: 'best', shown, best: shown[next('values')] };
  return { ...by, kind: 'ranking', shown, places: several(shown.length, 'values') };
}

/** Columns, with what stood beside them. */
type Unpacked = Columns & { readonly verdicts: string; readonly items: readonly number[] };

function parse(text: string): Unpacked {
  const damaged = 'The labels in this link are damaged: it was cut or changed on the way. Ask for it again.';
  let columns: Unpacked;
  try {
    const [json, said, ...digits] = text
      .split('.')
      .map((part) => strFromU8(inflateSync(bytesOf(part), { out: new Uint8Array(mostExpanded) })));
    columns = { ...upgraded(JSON.parse(json!) as Columns | Version1), verdicts: said!, items: idsOf(digits) };
  } catch (error) {
    throw new Error(damaged, { cause: error });
  }
  if (typeof columns?.v === 'number' && columns.v > 2)
    throw new Error(
      'The labels in this link were made by a newer version of this page. Reload it, and try again.',
    );
  const lists = [
    'n',
    'removed',
    'candidates',
    'ids',
    'draws',
    'sizes',
    'values',
    'annotators',
    'sources',
    'criteria',
    'names',
    'edited',
    'notes',
  ] as const;
  const texts = ['kinds', 'strengths', 'verdicts'] as const;
  const whole =
    columns?.v === 2 &&
    (columns.texts === undefined || Array.isArray(columns.texts)) &&
    lists.every((name) => Array.isArray(columns[name])) &&
    texts.every((name) => typeof columns[name] === 'string');
  if (!whole) throw new Error(damaged);
  return columns;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Ids as base-64 digits, one text for each place, lowest first: each place packs best by itself. */
const digitTexts = (ids: readonly number[]): string[] =>
  [0, 6, 12, 18].map((shift) => ids.map((id) => alphabet[(id >> shift) & 63]).join(''));

const idsOf = (digits: readonly string[]): number[] =>
  Array.from(digits[0]!, (_, i) =>
    digits.reduceRight((id, place) => id * 64 + alphabet.indexOf(place[i] ?? '!'), 0),
  );

/** Six digits are more than a hand or a screen can place. */
const rounded = (value: number): number => Number(value.toPrecision(6));

const base64url = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
