/**
 * Where the gold reward was best, once it has clearly fallen since: by a tenth of the rise, and more than sampling
 * noise. Null while it still rises.
 */
export function goldPeak(gold: readonly number[]): number | null {
  if (gold.length < 3) return null;
  let best = 0;
  for (let i = 1; i < gold.length; i++) if (gold[i]! > gold[best]!) best = i;
  const fall = gold[best]! - gold.at(-1)!;
  return fall > Math.max(0.15, 0.1 * (gold[best]! - gold[0]!)) ? best : null;
}
