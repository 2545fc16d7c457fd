import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';

/** The rows of each minibatch of an epoch, shuffled by seed; null stands for all rows in order. */
export function minibatches(
  { samples, minibatches: count, seed }: Pick<Settings, 'samples' | 'minibatches' | 'seed'>,
  iteration: number,
  epoch: number,
): (Int32Array | null)[] {
  if (count === 1) return [null];
  const source = random(seed, 'minibatches', iteration, epoch);
  const order = Int32Array.from({ length: samples }, (_, i) => i);
  for (let i = samples - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const size = Math.ceil(samples / count);
  return Array.from({ length: count }, (_, k) => order.slice(k * size, (k + 1) * size)).filter(
    (rows) => rows.length > 0,
  );
}
