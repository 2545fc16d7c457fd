import { beta1, beta2 } from '../../optimizers';
import type { Checkpoint } from '../../parameters';

/** Parameters and their moments off the device: kept in float32, as a checkpoint has them, worked on in float64. */
export class PlainParameters {
  readonly theta: Float32Array;
  readonly #m: Float32Array;
  readonly #v: Float32Array;
  #updates: number;

  constructor({ theta, m, v, updates }: Checkpoint) {
    this.theta = theta.slice();
    this.#m = m.slice();
    this.#v = v.slice();
    this.#updates = updates;
  }

  /** One update by Adam (Kingma and Ba 2015). @param gradient as long as θ */
  apply(gradient: Float64Array, learningRate: number): void {
    this.#updates += 1;
    const rate = learningRate / (1 - beta1 ** this.#updates);
    const correction = 1 / (1 - beta2 ** this.#updates);
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i]!;
      const m = (this.#m[i] = beta1 * this.#m[i]! + (1 - beta1) * g);
      const v = (this.#v[i] = beta2 * this.#v[i]! + (1 - beta2) * g * g);
      this.theta[i]! -= (rate * m) / (Math.sqrt(v * correction) + 1e-8);
    }
  }

  checkpoint(step: number): Checkpoint {
    return {
      step,
      updates: this.#updates,
      theta: this.theta.slice(),
      m: this.#m.slice(),
      v: this.#v.slice(),
    };
  }
}
