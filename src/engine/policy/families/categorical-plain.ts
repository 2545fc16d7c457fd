import type { CategoricalActions, CategoricalSpec } from './categorical';
import type { PlainBatch, PlainEvaluation, PlainSlopes } from './plain';

/** What a categorical family tells of itself. */
export interface CategoricalParts {
  readonly spec: CategoricalSpec;
  /** Columns of the table of free logits. */
  readonly width: number;
  /** Numbers at the start of θ that make logits; the values of the prompts follow. */
  readonly logits: number;
  readonly size: number;
  /** log π of every candidate of every prompt. */
  logProbabilities(theta: Float32Array): number[][];
}

/** Samples of a categorical policy, on plain numbers. */
export class CategoricalPlain implements PlainBatch {
  readonly rows: number;
  readonly referenceLogProb: Float64Array;
  readonly #parts: CategoricalParts;
  readonly #actions: CategoricalActions;
  readonly #reference: number[][];

  /** @param reference θ of the reference policy */
  constructor(parts: CategoricalParts, actions: CategoricalActions, reference: Float32Array) {
    this.#parts = parts;
    this.#actions = actions;
    this.rows = actions.choices.length;
    this.#reference = parts.logProbabilities(reference);
    this.referenceLogProb = this.#chosen(this.#reference);
  }

  #chosen(logProb: number[][]): Float64Array {
    const { prompts, choices } = this.#actions;
    return Float64Array.from(choices, (choice, row) => logProb[prompts[row]!]![choice]!);
  }

  evaluate(theta: Float32Array): PlainEvaluation {
    const { prompts, choices } = this.#actions;
    const { logits, size } = this.#parts;
    const all = this.#parts.logProbabilities(theta);
    const sum = (prompt: number, f: (logP: number, k: number) => number) =>
      all[prompt]!.reduce((total, logP, k) => total + Math.exp(logP) * f(logP, k), 0);
    const entropies = all.map((_, prompt) => -sum(prompt, (logP) => logP));
    const kls = all.map((_, prompt) => sum(prompt, (logP, k) => logP - this.#reference[prompt]![k]!));
    const each = (of: (prompt: number) => number) => Float64Array.from(prompts, of);
    return {
      logProb: this.#chosen(all),
      entropy: each((prompt) => entropies[prompt]!),
      value: each((prompt) => theta[logits + prompt]!),
      kl: each((prompt) => kls[prompt]!),
      gradient: (slopes: PlainSlopes) => {
        const gradient = new Float64Array(size);
        // Samples of one prompt share its distribution: their slopes are added up first.
        const totals = all.map((row) => ({
          choices: new Float64Array(row.length),
          logProb: 0,
          entropy: 0,
          kl: 0,
        }));
        for (let row = 0; row < this.rows; row++) {
          const total = totals[prompts[row]!]!;
          total.choices[choices[row]!]! += slopes.logProb[row]!;
          total.logProb += slopes.logProb[row]!;
          total.entropy += slopes.entropy[row]!;
          total.kl += slopes.kl[row]!;
          gradient[logits + prompts[row]!]! += slopes.value[row]!;
        }
        let candidate = 0;
        all.forEach((row, prompt) => {
          const total = totals[prompt]!;
          row.forEach((logP, k) => {
            const pull = -total.entropy * (logP + entropies[prompt]!);
            const drift = total.kl * (logP - this.#reference[prompt]![k]! - kls[prompt]!);
            const slope = total.choices[k]! + Math.exp(logP) * (pull + drift - total.logProb);
            this.#addLogit(gradient, prompt, k, candidate++, slope);
          });
        });
        return gradient;
      },
    };
  }

  #addLogit(gradient: Float64Array, prompt: number, k: number, candidate: number, slope: number): void {
    const { spec, width } = this.#parts;
    if (!spec.features) {
      gradient[prompt * width + k]! += slope;
      return;
    }
    const { values, dimension } = spec.features;
    for (let i = 0; i < dimension; i++) gradient[i]! += slope * values[candidate * dimension + i]!;
  }
}
