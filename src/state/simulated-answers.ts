import type { Candidate } from '../domain/candidate';
import type { Own } from '../domain/content';
import { itemsOf, type Comparison, type NewComparison, type Statement } from '../domain/comparison';
import { random } from '../domain/random';
import type { Settings } from '../domain/settings';
import { scenarioOf } from '../scenarios';
import { modeOf, shownIn, SimulatedAnnotator, type Mode } from './annotator';
import { Drawer } from './drawer';

/** Which of several simulated annotators is asked, counted from 1, and by which criterion. */
interface Asked {
  /** Absent where there is only one. */
  readonly person?: number | undefined;
  readonly criterion?: string | undefined;
}

/** The criteria a simulated annotator is asked by, one after the other; one that is undefined for everything together. */
const criteriaAsked = (settings: Settings): readonly (string | undefined)[] =>
  settings.simulatedMode === 'criteria' ? scenarioOf(settings).criteria.map(({ id }) => id) : [undefined];

/** How many answers are given to one question: by each annotator, by each criterion. */
export const answersToEach = (settings: Settings): number =>
  settings.annotators * criteriaAsked(settings).length;

/** What the answer numbered `k` is about: the question's number, then by annotator, then by criterion. */
export function askedAt(k: number, settings: Settings): Asked & { readonly question: number } {
  const criteria = criteriaAsked(settings);
  const { annotators } = settings;
  return {
    question: Math.floor(k / (criteria.length * annotators)),
    criterion: criteria[k % criteria.length],
    person: annotators > 1 ? 1 + (Math.floor(k / criteria.length) % annotators) : undefined,
  };
}

type Group = 'A' | 'B';

/** 'simulated', 'simulated 2' where several are asked, 'group B' or 'group B 2' where there are two groups. */
const nameOf = (group: Group | null, person: number | undefined): string =>
  (group ? `group ${group}` : 'simulated') + (person === undefined ? '' : ` ${person}`);

/** The names `nameOf` gives, with the number of the annotator. */
const simulatedName = /^(?:simulated|group [AB])(?: (\d))?$/;

/** Whether an annotator of this name is simulated. */
export const isSimulated = (annotator: string): boolean => simulatedName.test(annotator);

/** What the simulated annotators say: a function of the settings, of what is shown, and of who is asked. */
export class SimulatedAnswers {
  readonly #settings: Settings;
  readonly #byId: Map<number, Candidate>;
  readonly #annotators: Record<Group, SimulatedAnnotator>;
  readonly #twoGroups: boolean;
  readonly #candidates: readonly Candidate[];
  #drawer: Drawer | null = null;

  constructor(candidates: readonly Candidate[], settings: Settings, own: Own) {
    this.#settings = settings;
    this.#candidates = candidates;
    this.#byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
    const second = settings.groupShare > 0 ? scenarioOf(settings).secondGroup?.(settings) : undefined;
    const first = new SimulatedAnnotator(settings, own);
    this.#twoGroups = second !== undefined;
    this.#annotators = { A: first, B: second ? new SimulatedAnnotator(second, own) : first };
  }

  /**
   * The answer numbered `draw` about the starting candidates: what is shown, in which order, who answers and what is
   * said follow from the seed and the settings.
   */
  at(draw: number): NewComparison {
    const { seed, simulatedMode: mode, points, heldOut } = this.#settings;
    this.#drawer ??= new Drawer(this.#candidates.slice(0, points), heldOut);
    const { question, person, criterion } = askedAt(draw, this.#settings);
    const questions = random(seed, 'simulated', question);
    const shown = this.#drawer.several(shownIn(mode, this.#settings), questions);
    // The first one answers out of the stream that drew the question; the others have streams of their own.
    const source =
      criterion !== undefined
        ? random(seed, 'simulated-criterion', draw)
        : person === undefined || person === 1
          ? questions
          : random(seed, 'simulated-again', question, person);
    const each = criteriaAsked(this.#settings).length;
    const answered = question * each + (draw % each);
    const { annotator, group } = this.#whoAnswers(shown, person);
    const said = this.#annotators[group].answer(mode, shown, source, { criterion, answered });
    return { ...said, annotator, source: 'start', draw };
  }

  /**
   * What is said about candidates that do not follow from the settings alone.
   * @param id of the comparison: names the stream
   */
  judge(
    id: number,
    shown: readonly Candidate[],
    mode: Mode,
    { person, criterion }: Asked,
  ): Statement & { annotator: string } {
    const source = random(this.#settings.seed, 'simulated-policy', id);
    const answered = Math.floor((id - 1) / this.#settings.annotators);
    const { annotator, group } = this.#whoAnswers(shown, person);
    return { ...this.#annotators[group].answer(mode, shown, source, { criterion, answered }), annotator };
  }

  /** Simulated answers that are kept keep their question, but follow a change of the gold or the annotators. */
  relabel(comparison: Comparison): Comparison {
    const name = simulatedName.exec(comparison.annotator);
    if (!name || comparison.edited) return comparison;
    const shown = itemsOf(comparison).map((id) => this.#byId.get(id)!);
    const person = name[1] === undefined ? undefined : Number(name[1]);
    const { id, source, note, criterion } = comparison;
    const said = this.judge(id, shown, this.#modeOf(comparison), { person, criterion });
    return { ...said, id, source, ...(note === undefined ? {} : { note }) };
  }

  /** A tie does not show whether strength was asked for. */
  #modeOf(comparison: Comparison): Mode {
    const tied = comparison.kind === 'pair' && comparison.verdict === 'tie';
    const mode = modeOf(comparison);
    return tied && mode === 'pair' && this.#settings.simulatedMode === 'strength' ? 'strength' : mode;
  }

  /** Somebody of either group, by the share; about the same candidates always the same one. */
  #whoAnswers(shown: readonly Candidate[], person: number | undefined) {
    if (!this.#twoGroups) return { annotator: nameOf(null, person), group: 'A' } as const;
    const { seed, groupShare } = this.#settings;
    const ids = shown.map(({ id }) => id).sort((a, b) => a - b);
    const group = random(seed, 'group', ...ids, person ?? 0).uniform() < groupShare ? 'B' : 'A';
    return { annotator: nameOf(group, person), group } as const;
  }
}
