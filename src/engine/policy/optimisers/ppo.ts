import { gae } from '../ppo';
import type { SampleOptimiser } from './optimiser';

/** Proximal policy optimisation (Schulman et al. 2017): GAE against the value baseline, several epochs, clipped ratios. */
export const ppo: SampleOptimiser = {
  kind: 'samples',
  advantages: ({ rewards, values, gamma, lambda, mask }) => gae(rewards, values, { gamma, lambda }, mask),
  // Of one step, the return is what was paid.
  plain: ({ rewards, values }) => ({
    advantages: rewards.map((reward, i) => reward - values[i]!),
    returns: rewards,
  }),
  clipped: true,
  usesValue: true,
};
