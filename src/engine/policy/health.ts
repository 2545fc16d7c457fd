import type { PolicyPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import { Divergence } from '../reward/stage';

/** The policy cannot go on as it is: says which quantity left its bounds, and what usually causes that. */
export class PolicyTrouble extends Divergence {}

/** A standard deviation below this share of the starting policy's is a collapse: the policy does one thing only. */
const collapsed = 1e-3;
/** To go back to is worth what keeps these distances from the bounds. */
const roomBelowLimit = 0.5;
const roomAboveCollapse = 10;

const kept = (iteration: number): string =>
  `The run pauses, and the policy of iteration ${iteration}, the last with finite numbers, is kept.`;

/** @param iteration of the last good policy @throws PolicyTrouble unless all of them are finite */
export function checkFinite(
  quantities: Readonly<Record<string, Float32Array | number>>,
  iteration: number,
): void {
  for (const [name, values] of Object.entries(quantities)) {
    const finite = typeof values === 'number' ? Number.isFinite(values) : values.every(Number.isFinite);
    if (finite) continue;
    throw new PolicyTrouble(
      `The ${name} of the policy is no longer a finite number in iteration ${iteration + 1}. ${kept(iteration)} ` +
        'The usual causes are a learning rate of the policy that is too large, too many epochs, and an entropy bonus of 0.',
    );
  }
}

/**
 * @param narrowest how narrow the policy is: its smallest standard deviation as a share of where that started
 * @throws PolicyTrouble when the policy has collapsed or its KL is beyond the limit
 */
export function checkHealth(
  { kl, entropy, iteration }: Pick<PolicyPoint, 'kl' | 'entropy' | 'iteration'>,
  narrowest: number,
  { klLimit }: Pick<Settings, 'klLimit'>,
): void {
  if (narrowest < collapsed)
    throw new PolicyTrouble(
      `The entropy of the policy collapsed (${entropy.toFixed(1)} nats): it does one and the same thing every time. ${kept(iteration - 1)} ` +
        'The usual causes are an entropy bonus of 0, a learning rate of the policy that is too large, and no KL penalty β.',
    );
  if (kl > klLimit)
    throw new PolicyTrouble(
      `The KL of the policy from its start reached ${kl.toFixed(0)} nats, more than the KL limit of ${klLimit}. ${kept(iteration - 1)} ` +
        'The usual causes are no KL penalty β, a learning rate of the policy that is too large, and optimising for too long.',
    );
}

/** Whether it is worth going back to this policy after trouble. */
export const isSafe = (kl: number, narrowest: number, { klLimit }: Pick<Settings, 'klLimit'>): boolean =>
  !(kl > roomBelowLimit * klLimit) && narrowest > roomAboveCollapse * collapsed;
