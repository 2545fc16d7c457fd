import { closedForm } from '../../../domain/closed-form';
import { contentOf } from '../../../domain/content';
import { gridPoints } from '../../../domain/field';
import type { Playground } from '../../../state/playground.svelte';
import { planeGaussianNow } from '../../../state/policy-now';

/** The best that any policy can do within the drawn square at each distance. */
export interface Ceiling {
  readonly root: readonly number[];
  readonly proxy: readonly number[];
  /** At the β that is set; null where it is 0, and nothing bounds the distance. */
  readonly here: {
    readonly value: number;
    readonly kl: number;
    readonly proxy: number;
    readonly gold: number;
  } | null;
}

const betas = Array.from({ length: 24 }, (_, i) => 20 * 0.01 ** (i / 16));

/** π_ref·exp(r/β) on the grid of the learned reward; null before there is one. */
export function ceilingOf({ run, settings, dataset, gold }: Playground): Ceiling | null {
  const frame = run.measured?.frame;
  const start = planeGaussianNow(settings, dataset.own, null);
  if (!frame?.field || !start) return null;
  const { size, extent, values } = frame.field;
  const { mean, logStd } = start;
  const points = gridPoints(size, extent);
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const z = [0, 1].map((d) => (points[2 * i + d]! - mean[d as 0 | 1]) / Math.exp(logStd[d as 0 | 1]));
    return Math.exp(-0.5 * (z[0]! ** 2 + z[1]! ** 2));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const reference = weights.map((weight) => weight / total);
  const rewards = Float64Array.from(values, (value) =>
    settings.normalizeReward ? value / Math.max(frame.referenceStd, 1e-6) : value + frame.referenceMean,
  );
  const all = betas.map((beta) => closedForm(reference, rewards, beta));
  const beta = settings.klCoefficient;
  const best = beta > 0 ? closedForm(reference, rewards, beta) : null;
  return {
    root: [0, ...all.map(({ kl }) => Math.sqrt(kl))],
    proxy: [reference.reduce((sum, p, i) => sum + p * rewards[i]!, 0), ...all.map(({ reward }) => reward)],
    here: best && {
      value: best.value,
      kl: best.kl,
      proxy: best.reward,
      gold: best.weights.reduce(
        (sum, p, i) => sum + p * gold(contentOf(points[2 * i]!, points[2 * i + 1]!)),
        0,
      ),
    },
  };
}
