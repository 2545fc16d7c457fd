import type { Criterion } from '../scenario';
import { pointOf } from '../../domain/content';
import { goldOf } from './landscapes';

/** Three sides of a point: what it is worth, and two that pull elsewhere, so that their weights can be traded. */
export const mapCriteria: readonly Criterion[] = [
  {
    id: 'worth',
    label: 'worth',
    question: 'Which is worth more?',
    gold: ({ landscape, spread }) => {
      const gold = goldOf(landscape, spread);
      return (content) => gold(...pointOf(content));
    },
  },
  {
    id: 'near',
    label: 'nearness',
    question: 'Which is nearer to the start?',
    // −|x|²/2 in units of the spread has mean −1 and variance 1 under the starting policy.
    gold:
      ({ spread }) =>
      (content) => {
        const [x, y] = pointOf(content);
        return 1 - (x * x + y * y) / (2 * spread * spread);
      },
  },
  {
    id: 'north',
    label: 'northness',
    question: 'Which lies further north?',
    gold:
      ({ spread }) =>
      (content) =>
        pointOf(content)[1] / spread,
  },
];
