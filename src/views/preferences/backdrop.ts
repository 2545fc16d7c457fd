import type { Candidate } from '../../domain/candidate';
import type { Points } from '../plot/layers';

/** What all pictures of candidates share. */
export interface Backdrop {
  /** Just large enough for all of them: these maps only say where one is. */
  readonly extent: number;
  readonly crowd: Points;
}

/** @param all that may be shown @param crowd those that are drawn in grey behind the one that is meant */
export const backdropOf = (all: readonly Candidate[], crowd: readonly Candidate[]): Backdrop => ({
  extent: 1.1 * all.reduce((most, { x, y }) => Math.max(most, Math.abs(x), Math.abs(y)), 0.1),
  crowd: {
    kind: 'points',
    x: crowd.map(({ x }) => x),
    y: crowd.map(({ y }) => y),
    colour: 'reference',
    radius: 1.2,
    opacity: 0.6,
  },
});
