import { ratingScale, type Statement, type Strength } from '../../domain/comparison';
import { counted, limits } from './limits';
import { FileTrouble, RowTrouble } from './trouble';

/** Something that a preference is about, as its file names it. */
export interface Mention {
  readonly id?: string;
  readonly text?: string;
  readonly prompt?: string;
  /** The file does not say whether `text` is an id or a text. */
  readonly either?: boolean;
}

/** What somebody said; items are places in `PreferenceTable.mentions`, after joining rows of the candidates. */
export type Said = Statement & {
  readonly annotator?: string;
  /** The margin as the file has it; the strength is its share of the largest in the file. */
  readonly margin?: number;
  /** The file keeps it for testing. */
  readonly heldOut?: boolean;
};

/** The preferences of one file. */
export interface PreferenceTable {
  readonly file: string;
  readonly mentions: readonly Mention[];
  readonly statements: readonly Said[];
  /** The row that each statement was in. */
  readonly rows: readonly number[];
}

/** What every statement may carry. */
export interface About {
  readonly annotator?: string | undefined;
  readonly criterion?: string | undefined;
  readonly heldOut?: boolean | undefined;
}

/** Takes down what the rows of a file say. */
export class Pen {
  readonly mentions: Mention[] = [];
  readonly statements: Said[] = [];
  readonly rows: number[] = [];
  /** The row that is being read. */
  row = 0;
  readonly #known = new Map<string, number>();
  #characters = 0;
  /** Scale of the ratings, where the layout or the file gives it. */
  scale: readonly [number, number] | null = null;

  /** @param onTrouble hears of each row that cannot be taken */
  constructor(private readonly onTrouble: (row: number, reason: string) => void) {}

  /** Takes down what `write` says, or, where that fails, nothing of it. */
  attempt(write: () => void): void {
    const before = this.statements.length;
    try {
      write();
    } catch (error) {
      if (!(error instanceof RowTrouble)) throw error;
      this.statements.length = this.rows.length = before;
      this.onTrouble(this.row, error.message);
    }
  }

  /** The number of what is mentioned; the same for the same id, or the same text under the same prompt. */
  mention(mention: Mention): number {
    const key =
      mention.id !== undefined ? `#${mention.id}` : `${mention.prompt ?? ''}\u0000${mention.text ?? ''}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    this.#characters += (mention.text?.length ?? 0) + (mention.prompt?.length ?? 0);
    if (this.#characters > limits.characters)
      throw new FileTrouble(
        `Its texts have more than ${counted(limits.characters)} characters together. Take fewer rows.`,
      );
    this.#known.set(key, this.mentions.length);
    return this.mentions.push(mention) - 1;
  }

  /** @throws RowTrouble where a statement is about one thing twice */
  say(statement: Statement, { annotator, criterion, heldOut }: About = {}, margin?: number): void {
    if (this.statements.length >= limits.statements)
      throw new FileTrouble(`It has more than ${counted(limits.statements)} preferences. Take fewer rows.`);
    if (statement.kind === 'pair' && statement.left === statement.right)
      throw new RowTrouble('Both sides are the same.');
    if (statement.kind === 'ranking' && new Set(statement.shown).size < statement.shown.length)
      throw new RowTrouble('The ranking holds one thing twice.');
    this.rows.push(this.row);
    this.statements.push({
      ...statement,
      ...(criterion ? { criterion } : {}),
      ...(annotator ? { annotator } : {}),
      ...(heldOut ? { heldOut } : {}),
      ...(margin === undefined ? {} : { margin }),
    });
  }

  /** One preferred to another. @param margin 0 or more; absent where the file gives none */
  prefer(chosen: Mention, rejected: Mention, about: About = {}, margin?: number): void {
    const [left, right] = [this.mention(chosen), this.mention(rejected)];
    this.say({ kind: 'pair', left, right, verdict: 'left' }, about, margin);
  }

  /**
   * Several by their ranks, 1 or the lowest number for the best.
   * @throws RowTrouble for fewer than 2 or more than the most that a ranking may hold
   */
  rank(items: readonly Mention[], ranks: readonly number[], about: About = {}): void {
    if (items.length < 2) throw new RowTrouble('A ranking needs at least two things.');
    if (items.length > longestRanking)
      throw new RowTrouble(
        `The ranking holds ${items.length}; the most that one may hold is ${longestRanking}.`,
      );
    const order = [...new Set(ranks)].sort((x, y) => x - y);
    const shown = items.map((item) => this.mention(item));
    const places = ranks.map((rank) => order.indexOf(rank) + 1);
    if (shown.length === 2) {
      const verdict = places[0] === places[1] ? 'tie' : places[0]! < places[1]! ? 'left' : 'right';
      this.say({ kind: 'pair', left: shown[0]!, right: shown[1]!, verdict }, about);
    } else this.say({ kind: 'ranking', shown, places }, about);
  }

  rate(item: Mention, score: number, about: About = {}): void {
    this.say({ kind: 'rating', item: this.mention(item), score }, about);
  }

  /** What was taken down, margins graded and ratings put on the page's scale; `notes` say how. */
  table(file: string): { table: PreferenceTable; notes: string[] } {
    const notes: string[] = [];
    const statements = this.#rated(this.#graded(this.statements, notes), notes);
    return { table: { file, mentions: this.mentions, statements, rows: this.rows }, notes };
  }

  #graded(all: readonly Said[], notes: string[]): readonly Said[] {
    let largest = 0;
    for (const { margin } of all) largest = Math.max(largest, margin ?? 0);
    if (!all.some(({ margin }) => margin !== undefined)) return all;
    const full = Math.max(1, largest);
    if (largest > 1)
      notes.push(
        `Margins up to ${largest}: the strength of each is its share of the largest, in four grades.`,
      );
    return all.map((said) =>
      said.kind !== 'pair' || said.margin === undefined || said.strength !== undefined
        ? said
        : { ...said, strength: (1 + Math.round((3 * said.margin) / full)) as Strength },
    );
  }

  #rated(all: readonly Said[], notes: string[]): readonly Said[] {
    let [low, high] = [Infinity, -Infinity];
    for (const said of all)
      if (said.kind === 'rating') [low, high] = [Math.min(low, said.score), Math.max(high, said.score)];
    const { min, max } = ratingScale;
    if (this.scale) [low, high] = [Math.min(low, this.scale[0]), Math.max(high, this.scale[1])];
    else if (low >= min && high <= max) return all;
    if (high < low) return all;
    const spread = high - low || 1;
    notes.push(`Ratings from ${low} to ${high} are put on the scale from ${min} to ${max}.`);
    return all.map((said) =>
      said.kind === 'rating' ? { ...said, score: min + ((said.score - low) / spread) * (max - min) } : said,
    );
  }
}

/** As many as a screen can hold and digits can rank. */
const longestRanking = 9;
