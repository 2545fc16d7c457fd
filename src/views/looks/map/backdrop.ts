import { pointOf } from '../../../domain/content';
import type { Dataset } from '../../../state/dataset';
import type { Points } from '../../plot/layers';

/** What all pictures of candidates share. */
interface Backdrop {
  /** Just large enough for all of them: these maps only say where one is. */
  readonly extent: number;
  /** Drawn in grey behind the one that is meant. */
  readonly crowd: Points;
}

/** Every card of a question has the same. */
const known = new WeakMap<Dataset, Backdrop>();

export function backdropOf(dataset: Dataset): Backdrop {
  const found = known.get(dataset);
  if (found) return found;
  const crowd = dataset.candidates.map(pointOf);
  const all = [...crowd, ...dataset.question.fresh.map(pointOf)];
  const made: Backdrop = {
    extent: 1.1 * all.reduce((most, [x, y]) => Math.max(most, Math.abs(x), Math.abs(y)), 0.1),
    crowd: {
      kind: 'points',
      x: crowd.map(([x]) => x),
      y: crowd.map(([, y]) => y),
      colour: 'reference',
      radius: 1.2,
      opacity: 0.6,
    },
  };
  known.set(dataset, made);
  return made;
}
