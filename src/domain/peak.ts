/**
 * Where the gold reward was best, once it has clearly fallen since: by a tenth of the rise, and more than sampling
 * noise. Null while it still rises.
 */
export function goldPeak(gold: readonly number[]): number | null {
  if (gold.length < 3) return null;
  let best = 0;
  for (let i = 1; i < gold.length; i++) if (gold[i]! > gold[best]!) best = i;
  return hasFallen(gold[0]!, gold[best]!, gold.at(-1)!) ? best : null;
}

/** @param start gold of the starting policy @param best so far @param now */
export const hasFallen = (start: number, best: number, now: number): boolean =>
  best - now > Math.max(0.15, 0.1 * (best - start));
