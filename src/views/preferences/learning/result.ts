import type { StudyGain } from '../../../state/study/study-result';
import { labelOf } from './styles';

const points = (share: number): string => (100 * share).toFixed(1);

/** So many standard errors apart counts as a difference: the 97.5 % quantile of Student's t, by the number of worlds. */
const clear: Readonly<Record<number, number>> = { 2: 12.71, 3: 4.303, 4: 3.182, 5: 2.776 };

/**
 * What a study found, in words: "With 160 labels, uncertain is 1.2 points better than random (± 0.8 over 5 worlds:
 * not clear)." Empty before there is anything to compare.
 */
export const resultOf = (gains: readonly StudyGain[]): string =>
  gains
    .map(({ strategy, labels, seeds, mean, error }, i) => {
      const start = i === 0 ? `With ${labels} labels, ` : '';
      const than = `${points(Math.abs(mean))} points ${mean < 0 ? 'worse' : 'better'} than random`;
      const verdict = Math.abs(mean) > (clear[seeds] ?? Infinity) * error ? 'clear' : 'not clear';
      return `${start}${labelOf(strategy)} is ${than} (± ${points(error)} over ${seeds} worlds: ${verdict})`;
    })
    .join('; ')
    .replace(/.$/, (last) => `${last}.`);
