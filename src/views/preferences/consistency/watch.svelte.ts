import type { Comparison } from '../../../domain/comparison';
import { agreementIn, cyclesIn, repeatsIn, sidesIn } from '../../../state/consistency';

interface Found {
  readonly cycles: ReturnType<typeof cyclesIn>;
  readonly repeats: ReturnType<typeof repeatsIn>;
  readonly sides: ReturnType<typeof sidesIn>;
  readonly agreement: ReturnType<typeof agreementIn>;
}

/** Changes that follow each other sooner than this are looked at together, in milliseconds. */
const patience = 150;

/** Looks over the comparisons a little after they change, one statistic at a time, so that nothing is held up by it. */
export class ConsistencyWatch {
  #found = $state.raw<Found | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What was found last; null before the first look. */
  get found(): Found | null {
    return this.#found;
  }

  /** @param annotator null for everybody @returns what stops it */
  look(comparisons: readonly Comparison[], annotator: string | null): () => void {
    clearTimeout(this.#timer);
    const found: Partial<Record<keyof Found, unknown>> = {};
    const steps = [
      () => (found.cycles = cyclesIn(comparisons, annotator)),
      () => (found.repeats = repeatsIn(comparisons, annotator)),
      () => (found.sides = sidesIn(comparisons, annotator)),
      () => (found.agreement = agreementIn(comparisons)),
      () => (this.#found = found as Found),
    ];
    const next = () => {
      steps.shift()?.();
      if (steps.length > 0) this.#timer = setTimeout(next);
    };
    this.#timer = setTimeout(next, this.#found ? patience : 0);
    return () => clearTimeout(this.#timer);
  }
}
