import * as tf from '../../../tf';
import type { Read } from '../../../parameters';
import type { FeatureTable } from '../../feature-table';
import { Head, linearSpec } from '../../head';
import type { Sweep, SweepData, SweepState } from '../../sweep';
import type { RewardHyper } from '../../trainer';
import { currentWebGpu, viewOf } from './device';
import { GpuHeads } from './heads';

/** A sweep on the GPU: a workgroup for each head, one dispatch for as many steps as fit into a plan. */
export class GpuSweep implements Sweep {
  readonly #heads: GpuHeads;
  readonly #head: Head;
  readonly #data: SweepData;
  readonly #hyper: RewardHyper;
  readonly #features: FeatureTable;
  readonly #pairs: number;
  #step = 0;
  /** Steps of the last submission. */
  #last = 0;

  /** WebGPU must be the current backend, and the observations pairs: see refusal.ts. @throws RangeError where the device has no buffers so large */
  constructor(features: FeatureTable, data: SweepData, hyper: RewardHyper) {
    const { device, flush } = currentWebGpu();
    this.#head = new Head({ ...linearSpec(features.dimension), members: data.heads.length });
    this.#heads = new GpuHeads(device, flush, this.#head);
    this.#features = features;
    this.#data = data;
    this.#hyper = hyper;
    this.#pairs = Math.max(...data.batchesAt(0).map(({ pairs }) => pairs.count));
    const zeros = new Float32Array(this.#head.size);
    this.#heads.load('theta', data.initial(this.#head));
    this.#heads.load('moments', zeros);
    this.#heads.load('moments', zeros, 1);
  }

  get step(): number {
    return this.#step;
  }

  async train(steps: number): Promise<void> {
    await this.#heads.prepare(this.#features, this.#hyper.loss, this.#pairs, false);
    for (let left = steps; left > 0; left -= this.#last) {
      this.#last = Math.min(left, this.#heads.capacity);
      this.#heads.submit(this.#hyper, {
        heads: this.#data.heads,
        step: this.#step,
        updates: this.#step,
        steps: this.#last,
        pairs: this.#pairs,
        batchesAt: (step: number) => this.#data.batchesAt(step),
        weightsOf: () => null,
      });
      this.#step += this.#last;
    }
  }

  async look(read: Read): Promise<SweepState> {
    const count = this.#data.heads.length;
    const views = [viewOf(this.#heads.buffer('theta'))];
    if (this.#last > 0) views.push(viewOf(this.#heads.buffer('report')));
    const tensor = tf.tidy(() => {
      const [theta, report] = views as [tf.Tensor1D, tf.Tensor1D | undefined];
      const flat = tf.gather(theta, tf.tensor1d(this.#heads.packing.allPlaces, 'int32'));
      const losses = report
        ? report.slice([this.#heads.norms + (this.#last - 1) * count], [count])
        : tf.zeros([count]);
      return tf.concat1d([
        this.#head.forward(flat, this.#features.all, [[1]]).flatten(),
        losses as tf.Tensor1D,
      ]);
    });
    const values = await read(tensor);
    tf.dispose([tensor, ...views]);
    const scored = values.length - count;
    return { step: this.#step, rewards: values.slice(0, scored), losses: values.slice(scored) };
  }

  dispose(): void {
    this.#heads.dispose();
  }
}
