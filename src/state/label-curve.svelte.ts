import type { Settings } from '../domain/settings';

/** What the model had reached with so many labels. */
export interface LabelPoint {
  readonly labels: number;
  /** NaN without held-out pairs. */
  readonly heldOut: number;
  readonly gold: number;
}

type Source = Settings['pairSource'];

/** More numbers of labels than a curve can show: past this, every second one is let go. */
const most = 1000;

/** Accuracy against the number of labels as the visitor collects them: for each way to choose, the last one reached at each number. */
export class LabelCurve {
  #points = $state.raw<Readonly<Partial<Record<Source, readonly LabelPoint[]>>>>({});

  /** Those ways that were used, each with its points by ascending numbers of labels. */
  get curves(): readonly { readonly source: Source; readonly points: readonly LabelPoint[] }[] {
    return Object.entries(this.#points).map(([source, points]) => ({ source: source as Source, points }));
  }

  /** The model was measured: with the same number of labels as before, the newer measurement counts. */
  note(source: Source, point: LabelPoint): void {
    const own = this.#points[source] ?? [];
    const at = own.findIndex(({ labels }) => labels >= point.labels);
    const known = at >= 0 && own[at]!.labels === point.labels;
    const before = at < 0 ? own : own.slice(0, at);
    const after = at < 0 ? [] : own.slice(known ? at + 1 : at);
    let points = [...before, point, ...after];
    if (points.length > most) points = points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
    this.#points = { ...this.#points, [source]: points };
  }

  clear(): void {
    this.#points = {};
  }
}
