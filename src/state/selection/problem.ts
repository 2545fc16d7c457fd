import { itemsOf } from '../../domain/comparison';
import type { Settings } from '../../domain/settings';
import { kindOf, shownIn } from '../annotator';
import type { Dataset } from '../dataset';

/** Why the next question cannot be chosen as the settings say, and what is asked instead; null where it can. */
export function choosingProblem(
  settings: Settings,
  { comparisons }: Pick<Dataset, 'comparisons'>,
  trained: boolean,
): string | null {
  const { pairSource, mode, members } = settings;
  const count = shownIn(mode, settings);
  switch (pairSource) {
    case 'start':
    case 'policy':
      return null;
    case 'repeat': {
      const earlier = comparisons.some(
        (comparison) =>
          comparison.annotator === 'you' &&
          comparison.kind === kindOf(mode) &&
          itemsOf(comparison).length === count,
      );
      return earlier ? null : 'You have answered nothing yet that could be repeated: random ones are asked.';
    }
    case 'disagreement':
      if (members === 1)
        return 'One head cannot disagree with itself: what it is least sure of is asked. Set “ensemble” in stage 3 above 1.';
      break;
    case 'uncertain':
      if (count === 1)
        return 'One candidate alone has no probability: random ones are asked. Answer by pairs or rankings.';
  }
  return trained
    ? null
    : 'The reward model has not been trained yet: play it, or the choice is as good as random.';
}
