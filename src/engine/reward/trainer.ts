import type * as tf from '../tf';
import type { Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import type { Checkpoint, Read } from '../parameters';
import type { FeatureTable } from './feature-table';
import type { Head } from './head';

/** What a training step depends on besides the head and the data. */
export type RewardHyper = Pick<
  Settings,
  | 'optimizer'
  | 'learningRate'
  | 'weightDecay'
  | 'batchSize'
  | 'seed'
  | 'loss'
  | 'rankingLoss'
  | 'ratingWeight'
  | 'marginScale'
  | 'learnTies'
  | 'tieParameter'
  | 'labelNoise'
  | 'centring'
  | 'criterionWeight1'
  | 'criterionWeight2'
  | 'criterionWeight3'
  | 'dropout'
  | 'schedule'
  | 'scheduleSteps'
  | 'maxGradNorm'
>;

/** Weights of the criteria, in the scenario's order. */
export const criterionWeights = ({
  criterionWeight1,
  criterionWeight2,
  criterionWeight3,
}: Pick<Settings, 'criterionWeight1' | 'criterionWeight2' | 'criterionWeight3'>): number[] => [
  criterionWeight1,
  criterionWeight2,
  criterionWeight3,
];

/** The criteria together, and then each alone where it has an output of its own. @param outputs of the head */
export const weightingsOf = (
  outputs: number,
  settings: Parameters<typeof criterionWeights>[0],
): number[][] => [
  criterionWeights(settings),
  ...Array.from({ length: outputs > 1 ? outputs : 0 }, (_, c) =>
    Array.from({ length: outputs }, (_, k) => (k === c ? 1 : 0)),
  ),
];

/** What a trainer has come to. */
export interface TrainerState {
  /** Of each row of the table by each member, [members · rows], by each weighting of the criteria. */
  readonly rewards: readonly Float32Array[];
  /** Of the last gradient, all members together. */
  readonly gradNorm: number;
  /** Only where it was asked for. */
  readonly checkpoint: Checkpoint | null;
}

/** Takes a head's weights through training, in whatever way; all ways come to the same numbers but for rounding. */
export interface RewardTrainer {
  readonly head: Head;
  /** Steps done. */
  readonly step: number;
  /**
   * Optimiser steps, one batch each. Work may only be enqueued: nothing is read back.
   * @param data at least one observation
   * @param emphasis how much each observation counts; by default all the same
   */
  train(
    features: FeatureTable,
    data: Observations,
    hyper: RewardHyper,
    steps: number,
    emphasis?: Float32Array,
  ): void | Promise<void>;
  /** One read-back. @param weightings each weighs the criteria */
  evaluate(
    features: FeatureTable,
    weightings: readonly (readonly number[])[],
    withParameters: boolean,
    read: Read,
  ): Promise<TrainerState>;
  /**
   * @param features [rows, dimension] @param weightings of the criteria
   * @returns each member's rewards under each weighting, [weightings · members, rows]; the caller disposes it
   */
  score(features: tf.Tensor2D, weightings: readonly (readonly number[])[]): tf.Tensor2D;
  dispose(): void;
}
