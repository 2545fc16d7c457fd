import type { Settings } from '../../../domain/settings';
import { bestOfNOptimiser } from './best-of-n';
import { dpo } from './dpo';
import { grpo } from './grpo';
import type { PolicyOptimiser } from './optimiser';
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
