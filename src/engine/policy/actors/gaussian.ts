import type { Contents } from '../../../domain/content';
import type { Random } from '../../../domain/random';
import { random } from '../../../domain/random';
import type { Settings } from '../../../domain/settings';
import type { GaussianPolicy } from '../../../scenarios';
import { GaussianFamily, type GaussianActions } from '../families/gaussian';
import { Network } from '../families/network';
import { overContents, groupSizeOf, type Actor } from './actor';

/** A Gaussian over the values of a content; its mean may follow from the prompt. */
export function gaussianActor(spec: GaussianPolicy, { samples, seed }: Settings): Actor {
  const { mean, logStd, sees } = spec;
  const values = mean.length;
  const seen = sees?.dimension ?? 0;
  const prompts = sees ? sees.states.length / seen : 1;
  const network = new Network(seen, sees?.hidden ?? [], values);
  const groupSize = sees ? groupSizeOf(samples) : samples;
  let drawn = new Int32Array(0);

  const statesOf = (of: Int32Array): Float32Array => {
    const states = new Float32Array(of.length * seen);
    if (sees)
      of.forEach((prompt, i) =>
        states.set(sees.states.subarray(prompt * seen, (prompt + 1) * seen), i * seen),
      );
    return states;
  };
  const family = new GaussianFamily({
    actions: values,
    states: seen,
    hidden: sees?.hidden ?? [],
    logStd: 0,
    // Prompts in turn, from a random one on, those of a group one after the other.
    drawStates: (count: number, source: Random) => {
      const first = prompts > 1 ? source.integer(prompts) : 0;
      drawn = Int32Array.from({ length: count }, (_, i) => (first + Math.floor(i / groupSize)) % prompts);
      return statesOf(drawn);
    },
    ...(sees ? { groupSize } : {}),
  });

  const start = family.initial(seed);
  // Whatever it sees, it begins at the same mean: the last layer's weights are 0.
  network.initialise(start, random(seed, 'gaussian-policy'), 0);
  start.set(mean, network.size - values);
  start.set(logStd, network.size);
  if (!sees) start.fill(0, network.size + values);

  const contentsOf = ({ actions }: GaussianActions): Contents => ({
    prompts: drawn.slice(),
    values: actions,
    width: values,
  });
  const actionsOf = ({ prompts: of, values: actions }: Contents): GaussianActions => ({
    states: statesOf(of),
    actions,
  });
  const logStdOf = (theta: Float32Array) => theta.slice(network.size, network.size + values);
  const allStates = statesOf(Int32Array.from({ length: prompts }, (_, prompt) => prompt));
  const meansOf = (theta: Float32Array) => network.forwardNumbers(theta, allStates, prompts);

  return {
    family: overContents(family, contentsOf, actionsOf),
    start,
    details: (theta) => ({ mean: meansOf(theta), logStd: logStdOf(theta) }),
    // Where there is one mean, it leaves a trail.
    tracked: sees ? [] : mean.map((_, d) => `mean${d}`),
    track: (theta) => (sees ? [] : Array.from(meansOf(theta))),
    narrowest: (theta) => Math.min(...logStdOf(theta).map((value, d) => Math.exp(value - logStd[d]!))),
    ...(sees ? {} : { detailsOfSelection: momentsOf }),
  };
}

/** Mean and log standard deviation of weighted samples. */
function momentsOf({ values, width }: Contents, weights: Float64Array) {
  const expect = (value: (i: number) => number) =>
    weights.reduce((sum, weight, i) => sum + weight * value(i), 0);
  const means = Array.from({ length: width }, (_, d) => expect((i) => values[width * i + d]!));
  const variances = means.map((mean, d) => expect((i) => (values[width * i + d]! - mean) ** 2));
  return {
    mean: Float32Array.from(means),
    logStd: Float32Array.from(variances, (variance) => 0.5 * Math.log(Math.max(variance, 1e-12))),
  };
}
