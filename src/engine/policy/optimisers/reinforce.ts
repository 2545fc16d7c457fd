import { gae } from '../ppo';
import type { SampleOptimiser } from './optimiser';

/** REINFORCE with baseline (Williams 1992): A = return − V, that is GAE with λ = 1; each sample is used once. */
export const reinforce: SampleOptimiser = {
  kind: 'samples',
  advantages: ({ rewards, values, gamma, mask }) => gae(rewards, values, { gamma, lambda: 1 }, mask),
  // Of one step, the return is what was paid.
  plain: ({ rewards, values }) => ({
    advantages: rewards.map((reward, i) => reward - values[i]!),
    returns: rewards,
  }),
  clipped: false,
  usesValue: true,
};
