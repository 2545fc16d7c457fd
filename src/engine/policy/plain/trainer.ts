import * as tf from '../../tf';
import type { Checkpoint, Read } from '../../parameters';
import { random } from '../../../domain/random';
import type { PlainFamily } from '../families/family';
import type { PlainBatch, PlainEvaluation } from '../families/plain';
import { minibatches } from '../minibatches';
import { gradientOptimiser, type GradientOptimiser } from '../optimisers';
import type { ComparisonOptimiser } from '../optimisers/optimiser';
import type {
  ActionPairs,
  Iteration,
  PolicyHyper,
  PolicyTraining,
  RewardFunction,
  UpdateTrace,
} from '../trainer';
import { PlainParameters } from './adam';
import { diagnosed, meanOf, slopesOf, whitened, type PlainTarget } from './objective';

interface Compared {
  readonly chosen: PlainBatch;
  readonly rejected: PlainBatch;
}

/** What an iteration has sampled. */
interface Rollout<Actions> {
  readonly actions: Actions;
  readonly batch: PlainBatch;
  readonly target: PlainTarget;
}

/**
 * Optimises a policy whose episodes have one step on plain numbers, in the worker: a few thousand numbers are done there
 * before a GPU has been told what to do. Only the reward comes from the device: one read-back an iteration.
 */
export class PlainPolicyTrainer<Actions> implements PolicyTraining<Actions> {
  readonly #family: PlainFamily<Actions>;
  readonly #parameters: PlainParameters;
  readonly #reference: Float32Array;
  #iteration: number;

  /** @param reference θ of the reference policy */
  constructor(checkpoint: Checkpoint, family: PlainFamily<Actions>, reference: Float32Array) {
    this.#family = family;
    this.#parameters = new PlainParameters(checkpoint);
    this.#reference = reference;
    this.#iteration = checkpoint.step;
  }

  get iteration(): number {
    return this.#iteration;
  }

  async iterate(
    reward: RewardFunction<Actions>,
    hyper: PolicyHyper,
    read: Read,
    pairs?: ActionPairs<Actions>,
    traced = false,
  ): Promise<Iteration<Actions>> {
    const theta = this.#parameters.theta.slice();
    const source = random(hyper.seed, 'policy-samples', this.#iteration);
    const actions = this.#family.sample(theta, hyper.samples, source);
    const tensor = tf.tidy(() => reward(actions));
    const scores = await read(tensor);
    tensor.dispose();

    const optimiser = gradientOptimiser(hyper);
    const batch = this.#family.plain(actions, this.#reference);
    const drawn = batch.evaluate(theta);
    const logRatios = drawn.logProb.map((value, i) => value - batch.referenceLogProb[i]!);
    const target = this.#target(drawn, scores, logRatios, optimiser, hyper);
    const compared =
      pairs && optimiser.kind === 'comparisons'
        ? {
            chosen: this.#family.plain(pairs.chosen, this.#reference),
            rejected: this.#family.plain(pairs.rejected, this.#reference),
          }
        : null;
    const trace: UpdateTrace[] = [];
    const rollout = { actions, batch, target };
    const { last, epochs } = this.#update(rollout, compared, optimiser, hyper, traced ? trace : null);
    this.#iteration += 1;
    return {
      theta,
      actions,
      rewards: scores,
      logRatioToReference: Float32Array.from(logRatios),
      advantages: Float32Array.from(target.advantages),
      kl: meanOf(drawn.kl),
      entropy: meanOf(drawn.entropy),
      value: meanOf(drawn.value),
      ...last,
      epochs,
      checkpoint: this.#parameters.checkpoint(this.#iteration),
      trace,
    };
  }

  #target(
    { logProb, value }: PlainEvaluation,
    scores: Float32Array,
    logRatios: Float64Array,
    optimiser: GradientOptimiser,
    hyper: PolicyHyper,
  ): PlainTarget {
    const beta = hyper.klPlacement === 'reward' ? hyper.klCoefficient : 0;
    let rewards = Float64Array.from(scores, (score, i) => score - beta * logRatios[i]!);
    if (hyper.whitenReward) rewards = Float64Array.from(whitened(rewards, false));
    const groups = this.#family.groups(hyper.samples);
    const nothing = new Float64Array(rewards.length);
    const scored =
      optimiser.kind === 'samples'
        ? optimiser.plain({ rewards, values: value, groups })
        : { advantages: nothing, returns: nothing };
    const advantages = hyper.whitenAdvantages ? whitened(scored.advantages) : scored.advantages;
    return { logProbOld: logProb, oldValue: value, advantages, returns: scored.returns };
  }

  /** @returns `diagnosed` before the last update, and how many epochs were used */
  #update(
    rollout: Rollout<Actions>,
    compared: Compared | null,
    optimiser: GradientOptimiser,
    hyper: PolicyHyper,
    trace: UpdateTrace[] | null,
  ) {
    const { theta } = this.#parameters;
    const { batch, target } = rollout;
    const everything = Int32Array.from({ length: batch.rows }, (_, i) => i);
    const whole = () => diagnosed(batch.evaluate(theta), target, everything, hyper);
    const wanted = optimiser.kind === 'samples' && !optimiser.clipped ? 1 : hyper.epochs;
    let last: ReturnType<typeof diagnosed> | null = null;
    let epoch = 0;
    for (; epoch < wanted; epoch++) {
      if (epoch > 0 && hyper.targetKl > 0 && whole().approxKl > hyper.targetKl) break;
      const parts = optimiser.kind === 'samples' ? minibatches(hyper, this.#iteration, epoch) : [null];
      for (const part of parts) {
        const rows = part ?? everything;
        const own = part
          ? this.#family.plain(this.#family.pick(rollout.actions, part), this.#reference)
          : batch;
        const evaluation = own.evaluate(theta);
        last = diagnosed(evaluation, target, rows, hyper);
        const before = trace && whole();
        let gradient: Float64Array;
        if (optimiser.kind === 'samples')
          gradient = evaluation.gradient(
            slopesOf(evaluation, target, rows, {
              ...hyper,
              klInLoss: hyper.klPlacement === 'loss' ? hyper.klCoefficient : 0,
              clipped: optimiser.clipped,
              usesValue: optimiser.usesValue,
            }),
          );
        else {
          const step = comparisonStep(compared!, theta, optimiser, hyper.dpoBeta);
          gradient = step.gradient;
          last = { ...last, policyLoss: step.loss, valueLoss: NaN, explainedVariance: NaN };
        }
        this.#parameters.apply(shortened(gradient, hyper.policyMaxGradNorm), hyper.policyLearningRate);
        if (before) {
          const { approxKl, clipFraction, ratios } = before;
          // Comparisons are all in every update.
          const { policyLoss } = compared ? last : before;
          trace.push({ epoch, ratios, approxKl, clipFraction, policyLoss, theta: theta.slice() });
        }
      }
    }
    return { last: last!, epochs: epoch };
  }

  dispose(): void {
    // Nothing of it is on the device.
  }
}

/** Mean loss of the pairs, and its gradient. */
function comparisonStep(
  { chosen, rejected }: Compared,
  theta: Float32Array,
  optimiser: ComparisonOptimiser,
  beta: number,
): { loss: number; gradient: Float64Array } {
  const sides = [chosen, rejected].map((batch) => ({ batch, evaluation: batch.evaluate(theta) }));
  const [better, worse] = sides.map(({ batch, evaluation }) =>
    evaluation.logProb.map((value, i) => value - batch.referenceLogProb[i]!),
  ) as [Float64Array, Float64Array];
  const pairs = chosen.rows;
  const slopes = new Float64Array(pairs);
  let loss = 0;
  for (let i = 0; i < pairs; i++) {
    const own = optimiser.plain(better[i]! - worse[i]!, beta);
    loss += own.loss / pairs;
    slopes[i] = own.slope / pairs;
  }
  const none = new Float64Array(pairs);
  const gradientOf = ({ evaluation }: (typeof sides)[number], logProb: Float64Array) =>
    evaluation.gradient({ logProb, entropy: none, kl: none, value: none });
  const gradient = gradientOf(sides[0]!, slopes);
  gradientOf(
    sides[1]!,
    slopes.map((slope) => -slope),
  ).forEach((value, i) => (gradient[i]! += value));
  return { loss, gradient };
}

/** Clips a gradient to a norm; 0: not at all. */
function shortened(gradient: Float64Array, most: number): Float64Array {
  if (most === 0) return gradient;
  const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  const factor = Math.min(1, most / (norm + 1e-12));
  return gradient.map((value) => factor * value);
}
