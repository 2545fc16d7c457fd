import type { Settings } from '../../../domain/settings';
import { bestOfNOptimiser } from './best-of-n';
import { dpo } from './dpo';
import { grpo } from './grpo';
import type { ComparisonOptimiser, PolicyOptimiser, SampleOptimiser } from './optimiser';
import { ppo } from './ppo';
import { reinforce } from './reinforce';
import { rloo } from './rloo';

/** The registry: a new optimiser is one file and one line here. */
export const optimisers: Record<Settings['optimiser'], PolicyOptimiser> = {
  ppo,
  reinforce,
  rloo,
  grpo,
  dpo,
  'best-of-n': bestOfNOptimiser,
};

export type GradientOptimiser = SampleOptimiser | ComparisonOptimiser;

/** @throws Error for one that has no gradient */
export function gradientOptimiser({ optimiser }: Pick<Settings, 'optimiser'>): GradientOptimiser {
  const found = optimisers[optimiser];
  if (found.kind === 'selection') throw new Error(`${optimiser} selects; it has nothing to update.`);
  return found;
}
