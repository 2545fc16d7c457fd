import type { Batch } from './batch';
import { criterionWeights, type RewardHyper } from './trainer';

/**
 * What each output counts in each row's reward: by the criterion that the row was judged by, or all together.
 * @returns [rows · outputs]; null with one output, which is the reward
 */
export function sharesOf({ criterion }: Batch, outputs: number, hyper: RewardHyper): Float32Array | null {
  if (outputs === 1) return null;
  const together = criterionWeights(hyper);
  const shares = new Float32Array(criterion.length * outputs);
  criterion.forEach((own, row) => {
    for (let c = 0; c < outputs; c++) shares[row * outputs + c] = own < 0 ? together[c]! : own === c ? 1 : 0;
  });
  return shares;
}
