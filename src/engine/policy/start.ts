import type { Checkpoint } from '../parameters';
import { isPlain, type PolicyFamily } from './families/family';
import { PlainPolicyTrainer } from './plain/trainer';
import { PolicyTrainer, type PolicyTraining } from './trainer';

/**
 * The trainer of a policy. Families of one step are done on plain numbers on every backend, which was the fastest
 * wherever it was measured (`npm run bench`); others by TensorFlow.js operations on the current one.
 * @param reference θ of the reference policy
 */
export const policyTrainer = <Actions>(
  checkpoint: Checkpoint,
  family: PolicyFamily<Actions>,
  reference: Float32Array,
): PolicyTraining<Actions> =>
  isPlain(family)
    ? new PlainPolicyTrainer(checkpoint, family, reference)
    : new PolicyTrainer(checkpoint, family, reference);
