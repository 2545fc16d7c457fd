import { bestOf } from './best-of';
import { pairsWithin, type Strategy } from './strategy';

/** What the model is least sure of: P = σ(margin) nearest to ½, of a list on average over its pairs. */
export const uncertain: Strategy = (situation) => {
  const { opinion } = situation;
  if (!opinion) return null;
  const shown = bestOf(situation, (items) => {
    const pairs = pairsWithin(items);
    // One alone has no probability: 0 / 0.
    return -pairs.reduce((sum, [a, b]) => sum + Math.abs(opinion.margin(a, b)), 0) / pairs.length;
  });
  return shown && { shown, source: 'uncertain' };
};
