import * as tf from '../tf';
import { Parameters, type Checkpoint, type Read } from '../parameters';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import type { Batch, Evaluation, PolicyFamily, ReferenceBatch } from './families/family';
import { minibatches } from './minibatches';
import { gradientOptimiser, type GradientOptimiser } from './optimisers';
import type { ComparisonOptimiser } from './optimisers/optimiser';
import { diagnose, maskedMean, objective, overSteps, stepRewards, whiten, type Target } from './ppo';

export type PolicyHyper = Pick<
  Settings,
  | 'optimiser'
  | 'samples'
  | 'epochs'
  | 'minibatches'
  | 'policyLearningRate'
  | 'policyMaxGradNorm'
  | 'clip'
  | 'klCoefficient'
  | 'klPlacement'
  | 'entropyCoefficient'
  | 'valueCoefficient'
  | 'valueClip'
  | 'gamma'
  | 'gaeLambda'
  | 'whitenReward'
  | 'whitenAdvantages'
  | 'targetKl'
  | 'dpoBeta'
  | 'seed'
>;

/** Turns actions into the score the policy is paid for each: [samples], on the device. */
export type RewardFunction<Actions> = (actions: Actions) => tf.Tensor1D;

/** The comparisons an optimiser may learn from directly. */
export interface ActionPairs<Actions> {
  readonly chosen: Actions;
  readonly rejected: Actions;
}

/** One update as it is walked through: how all samples stood before it, and θ after it. */
export interface UpdateTrace {
  readonly epoch: number;
  /** [samples · steps]: π/π_old before the update. */
  readonly ratios: Float32Array;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly policyLoss: number;
  readonly theta: Float32Array;
}

/** What one iteration leaves, read back. All but the last three describe the policy that drew the samples. */
export interface Iteration<Actions> {
  readonly theta: Float32Array;
  readonly actions: Actions;
  /** [samples]: the score of each */
  readonly rewards: Float32Array;
  /** [samples]: log π/π_ref of each, over its steps */
  readonly logRatioToReference: Float32Array;
  /** [samples · steps] */
  readonly advantages: Float32Array;
  /** KL from the reference and entropy, exactly, summed over the steps of a sample; the mean value baseline. */
  readonly kl: number;
  readonly entropy: number;
  readonly value: number;
  /** π/π_old before the last update, [samples · steps] of the last minibatch. */
  readonly ratios: Float32Array;
  readonly approxKl: number;
  readonly clipFraction: number;
  readonly ratio: number;
  readonly policyLoss: number;
  readonly valueLoss: number;
  readonly explainedVariance: number;
  /** Epochs that were used: fewer than asked for where the target KL stopped them. */
  readonly epochs: number;
  /** After the updates. */
  readonly checkpoint: Checkpoint;
  /** Of every update, where it was asked for. */
  readonly trace: readonly UpdateTrace[];
}

/** Optimises a policy of one family by any optimiser that has a gradient. One iteration is one read-back. */
export interface PolicyTraining<Actions> {
  readonly iteration: number;
  /**
   * Samples, scores and updates.
   * @param reward is called once, on all samples
   * @param read reads a tensor back
   * @param pairs for an optimiser that learns from comparisons
   * @param traced keeps how every update went: slower
   */
  iterate(
    reward: RewardFunction<Actions>,
    hyper: PolicyHyper,
    read: Read,
    pairs?: ActionPairs<Actions>,
    traced?: boolean,
  ): Promise<Iteration<Actions>>;
  dispose(): void;
}

/** What an iteration has sampled, on the device: for the updates. (A type, not an interface, for `tidy` to take it.) */
type Rollout = {
  readonly batch: Batch;
  readonly reference: ReferenceBatch;
  readonly target: Target;
};

interface Pairs {
  readonly chosen: { batch: Batch; reference: ReferenceBatch };
  readonly rejected: { batch: Batch; reference: ReferenceBatch };
}

/** By TensorFlow.js operations: any family. */
export class PolicyTrainer<Actions> implements PolicyTraining<Actions> {
  readonly #family: PolicyFamily<Actions>;
  readonly #parameters: Parameters;
  readonly #reference: tf.Tensor1D;
  #iteration: number;
  /** θ as last read back: samples are drawn on the processor. */
  #theta: Float32Array;

  /** @param reference θ of the reference policy */
  constructor(checkpoint: Checkpoint, family: PolicyFamily<Actions>, reference: Float32Array) {
    this.#family = family;
    this.#parameters = new Parameters(checkpoint);
    this.#reference = tf.tensor1d(reference.slice());
    this.#iteration = checkpoint.step;
    this.#theta = checkpoint.theta;
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
    const theta = this.#theta;
    const source = random(hyper.seed, 'policy-samples', this.#iteration);
    const actions = this.#family.sample(theta, hyper.samples, source);
    const optimiser = gradientOptimiser(hyper);
    const { rollout, summary } = tf.tidy(() => this.#score(actions, reward, optimiser, hyper));
    const compared =
      pairs && optimiser.kind === 'comparisons' ? tf.tidy(() => this.#compared(pairs)) : undefined;
    const update = new Update(this.#family, this.#parameters, optimiser, hyper, compared, read, traced);
    const { diagnostics, epochs } = await update.run(rollout, this.#iteration);
    this.#iteration += 1;
    const packed = tf.tidy(() => tf.concat1d([summary, diagnostics, this.#parameters.packed()]));
    const [summarySize, diagnosticsSize] = [summary.size, diagnostics.size];
    tf.dispose([rollout, summary, diagnostics, compared ?? []] as tf.TensorContainer);
    const values = await read(packed);
    packed.dispose();

    const { samples } = hyper;
    const last = values.subarray(summarySize, summarySize + diagnosticsSize);
    const [approxKl, clipFraction, ratio, policyLoss, valueLoss, explainedVariance] = last;
    const checkpoint = Parameters.unpack(
      values.slice(summarySize + diagnosticsSize),
      this.#iteration,
      this.#parameters.updates,
    );
    this.#theta = checkpoint.theta;
    return {
      theta,
      actions,
      rewards: values.slice(3, 3 + samples),
      logRatioToReference: values.slice(3 + samples, 3 + 2 * samples),
      advantages: values.slice(3 + 2 * samples, summarySize),
      kl: values[0]!,
      entropy: values[1]!,
      value: values[2]!,
      ratios: last.slice(6),
      approxKl: approxKl!,
      clipFraction: clipFraction!,
      ratio: ratio!,
      policyLoss: policyLoss!,
      valueLoss: valueLoss!,
      explainedVariance: explainedVariance!,
      epochs,
      checkpoint,
      trace: update.trace,
    };
  }

  /** @returns the rollout, and [kl, entropy, value, scores, log ratios, advantages] for the read-back */
  #score(
    actions: Actions,
    reward: RewardFunction<Actions>,
    optimiser: GradientOptimiser,
    hyper: PolicyHyper,
  ): { rollout: Rollout; summary: tf.Tensor1D } {
    const { gamma, gaeLambda: lambda, klCoefficient, klPlacement } = hyper;
    const batch = this.#family.batch(actions);
    const { mask } = batch;
    const reference = this.#family.reference(this.#reference, batch);
    // By the very operations of the updates, so that the first ratio is exactly 1.
    const { logProb, value, entropy, kl } = this.#family.evaluate(this.#parameters.theta, batch, reference);
    const scores = reward(actions);
    const beta = klPlacement === 'reward' ? klCoefficient : 0;
    let rewards = stepRewards(scores, logProb, reference.logProb, beta, mask);
    if (hyper.whitenReward) rewards = whiten(rewards, mask, false);
    const groups = this.#family.groups(hyper.samples);
    const scored =
      optimiser.kind === 'samples'
        ? optimiser.advantages({ rewards, values: value, mask, groups, gamma, lambda })
        : { advantages: tf.zerosLike(rewards), returns: tf.zerosLike(rewards) };
    const advantages = hyper.whitenAdvantages ? whiten(scored.advantages, mask) : scored.advantages;
    const target = { logProbOld: logProb, oldValue: value, advantages, returns: scored.returns };
    const summary = tf.concat1d([
      overSteps(kl, mask).mean().reshape([1]),
      overSteps(entropy, mask).mean().reshape([1]),
      maskedMean(value, mask).reshape([1]),
      scores,
      overSteps(logProb.sub(reference.logProb), mask),
      advantages.flatten(),
    ]);
    return { rollout: { batch, reference, target }, summary };
  }

  #compared({ chosen, rejected }: ActionPairs<Actions>): Pairs & tf.TensorContainerObject {
    const side = (actions: Actions) => {
      const batch = this.#family.batch(actions);
      return { batch, reference: this.#family.reference(this.#reference, batch) };
    };
    return { chosen: side(chosen), rejected: side(rejected) };
  }

  dispose(): void {
    this.#parameters.dispose();
    this.#reference.dispose();
  }
}

/** The updates of one iteration: epochs, minibatches, and what is found out on the way. */
class Update<Actions> {
  readonly trace: UpdateTrace[] = [];

  constructor(
    readonly family: PolicyFamily<Actions>,
    readonly parameters: Parameters,
    readonly optimiser: GradientOptimiser,
    readonly hyper: PolicyHyper,
    readonly pairs: Pairs | undefined,
    readonly read: Read,
    readonly traced: boolean,
  ) {}

  /** @returns `diagnose` and the ratios before the last update, one after the other; how many epochs were used */
  async run(rollout: Rollout, iteration: number): Promise<{ diagnostics: tf.Tensor1D; epochs: number }> {
    const { hyper, optimiser } = this;
    const wanted = optimiser.kind === 'samples' && !optimiser.clipped ? 1 : hyper.epochs;
    let diagnostics: tf.Tensor1D | null = null;
    let epoch = 0;
    for (; epoch < wanted; epoch++) {
      if (epoch > 0 && hyper.targetKl > 0 && (await this.#drift(rollout)) > hyper.targetKl) break;
      const parts = optimiser.kind === 'samples' ? minibatches(hyper, iteration, epoch) : [null];
      for (const rows of parts) {
        const part = rows ? tf.tidy(() => gatherRollout(rollout, rows)) : rollout;
        diagnostics?.dispose();
        diagnostics = tf.tidy(() => this.#diagnose(part));
        const before = this.traced ? await this.#ratiosOfAll(rollout) : null;
        const gradient = tf.tidy(() => this.#gradient(part));
        this.parameters.apply(gradient, 'adam', { learningRate: hyper.policyLearningRate, weightDecay: 0 });
        gradient.dispose();
        if (before) this.trace.push({ epoch, ...before, theta: await this.read(this.parameters.theta) });
        if (part !== rollout) tf.dispose(part);
      }
    }
    return { diagnostics: diagnostics!, epochs: epoch };
  }

  #evaluate(theta: tf.Tensor1D, { batch, reference }: Pick<Rollout, 'batch' | 'reference'>): Evaluation {
    return this.family.evaluate(theta, batch, reference);
  }

  #loss(theta: tf.Tensor1D, part: Rollout): tf.Scalar {
    const { optimiser, hyper } = this;
    if (optimiser.kind === 'comparisons') return this.#comparisonLoss(theta, optimiser);
    return objective(
      this.#evaluate(theta, part),
      part.target,
      {
        ...hyper,
        klInLoss: hyper.klPlacement === 'loss' ? hyper.klCoefficient : 0,
        clipped: optimiser.clipped,
        usesValue: optimiser.usesValue,
      },
      part.batch.mask,
    );
  }

  #comparisonLoss(theta: tf.Tensor1D, optimiser: ComparisonOptimiser): tf.Scalar {
    const { chosen, rejected } = this.pairs!;
    const logRatio = (side: Pairs['chosen']) =>
      overSteps(this.#evaluate(theta, side).logProb.sub(side.reference.logProb), side.batch.mask);
    return optimiser.loss(logRatio(chosen), logRatio(rejected), this.hyper.dpoBeta);
  }

  #gradient(part: Rollout): tf.Tensor1D {
    const gradient = tf.grad((theta: tf.Tensor) => this.#loss(theta as tf.Tensor1D, part))(
      this.parameters.theta,
    ) as tf.Tensor1D;
    const most = this.hyper.policyMaxGradNorm;
    if (most === 0) return gradient;
    const norm = gradient.square().sum().sqrt();
    return gradient.mul(tf.minimum(1, tf.div(most, norm.add(1e-12))));
  }

  #diagnose(part: Rollout): tf.Tensor1D {
    const { theta } = this.parameters;
    const { ratio, summary } = diagnose(
      this.#evaluate(theta, part),
      part.target,
      this.hyper,
      part.batch.mask,
    );
    if (this.optimiser.kind === 'samples') return tf.concat1d([summary, ratio.flatten()]);
    const loss = this.#comparisonLoss(theta, this.optimiser).reshape<tf.Tensor1D>([1]);
    const none = tf.tensor1d([NaN, NaN]);
    return tf.concat1d([summary.slice(0, 3), loss, none, ratio.flatten()]);
  }

  async #drift(rollout: Rollout): Promise<number> {
    const tensor = tf.tidy(() => this.#diagnose(rollout));
    const values = await this.read(tensor);
    tensor.dispose();
    return values[0]!;
  }

  async #ratiosOfAll(rollout: Rollout): Promise<Omit<UpdateTrace, 'epoch' | 'theta'>> {
    const tensor = tf.tidy(() => this.#diagnose(rollout));
    const values = await this.read(tensor);
    tensor.dispose();
    const [approxKl, clipFraction, , policyLoss] = values;
    return {
      ratios: values.slice(6),
      approxKl: approxKl!,
      clipFraction: clipFraction!,
      policyLoss: policyLoss!,
    };
  }
}

function gatherRollout(rollout: Rollout, rows: Int32Array): Rollout {
  const indices = tf.tensor1d(rows, 'int32');
  const pick = <Part extends Readonly<Record<string, tf.Tensor>>>(part: Part): Part =>
    Object.fromEntries(
      Object.entries(part).map(([name, tensor]) => [name, tf.gather(tensor, indices)]),
    ) as Part;
  return {
    batch: pick(rollout.batch as Record<string, tf.Tensor>),
    reference: pick(rollout.reference as Record<string, tf.Tensor>) as ReferenceBatch,
    target: pick(rollout.target),
  };
}
