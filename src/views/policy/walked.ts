import type { PolicyLab } from '../../state/policy-lab.svelte';

type Walk = NonNullable<PolicyLab['walk']>['walk'];

const shown = 8;

/** A handful of an iteration's samples, from the worst to the best by reward: what they tell is different. */
export function walkedSamples({ rewards }: Walk): readonly number[] {
  const order = Array.from(rewards, (_, i) => i).sort((a, b) => rewards[a]! - rewards[b]!);
  const count = Math.min(shown, order.length);
  return Array.from(
    { length: count },
    (_, k) => order[Math.round((k * (order.length - 1)) / Math.max(1, count - 1))]!,
  );
}
