import type { Features } from '../scenario';
import { measureNames, measureTable, type MeasureName } from './measures';
import { measuresOf, startOf } from './plans';

/** A collision is not among them: what people say about gaps and impacts has to be enough. */
const used = measureNames.filter((name) => name !== 'touches');

/**
 * The measures in standard deviations of the starting policy in the generated scenes of the seed. What never varies
 * there, such as driving over the kerb, is scaled by the least difference that counts.
 * @param scenes all there are, written down
 */
export function drivingFeatures(seed: number, scenes: readonly string[]): Features {
  const { moments } = startOf(seed);
  const scaled = (name: MeasureName, value: number) =>
    (value - moments[name].mean) / Math.max(moments[name].std, measureTable[name].least);
  return {
    dimension: used.length,
    names: used.map((name) => measureTable[name].label),
    embed: ({ prompt, values }, out, offset) => {
      const measures = measuresOf(scenes[prompt]!, values);
      used.forEach((name, i) => (out[offset + i] = scaled(name, measures[name])));
    },
  };
}
