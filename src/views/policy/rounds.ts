import type { RoundMark } from '../../state/policy-lab.svelte';
import type { CurveMarker } from '../plot/curve-marks';

/**
 * Rounds of labelling and retraining as marks of a chart.
 * @param at where a round lies on its x axis @param brief for a small chart
 */
export const roundMarkers = (
  marks: readonly RoundMark[],
  at: (mark: RoundMark) => number | undefined,
  brief = false,
): CurveMarker[] =>
  marks.flatMap((mark) => {
    const x = at(mark);
    return x === undefined
      ? []
      : [{ x, label: `${brief ? 'r' : 'round '}${mark.round}`, colour: 'accent' as const }];
  });
