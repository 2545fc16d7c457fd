import type { Observations } from '../../../domain/observations';
import * as tf from '../../tf';
import type { FeatureTable } from '../feature-table';
import { Head, linearSpec } from '../head';
import { SweepData, type Sweep, type SweepHead } from '../sweep';
import type { RewardHyper } from '../trainer';
import { CpuSweep } from './cpu-sweep';
import { refusedByWebGpu } from './webgpu/refusal';
import { GpuSweep } from './webgpu/sweep';

/**
 * A sweep beside the current backend: on the GPU where that is WebGPU and knows what is asked, else on the processor.
 * @param hyper what all heads have in common
 * @throws RangeError, with a sentence, when it is too large
 */
export function startSweep(
  features: FeatureTable,
  all: Observations,
  heads: readonly SweepHead[],
  hyper: RewardHyper,
): Sweep {
  const data = new SweepData(all, heads, hyper);
  const head = new Head(linearSpec(features.dimension));
  const onGpu = tf.getBackend() === 'webgpu' && refusedByWebGpu(head, all, hyper) === null;
  return onGpu ? new GpuSweep(features, data, hyper) : new CpuSweep(features, data, hyper);
}
