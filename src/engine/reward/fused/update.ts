import { beta1, beta2 } from '../../optimizers';
import { schedules } from '../schedules';
import type { RewardHyper } from '../trainer';

/** What one optimiser update needs besides the gradient, for arithmetic without tensors. */
export interface Update {
  readonly kind: 'sgd' | 'adam';
  /** The learning rate, for Adam divided by 1 − β₁ᵗ. */
  readonly rate: number;
  /** 1 / (1 − β₂ᵗ) */
  readonly correction: number;
  /** What θ is multiplied by: decay outside the gradient. */
  readonly keep: number;
  /** Decay inside the gradient. */
  readonly pull: number;
}

/** @param step from 0, for the schedule @param update from 1, for the bias correction */
export function updateAt(hyper: RewardHyper, step: number, update: number): Update {
  const { optimizer, weightDecay } = hyper;
  const learningRate = hyper.learningRate * schedules[hyper.schedule](step, hyper.scheduleSteps);
  const kind = optimizer === 'sgd' ? 'sgd' : 'adam';
  return {
    kind,
    rate: kind === 'sgd' ? learningRate : learningRate / (1 - beta1 ** update),
    correction: 1 / (1 - beta2 ** update),
    keep: optimizer === 'adam' ? 1 : 1 - learningRate * weightDecay,
    pull: optimizer === 'adam' ? weightDecay : 0,
  };
}
