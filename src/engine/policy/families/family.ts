import type * as tf from '../../tf';
import type { PlainBatch } from './plain';
import type { Random } from '../../../domain/random';

/**
 * What an iteration needs of its samples on the device, by name, each [samples, …]. `mask`, [samples, steps], is 1 on
 * real steps and 0 on padding; a family whose episodes all have the same length has none.
 */
export type Batch = { readonly [name: string]: tf.Tensor } & { readonly mask?: tf.Tensor2D };

/** What a policy says about a batch, each [samples, steps]. Numbers at padding mean nothing. */
export interface Evaluation {
  /** log π of the action that was taken. */
  readonly logProb: tf.Tensor2D;
  /** Of the distribution that the action was drawn from, exactly. */
  readonly entropy: tf.Tensor2D;
  /** The value baseline V. */
  readonly value: tf.Tensor2D;
  /** KL(π ‖ π_ref) of that distribution from the reference's, exactly. */
  readonly kl: tf.Tensor2D;
}

/** What the reference says about a batch: it does not change while the batch is used. */
export type ReferenceBatch = { readonly logProb: tf.Tensor2D } & { readonly [name: string]: tf.Tensor };

/**
 * A kind of policy. Its parameters θ, value baseline included, are one flat vector, so that trainer, optimisers and
 * checkpoints are the same for all kinds. The reference is another vector of the same kind.
 */
export interface PolicyFamily<Actions> {
  /** Length of θ. */
  readonly size: number;
  /** Steps of an episode, padding included. */
  readonly steps: number;
  initial(seed: number): Float32Array;
  /** How many groups of samples that answer the same prompt `count` samples make: RLOO and GRPO compare within them. */
  groups(count: number): number;
  /** Draws `count` samples on the processor, groups one after the other. */
  sample(theta: Float32Array, count: number, source: Random): Actions;
  /** Samples on the device. */
  batch(actions: Actions): Batch;
  /** Differentiable in θ. @param reference of `reference` for the same batch */
  evaluate(theta: tf.Tensor1D, batch: Batch, reference: ReferenceBatch): Evaluation;
  /** @param theta of the reference policy */
  reference(theta: tf.Tensor1D, batch: Batch): ReferenceBatch;
}

/** A family whose episodes have one step and that can do its part on plain numbers, too. */
export interface PlainFamily<Actions> extends PolicyFamily<Actions> {
  /** @param reference θ of the reference policy */
  plain(actions: Actions, reference: Float32Array): PlainBatch;
  /** Some of the samples. */
  pick(actions: Actions, rows: Int32Array): Actions;
}

export const isPlain = <Actions>(family: PolicyFamily<Actions>): family is PlainFamily<Actions> =>
  'plain' in family;
