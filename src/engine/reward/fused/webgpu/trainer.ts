import * as tf from '../../../tf';
import type { Observations } from '../../../../domain/observations';
import { Parameters, type Checkpoint, type Read } from '../../../parameters';
import { Batches, type Batch } from '../../batch';
import { Bootstrap } from '../../bootstrap';
import type { FeatureTable } from '../../feature-table';
import type { Head } from '../../head';
import type { RewardHyper, RewardTrainer, TrainerState } from '../../trainer';
import { currentWebGpu, viewOf } from './device';
import { GpuHeads } from './heads';

/** One submission should take about so long, in milliseconds: longer ones would make the page wait for the GPU. */
const submissionTime = 6;

/**
 * Trains on the GPU by kernels of its own, on the device and beside the tensors of TensorFlow.js, which scores by its
 * operations. Steps are planned on the processor for one submission at a time; nothing is read back between.
 */
export class FusedWebGpuTrainer implements RewardTrainer {
  readonly head: Head;
  readonly #heads: GpuHeads;
  readonly #device: GPUDevice;
  #step: number;
  #updates: number;
  #optimizer: RewardHyper['optimizer'] | null = null;
  readonly #batches = new Batches();
  readonly #bootstrap = new Bootstrap();
  /** Where each parameter is in the packed ones, of all members. */
  readonly #places: tf.Tensor1D;
  #views: { theta: tf.Tensor1D; moments: tf.Tensor1D; report: tf.Tensor1D; of: GPUBuffer } | null = null;
  #stepsAtOnce = 16;
  #inFlight: Promise<void>[] = [];
  /** When a submission was last done. */
  #lastDone = 0;
  /** Milliseconds; NaN until it is measured. */
  #latency = NaN;

  /** WebGPU must be the current backend. */
  constructor(checkpoint: Checkpoint, head: Head) {
    const { device, flush } = currentWebGpu();
    this.head = head;
    this.#device = device;
    this.#heads = new GpuHeads(device, flush, head);
    this.#heads.load('theta', checkpoint.theta);
    this.#heads.load('moments', checkpoint.m);
    this.#heads.load('moments', checkpoint.v, 1);
    this.#step = checkpoint.step;
    this.#updates = checkpoint.updates;
    this.#places = tf.tensor1d(this.#heads.packing.allPlaces, 'int32');
  }

  get step(): number {
    return this.#step;
  }

  async train(
    features: FeatureTable,
    data: Observations,
    hyper: RewardHyper,
    steps: number,
    emphasis?: Float32Array,
  ): Promise<void> {
    if (this.#optimizer !== null && this.#optimizer !== hyper.optimizer) this.#clearMoments();
    this.#optimizer = hyper.optimizer;
    const pairs = this.#batches.at(data, hyper, this.#step).pairs.count;
    await this.#heads.prepare(features, hyper.loss, pairs, true);
    if (Number.isNaN(this.#latency)) await this.#measureLatency();
    const { members } = this.head.spec;
    const { learningRate, weightDecay } = hyper;
    const heads = Array.from({ length: members }, () => ({ learningRate, weightDecay }));
    for (let left = steps; left > 0;) {
      const now = Math.min(left, this.#heads.capacity, this.#stepsAtOnce);
      this.#heads.submit(hyper, {
        heads,
        step: this.#step,
        updates: this.#updates,
        steps: now,
        pairs,
        batchesAt: (step: number) => [this.#batches.at(data, hyper, step)],
        weightsOf: (batch: Batch) => this.#bootstrap.of(data, batch, members, hyper.seed, emphasis),
      });
      this.#step += now;
      this.#updates += now;
      left -= now;
      await this.#notTooFarAhead(now);
    }
  }

  /** Has at most two submissions under way, and learns from each how long they should be. */
  async #notTooFarAhead(steps: number): Promise<void> {
    const started = performance.now();
    const done = this.#device.queue.onSubmittedWorkDone().then(() => {
      void this.#inFlight.splice(this.#inFlight.indexOf(done), 1);
      const now = performance.now();
      // From when the one before it was done; the first of a row also waits for its way there and back.
      const work = this.#lastDone > started ? now - this.#lastDone : now - started - this.#latency;
      this.#lastDone = now;
      if (steps < this.#stepsAtOnce) return;
      const factor = Math.min(2, Math.max(0.5, submissionTime / Math.max(work, 0.1)));
      this.#stepsAtOnce = Math.max(1, Math.min(512, Math.round(this.#stepsAtOnce * factor)));
    });
    this.#inFlight.push(done);
    if (this.#inFlight.length > 1) await this.#inFlight[0];
  }

  /** How long it takes to hear that nothing was done. */
  async #measureLatency(): Promise<void> {
    for (let k = 0; k < 3; k++) {
      const started = performance.now();
      this.#device.queue.submit([]);
      await this.#device.queue.onSubmittedWorkDone();
      this.#latency = Math.min(k === 0 ? Infinity : this.#latency, performance.now() - started);
    }
  }

  #clearMoments(): void {
    const zeros = new Float32Array(this.head.size);
    this.#heads.load('moments', zeros);
    this.#heads.load('moments', zeros, 1);
    this.#updates = 0;
  }

  /** The buffers as tensors. */
  #tensors() {
    const report = this.#heads.norms > 0 ? this.#heads.buffer('report') : this.#heads.buffer('counters');
    if (this.#views?.of === report) return this.#views;
    if (this.#views) tf.dispose([this.#views.theta, this.#views.moments, this.#views.report]);
    // Kept, since somebody may ask for scores within a `tidy` of theirs.
    this.#views = {
      theta: tf.keep(viewOf(this.#heads.buffer('theta'))),
      moments: tf.keep(viewOf(this.#heads.buffer('moments'))),
      report: tf.keep(viewOf(report)),
      of: report,
    };
    return this.#views;
  }

  score(features: tf.Tensor2D, weightings: readonly (readonly number[])[]): tf.Tensor2D {
    const { theta } = this.#tensors();
    return tf.tidy(() => this.head.forward(tf.gather(theta, this.#places), features, weightings));
  }

  async evaluate(
    features: FeatureTable,
    weightings: readonly (readonly number[])[],
    withParameters: boolean,
    read: Read,
  ): Promise<TrainerState> {
    const { theta, moments, report } = this.#tensors();
    const { norms } = this.#heads;
    const [step, updates] = [this.#step, this.#updates];
    const tensor = tf.tidy(() => {
      const squares = norms > 0 ? report.slice([0], [norms]).sum() : tf.scalar(0);
      const second = this.#places.add<tf.Tensor1D>(tf.scalar(theta.size, 'int32'));
      return tf.concat1d([
        ...(weightings.length > 0 ? [this.score(features.all, weightings).flatten()] : []),
        squares.sqrt().reshape([1]),
        ...(withParameters
          ? [tf.gather(theta, this.#places), tf.gather(moments, this.#places), tf.gather(moments, second)]
          : []),
      ]);
    });
    const values = await read(tensor);
    tensor.dispose();
    const size = features.rows * this.head.spec.members;
    const scored = weightings.length * size;
    return {
      rewards: weightings.map((_, k) => values.slice(k * size, (k + 1) * size)),
      gradNorm: values[scored]!,
      checkpoint: withParameters ? Parameters.unpack(values.slice(scored + 1), step, updates) : null,
    };
  }

  dispose(): void {
    this.#places.dispose();
    if (this.#views) tf.dispose([this.#views.theta, this.#views.moments, this.#views.report]);
    this.#heads.dispose();
  }
}
