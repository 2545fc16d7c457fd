import { kinds, type Observations } from '../../../../domain/observations';
import type { Head } from '../../head';
import type { RewardHyper } from '../../trainer';
import { mostOutputs } from './plan';

/** The largest batch there are shaders for. */
const mostPairs = 512;
const pair = kinds.indexOf('pair');

/** What the kernels do not know, as a sentence's end; null where they know everything. */
export function refusedByWebGpu({ spec }: Head, { kind }: Observations, hyper: RewardHyper): string | null {
  if (kind.some((name) => name !== pair)) return 'rankings and ratings are among the labels';
  if (spec.outputs > mostOutputs) return `there are more than ${mostOutputs} criteria`;
  if (hyper.maxGradNorm > 0) return 'gradients are clipped';
  if (hyper.dropout > 0 && spec.hidden.length > 0) return 'there is dropout';
  if (Math.min(hyper.batchSize, kind.length) > mostPairs) return `batches are larger than ${mostPairs}`;
  return null;
}
