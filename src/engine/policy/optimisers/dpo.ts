import { sigmoid, softplus } from '../../../domain/logistic';
import type { ComparisonOptimiser } from './optimiser';

/**
 * Direct preference optimisation (Rafailov et al. 2023): mean −log σ(β Δ), Δ the chosen's log π/π_ref less the rejected's.
 * It sees the comparisons and never the reward model.
 */
export const dpo: ComparisonOptimiser = {
  kind: 'comparisons',
  plain: (margin, beta) => ({ loss: softplus(-beta * margin), slope: -beta * sigmoid(-beta * margin) }),
  loss: (chosen, rejected, beta) => chosen.sub(rejected).mul(-beta).softplus().mean(),
};
