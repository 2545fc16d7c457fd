import * as tf from '../tf';
import { random } from '../../domain/random';
import { Parameters, type Checkpoint, type Read } from '../parameters';
import type { PolicyFamily } from './families/family';
import { maskedMean } from './ppo';

export interface SftHyper {
  readonly learningRate: number;
  /** Demonstrations averaged in each step, drawn with replacement. */
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Supervised fine-tuning: makes a policy likely to do what the demonstrations do. What it ends with is the reference of
 * the policy optimisation. Loss: mean −log π over the real steps, in nats a step.
 */
export class SftTrainer<Actions> {
  readonly #family: PolicyFamily<Actions>;
  readonly #parameters: Parameters;
  #step: number;

  constructor(checkpoint: Checkpoint, family: PolicyFamily<Actions>) {
    this.#family = family;
    this.#parameters = new Parameters(checkpoint);
    this.#step = checkpoint.step;
  }

  get step(): number {
    return this.#step;
  }

  /**
   * One step of Adam on one batch.
   * @param pick the demonstrations at some rows @param count of demonstrations
   * @returns the loss before the step; the caller disposes it
   */
  train(pick: (rows: Int32Array) => Actions, count: number, hyper: SftHyper): tf.Scalar {
    const source = random(hyper.seed, 'sft', this.#step);
    const rows = Int32Array.from({ length: hyper.batchSize }, () => source.integer(count));
    const { value, grad } = tf.tidy(() => {
      const loss = this.#loss(pick(rows));
      return tf.valueAndGrad(loss as (theta: tf.Tensor) => tf.Scalar)(this.#parameters.theta);
    });
    this.#parameters.apply(grad as tf.Tensor1D, 'adam', {
      learningRate: hyper.learningRate,
      weightDecay: 0,
    });
    grad.dispose();
    this.#step += 1;
    return value;
  }

  #loss(actions: Actions): (theta: tf.Tensor1D) => tf.Scalar {
    const batch = this.#family.batch(actions);
    const reference = this.#family.reference(this.#parameters.theta, batch);
    return (theta) => maskedMean(this.#family.evaluate(theta, batch, reference).logProb, batch.mask).neg();
  }

  /** Mean −log π over the real steps of these demonstrations; the caller disposes it. */
  evaluate(actions: Actions): tf.Scalar {
    return tf.tidy(() => this.#loss(actions)(this.#parameters.theta));
  }

  async checkpoint(read: Read): Promise<Checkpoint> {
    const packed = this.#parameters.packed();
    const values = await read(packed);
    packed.dispose();
    return Parameters.unpack(values, this.#step, this.#parameters.updates);
  }

  dispose(): void {
    this.#parameters.dispose();
  }
}
