import { bestOf } from './best-of';
import { pairsWithin, type Strategy } from './strategy';
import { uncertain } from './uncertain';

/**
 * What the members of an ensemble disagree about most: the largest standard deviation of the margin over the members
 * ("query by committee"), of a list on average over its pairs, of one alone that of its reward. One head cannot disagree
 * with itself: then what it is least sure of.
 */
export const disagreement: Strategy = (situation) => {
  const { opinion } = situation;
  if (!opinion?.isEnsemble) return uncertain(situation);
  const shown = bestOf(situation, (items) => {
    if (items.length === 1) return opinion.disagreementAbout(items[0]!);
    const pairs = pairsWithin(items);
    return pairs.reduce((sum, [a, b]) => sum + opinion.disagreement(a, b), 0) / pairs.length;
  });
  return shown && { shown, source: 'disagreement' };
};
