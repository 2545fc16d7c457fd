import * as tf from './tf';
import { optimizers, type OptimizerHyper, type OptimizerState } from './optimizers';
import type { Settings } from '../domain/settings';

/** All that a trained vector is, off the device: enough to go on from on any backend. */
export interface Checkpoint {
  /** Steps or iterations done. */
  readonly step: number;
  /** Updates since the moments were last zero. */
  readonly updates: number;
  readonly theta: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** Reads a tensor back without blocking; rejects when the device is lost. */
export type Read = (tensor: tf.Tensor) => Promise<Float32Array>;

export const freshCheckpoint = (theta: Float32Array): Checkpoint => ({
  step: 0,
  updates: 0,
  theta,
  m: new Float32Array(theta.length),
  v: new Float32Array(theta.length),
});

export const isFinite32 = (values: Float32Array): boolean => values.every(Number.isFinite);

/** A parameter vector on the device with its optimiser's moments. */
export class Parameters {
  #state: OptimizerState;
  #updates: number;
  readonly size: number;

  constructor(checkpoint: Checkpoint) {
    this.size = checkpoint.theta.length;
    this.#updates = checkpoint.updates;
    this.#state = {
      theta: tf.tensor1d(checkpoint.theta.slice()),
      m: tf.tensor1d(checkpoint.m.slice()),
      v: tf.tensor1d(checkpoint.v.slice()),
    };
  }

  /** [parameters] */
  get theta(): tf.Tensor1D {
    return this.#state.theta;
  }

  get updates(): number {
    return this.#updates;
  }

  /** One optimiser update in place. Nothing is read back. @param gradient [parameters], not disposed here */
  apply(gradient: tf.Tensor1D, name: Settings['optimizer'], hyper: Omit<OptimizerHyper, 'update'>): void {
    this.#updates += 1;
    const old = this.#state;
    this.#state = tf.tidy(() => {
      const { theta, m, v } = optimizers[name](old, gradient, { ...hyper, update: this.#updates });
      return { theta, m, v };
    });
    for (const key of ['theta', 'm', 'v'] as const) if (old[key] !== this.#state[key]) old[key].dispose();
  }

  /** Forgets the moments, as when the optimiser is changed. */
  clearMoments(): void {
    this.#state.m.dispose();
    this.#state.v.dispose();
    this.#state = { ...this.#state, m: tf.zeros([this.size]), v: tf.zeros([this.size]) };
    this.#updates = 0;
  }

  /** θ, m and v one after the other, [3 · parameters], for one read-back. The caller disposes it. */
  packed(): tf.Tensor1D {
    const { theta, m, v } = this.#state;
    return tf.concat1d([theta, m, v]);
  }

  /** Takes apart what `packed` gave. */
  static unpack(values: Float32Array, step: number, updates: number): Checkpoint {
    const size = values.length / 3;
    const part = (k: number) => values.slice(k * size, (k + 1) * size);
    return { step, updates, theta: part(0), m: part(1), v: part(2) };
  }

  dispose(): void {
    tf.dispose([this.#state.theta, this.#state.m, this.#state.v]);
  }
}
