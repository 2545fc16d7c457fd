import { gae } from '../ppo';
import type { SampleOptimiser } from './optimiser';

/** Proximal policy optimisation (Schulman et al. 2017): GAE against the value baseline, several epochs, clipped ratios. */
export const ppo: SampleOptimiser = {
  kind: 'samples',
  advantages: ({ rewards, values, gamma, lambda, mask }) => gae(rewards, values, { gamma, lambda }, mask),
  clipped: true,
  usesValue: true,
};
