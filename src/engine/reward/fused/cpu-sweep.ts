import { rowSlopes } from '../losses/row-slopes';
import type { FeatureTable } from '../feature-table';
import { Head, linearSpec } from '../head';
import type { Sweep, SweepData, SweepState } from '../sweep';
import type { RewardHyper } from '../trainer';
import { Heap, type Pointer } from './heap';
import { LinearNet } from './linear-net';
import { columnsPadded, Packing, rowsPadded } from './packing';
import { updateAt } from './update';

/** A sweep on the processor: one head after the other, in one heap with one copy of the features. */
export class CpuSweep implements Sweep {
  readonly #heap = new Heap();
  readonly #net: LinearNet;
  readonly #packing: Packing;
  readonly #data: SweepData;
  readonly #hyper: RewardHyper;
  readonly #features: FeatureTable;
  readonly #stride: number;
  readonly #table: Pointer;
  readonly #theta: Pointer;
  readonly #gradient: Pointer;
  readonly #m: Pointer;
  readonly #v: Pointer;
  readonly #indices: Pointer;
  readonly #x: Pointer;
  readonly #losses: Float32Array;
  #step = 0;

  /** @throws RangeError when there is no memory for it */
  constructor(features: FeatureTable, data: SweepData, hyper: RewardHyper) {
    const { dimension, values, rows } = features;
    const count = data.heads.length;
    const head = new Head({ ...linearSpec(dimension), members: count });
    this.#features = features;
    this.#data = data;
    this.#hyper = hyper;
    this.#packing = new Packing(head);
    this.#net = new LinearNet(this.#packing, this.#heap);
    this.#losses = new Float32Array(count);
    this.#stride = columnsPadded(dimension);
    const floats = count * this.#packing.floats;
    const most = Math.max(...data.batchesAt(0).map((batch) => batch.rows.length));
    this.#theta = this.#heap.take(floats);
    this.#m = this.#heap.take(floats);
    this.#v = this.#heap.take(floats);
    this.#gradient = this.#heap.take(this.#packing.floats);
    this.#indices = this.#heap.take(rowsPadded(most));
    this.#x = this.#heap.take(rowsPadded(most) * this.#stride);
    this.#net.reserve(Math.max(most, rows));
    this.#table = this.#heap.take(rowsPadded(rows) * this.#stride);
    this.#packing.pack(data.initial(head), this.#heap.floats(this.#theta, floats));
    const table = this.#heap.floats(this.#table, rows * this.#stride);
    for (let row = 0; row < rows; row++)
      table.set(values.subarray(row * dimension, (row + 1) * dimension), row * this.#stride);
  }

  get step(): number {
    return this.#step;
  }

  train(steps: number): void {
    for (let k = 0; k < steps; k++) {
      const batches = this.#data.batchesAt(this.#step);
      for (let h = 0; h < batches.length; h++) this.#train(h, batches[h]!);
      this.#step += 1;
    }
  }

  #train(h: number, batch: ReturnType<SweepData['batchesAt']>[number]): void {
    const { kernels } = this.#heap;
    const { floats, layers, tie } = this.#packing;
    const hyper = { ...this.#hyper, ...this.#data.heads[h]! };
    const at = 4 * h * floats;
    const theta = this.#theta + at;
    const rows = batch.rows.length;
    this.#heap.integers(this.#indices, rows).set(batch.rows);
    kernels.gather(this.#x, this.#table, 4 * this.#stride, this.#indices, rows);
    const rewards = new Float32Array(rows);
    this.#net.forward(theta, this.#x, rows, rewards);
    const [bias, ownTie] = [layers[0]!.bias, tie].map((place) => this.#heap.floats(theta + 4 * place, 1)[0]!);
    for (let row = 0; row < rows; row++) rewards[row]! += bias!;
    const ties = [hyper.learnTies ? ownTie! : Math.log(hyper.tieParameter)];
    const { loss, slopes, biasSlopes, tieSlopes } = rowSlopes(batch, rewards, null, ties, hyper);
    this.#losses[h] = loss;
    this.#net.backward(theta, this.#x, rows, slopes, this.#gradient);
    const gradient = this.#heap.floats(this.#gradient, floats);
    gradient[layers[0]!.bias] = biasSlopes.reduce((sum, slope) => sum + slope, 0);
    gradient[tie] = tieSlopes[0]!;
    const { kind, rate, correction, keep, pull } = updateAt(hyper, this.#step, this.#step + 1);
    const [m, v] = [this.#m + at, this.#v + at];
    if (kind === 'sgd') kernels.sgd(theta, this.#gradient, floats, 1, rate, keep);
    else kernels.adam(theta, this.#gradient, m, v, floats, 1, pull, keep, rate, correction);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as the interface has it
  async look(): Promise<SweepState> {
    const { rows } = this.#features;
    const { floats, layers } = this.#packing;
    const rewards = new Float32Array(this.#losses.length * rows);
    this.#losses.forEach((_, h) => {
      const theta = this.#theta + 4 * h * floats;
      const own = rewards.subarray(h * rows, (h + 1) * rows);
      this.#net.forward(theta, this.#table, rows, own);
      const bias = this.#heap.floats(theta + 4 * layers[0]!.bias, 1)[0]!;
      for (let row = 0; row < rows; row++) own[row]! += bias;
    });
    return { step: this.#step, rewards, losses: this.#losses.slice() };
  }

  dispose(): void {
    // The heap goes with the sweep.
  }
}
