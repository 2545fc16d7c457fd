import type { Line } from '../../plot/curve-data';
import type { Token } from '../../plot/palette';

/** Colours of runs that are laid over each other. */
const colours: readonly Token[] = ['low', 'chosen', 'rejected', 'policy', 'ink', 'muted'];

const colourAt = (i: number): Token => colours[i % colours.length]!;

/** A run to lay over the present one, under a key of its own. */
export interface Overlay {
  readonly key: string;
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The lines of some runs, each in its own colour; from the seventh on they are dashed. */
export const overlayLines = (overlays: readonly Overlay[]): Line[] =>
  overlays.map(({ key, label, x, y }, i) => ({
    name: key,
    label,
    colour: colourAt(i),
    dash: i >= colours.length,
    width: 1.2,
    x,
    y,
  }));
