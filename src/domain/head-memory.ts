import type { Settings } from './settings';

/** What a reward head may take while it trains. Half of what phones give a page. */
const mostBytes = 256 * 2 ** 20;
/** θ, two moments, the gradient and two temporaries, in float32. */
const bytesPerParameter = 6 * 4;

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/**
 * Refuses a head that is too wide for the memory.
 * @param dimension of the features, where they are not as many as the settings say
 * @throws Error with the size it would take and what to make smaller
 */
export function checkHeadMemory(
  settings: Pick<Settings, 'features' | 'hiddenLayers' | 'hiddenWidth' | 'members'>,
  dimension = settings.features,
): void {
  const { hiddenLayers, hiddenWidth, members } = settings;
  const sizes = [dimension, ...Array<number>(hiddenLayers).fill(hiddenWidth), 1];
  const one = sizes.slice(1).reduce((sum, outputs, i) => sum + (sizes[i]! + 1) * outputs, 0);
  const bytes = members * one * bytesPerParameter;
  if (bytes <= mostBytes) return;
  throw new Error(
    `An ensemble of ${members} with ${hiddenLayers} hidden layers of ${hiddenWidth} would take ${megabytes(bytes)} while it trains; ` +
      `there are ${megabytes(mostBytes)} for it. Lower “ensemble”, “width” or “hidden layers”.`,
  );
}
