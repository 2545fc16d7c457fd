import type { GaussianActions, GaussianSpec } from './gaussian';
import type { Network } from './network';
import type { PlainBatch, PlainEvaluation, PlainSlopes } from './plain';

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** Where a Gaussian keeps what in θ. */
export interface GaussianParts {
  readonly spec: GaussianSpec;
  readonly mean: Network;
  readonly value: Network;
  readonly size: number;
}

/** Samples of a Gaussian policy, on plain numbers. */
export class GaussianPlain implements PlainBatch {
  readonly rows: number;
  readonly referenceLogProb: Float64Array;
  readonly #parts: GaussianParts;
  readonly #states: Float32Array;
  readonly #actions: Float32Array;
  readonly #reference: { readonly mean: Float64Array; readonly logStd: Float64Array };

  /** @param reference θ of the reference policy */
  constructor(parts: GaussianParts, { states, actions }: GaussianActions, reference: Float32Array) {
    this.#parts = parts;
    this.#states = states;
    this.#actions = actions;
    this.rows = actions.length / parts.spec.actions;
    const mean = parts.mean.tape(reference, states, this.rows).outputs;
    this.#reference = { mean, logStd: this.#logStd(reference) };
    this.referenceLogProb = this.#logProb(mean, this.#reference.logStd);
  }

  #logStd(theta: Float32Array): Float64Array {
    const { spec, mean } = this.#parts;
    return spec.fixedStd
      ? new Float64Array(spec.actions).fill(spec.logStd)
      : Float64Array.from(theta.subarray(mean.size, mean.size + spec.actions));
  }

  /** @param mean [rows · dims] */
  #logProb(mean: Float64Array, logStd: Float64Array): Float64Array {
    const dims = logStd.length;
    const out = new Float64Array(this.rows);
    for (let i = 0; i < mean.length; i++) {
      const d = i % dims;
      const z = (this.#actions[i]! - mean[i]!) / Math.exp(logStd[d]!);
      out[(i - d) / dims]! -= 0.5 * z * z + logStd[d]! + halfLogTwoPi;
    }
    return out;
  }

  evaluate(theta: Float32Array): PlainEvaluation {
    const { rows } = this;
    const { mean: network, value: valueNetwork, spec, size } = this.#parts;
    const reference = this.#reference;
    const dims = spec.actions;
    const means = network.tape(theta, this.#states, rows);
    const values = valueNetwork.tape(theta, this.#states, rows);
    const logStd = this.#logStd(theta);
    const kl = new Float64Array(rows);
    for (let i = 0; i < means.outputs.length; i++) {
      const d = i % dims;
      const far = means.outputs[i]! - reference.mean[i]!;
      const [own, other] = [logStd[d]!, reference.logStd[d]!];
      kl[(i - d) / dims]! += other - own + (Math.exp(2 * own) + far * far) / (2 * Math.exp(2 * other)) - 0.5;
    }
    const entropy = logStd.reduce((sum, own) => sum + own + halfLogTwoPi + 0.5, 0);
    return {
      logProb: this.#logProb(means.outputs, logStd),
      entropy: new Float64Array(rows).fill(entropy),
      value: values.outputs,
      kl,
      gradient: (slopes: PlainSlopes) => {
        const gradient = new Float64Array(size);
        const byMean = new Float64Array(rows * dims);
        for (let i = 0; i < byMean.length; i++) {
          const d = i % dims;
          const row = (i - d) / dims;
          const std = Math.exp(logStd[d]!);
          const z = (this.#actions[i]! - means.outputs[i]!) / std;
          const variance = Math.exp(2 * reference.logStd[d]!);
          const far = means.outputs[i]! - reference.mean[i]!;
          byMean[i] = (slopes.logProb[row]! * z) / std + (slopes.kl[row]! * far) / variance;
          gradient[network.size + d]! +=
            slopes.logProb[row]! * (z * z - 1) +
            slopes.entropy[row]! +
            slopes.kl[row]! * ((std * std) / variance - 1);
        }
        if (spec.fixedStd) gradient.fill(0, network.size, network.size + dims);
        means.back(byMean, gradient);
        values.back(slopes.value, gradient);
        return gradient;
      },
    };
  }
}
