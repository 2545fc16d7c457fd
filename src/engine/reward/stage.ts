import * as tf from '../tf';
import { calibrationOf } from '../../domain/calibration';
import type { Contents } from '../../domain/content';
import type { RewardPoint } from '../../domain/metrics';
import { spearman } from '../../domain/rank-correlation';
import type { Settings } from '../../domain/settings';
import type { TrainedHead } from '../../domain/trained-head';
import { freshCheckpoint, isFinite32, type Checkpoint, type Read } from '../parameters';
import { pairMargins } from '../../domain/margins';
import type { Observations } from '../../domain/observations';
import type { PackedData, RewardFrame } from '../protocol';
import type { World } from '../world';
import { combineNumbers, combineTensors, memberShifts } from './ensemble';
import { Head, headSpec } from './head';
import { meanAndStd, pairMetrics, rankAgreement } from './metrics';
import { criterionWeights, weightingsOf, type RewardTrainer } from './trainer';
import { failureOf, kindFor, ops, type TrainerKind } from './trainers';

/** Metrics are taken every so many steps: a fixed number, so that the same run draws the same curve. */
export const logEvery = 10;

/**
 * A mean training loss 10 nats above that of the weights it started from means margins of ten and more the wrong way
 * round: it is not learning. (A high loss alone may only mean that somebody turned a learned comparison round.)
 */
const divergedRise = 10;

/** Heads with more parameters than this are not read back with every point, only this often, in steps. */
const largeHead = 20_000;
const checkpointEvery = 50;

/** What the head's shape follows from. A change here makes trained weights meaningless. */
export const headKey = (settings: Settings): string => {
  // The length of the features follows from the embedding, which has a key of its own.
  const { hidden, activation, members, outputs } = headSpec(settings, 0);
  return [hidden.join(), hidden.length && activation, members, outputs].join('/');
};

/** What turns the heads' outputs into one reward. */
const combineKey = (settings: Settings): string =>
  [settings.combine, settings.uncertaintyWeight, ...criterionWeights(settings)].join('/');

/** The learned reward as last read back. */
export interface Evaluation {
  readonly step: number;
  readonly version: number;
  /** Of each candidate. */
  readonly rewards: Float32Array;
  /** By each criterion alone; null where there is one output. */
  readonly criterionRewards: readonly Float32Array[] | null;
  /** Of each candidate by each member, centred: [members · candidates]; null for a single head. */
  readonly memberRewards: Float32Array | null;
  /** Each member's mean under the starting policy: members are compared centred. */
  readonly shifts: readonly number[];
  readonly referenceMean: number;
  readonly referenceStd: number;
  readonly point: RewardPoint;
}

/** Thrown when training left the finite numbers or the loss grew without bound; the last good weights are kept. */
export class Divergence extends Error {}

/** Stage 3, live: the reward head in training, on whatever backend is current, by the best trainer that can do it. */
export class RewardStage {
  #checkpoint: Checkpoint;
  #kind!: TrainerKind;
  #trainer!: RewardTrainer;
  readonly #kinds: () => readonly TrainerKind[];
  #evaluation: Evaluation | null = null;
  /** The loss on the current data before it was trained on. */
  #lossBefore = { version: -1, loss: NaN };
  #points: RewardPoint[] = [];
  /** Milliseconds that one of the last steps took. */
  #stepTime = Infinity;

  #settings: Settings;
  readonly #head: Head;

  /** Early stopping: the lowest held-out loss so far on the present data, and its weights. */
  #best: { version: number; step: number; loss: number; checkpoint: Checkpoint } | null = null;
  #stopped: { readonly best: number } | null = null;
  readonly #generation: number;

  /**
   * @param dimension of the features @param generation which head this is since the engine started
   * @param kinds the trainers that work here, the best first
   */
  constructor(
    settings: Settings,
    dimension: number,
    generation: number,
    kinds: () => readonly TrainerKind[] = () => [ops],
  ) {
    this.#kinds = kinds;
    this.#generation = generation;
    this.#settings = settings;
    this.#head = new Head(headSpec(settings, dimension));
    this.#checkpoint = freshCheckpoint(this.#head.initial(settings.seed));
    this.rebuild();
  }

  /** Takes settings that do not change the head's shape. */
  configure(settings: Settings): void {
    if (combineKey(settings) !== combineKey(this.#settings)) this.invalidate();
    if (settings.patience !== this.#settings.patience) this.#stopped = null;
    this.#settings = settings;
  }

  get step(): number {
    return this.#trainer.step;
  }

  get #weights(): number[] {
    return criterionWeights(this.#settings);
  }

  get #weightings(): number[][] {
    return weightingsOf(this.#head.spec.outputs, this.#settings);
  }

  /** Where early stopping ended the training, and whose weights it went back to; null while it may go on. */
  get stopped(): { readonly best: number } | null {
    return this.#stopped;
  }

  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }

  /** Moves to the current backend, from the last weights that were read back. */
  rebuild(): void {
    this.#make(this.#kinds()[0]!);
  }

  #make(kind: TrainerKind): void {
    try {
      this.#trainer = kind.create(this.#checkpoint, this.#head);
      this.#kind = kind;
    } catch (error) {
      throw failureOf(kind, error);
    }
  }

  /** Data or embedding changed: the next `evaluate` must look again. */
  invalidate(): void {
    this.#evaluation = null;
  }

  /**
   * Optimiser steps, not all of which need be done when it returns.
   * @param data at least one observation
   * @throws TrainerFailure when the trainer, but not the backend, is at an end
   */
  async train(world: World, data: Observations, steps: number, read: Read): Promise<void> {
    const kind = kindFor(this.#kinds(), this.#head, data, this.#settings);
    if (kind !== this.#kind) await this.#changeTo(kind, world, read);
    const started = performance.now();
    try {
      await this.#trainer.train(world.table, data, this.#settings, steps);
    } catch (error) {
      throw failureOf(kind, error);
    }
    this.#stepTime = (performance.now() - started) / steps;
  }

  /**
   * How many steps to take at once: as fit into the time, as far as the last ones tell, but not beyond the next point
   * of the curves.
   * @param budget milliseconds @param most at least one
   */
  stepsWithin(budget: number, most: number): number {
    const untilPoint = logEvery - (this.step % logEvery);
    const fitting = budget === Infinity ? most : Math.floor(budget / this.#stepTime);
    return Math.max(1, Math.min(most, untilPoint, fitting));
  }

  async #changeTo(kind: TrainerKind, world: World, read: Read): Promise<void> {
    const { checkpoint } = await this.#trainer.evaluate(world.table, [], true, read);
    this.#checkpoint = checkpoint!;
    this.#trainer.dispose();
    this.#make(kind);
  }

  /**
   * Reads back rewards and weights, unless nothing changed since it last did.
   * @param log whether to add a point to the curves
   * @throws Divergence when a number is not finite or the loss is beyond bounds; the last good weights are back then
   */
  async evaluate(world: World, data: PackedData, read: Read, log: boolean): Promise<Evaluation> {
    const known = this.#evaluation;
    if (known && known.step === this.step && known.version === data.version) {
      if (log && this.#lastLogged !== known.step) this.#log(known.point);
      return known;
    }
    const weightings = this.#weightings;
    const {
      rewards: all,
      gradNorm,
      checkpoint,
    } = await this.#trainer.evaluate(world.table, weightings, this.#wantsCheckpoint(), read);
    const evaluation = this.#measure(all, gradNorm, world, data);
    const { loss } = evaluation.point;
    // A loss of NaN only says that there are no pairs.
    const trained = this.step > this.#checkpoint.step;
    if (!trained && this.#lossBefore.version !== data.version)
      this.#lossBefore = { version: data.version, loss };
    const tooHigh = trained && loss > this.#lossBefore.loss + divergedRise;
    if ((checkpoint && !isFinite32(checkpoint.theta)) || !all.every(isFinite32) || tooHigh) {
      const step = this.step;
      this.#trainer.dispose();
      this.rebuild();
      this.#evaluation = null;
      throw new Divergence(
        `The reward model diverged at step ${step}: its loss reached ${Number.isFinite(loss) ? loss.toFixed(0) : 'infinity'}. ` +
          `Training stopped, and the weights of step ${this.step} are kept. Lower the learning rate or the weight decay, then reset the reward model.`,
      );
    }
    this.#checkpoint = checkpoint ?? this.#checkpoint;
    this.#evaluation = evaluation;
    if (log) this.#log(evaluation.point);
    const stops = checkpoint && this.#stopsEarly(evaluation.point, data.version, checkpoint);
    return stops ? this.evaluate(world, data, read, false) : evaluation;
  }

  /**
   * Stops, with the best weights, once the held-out loss has not improved for as many steps as the settings say. It is
   * looked at where the curves have a point: pictures, and rounds that stop short, read back at steps that depend on how
   * busy the machine is.
   */
  #stopsEarly({ step, evalLoss }: RewardPoint, version: number, checkpoint: Checkpoint): boolean {
    const { patience } = this.#settings;
    if (this.#best && this.#best.version !== version) {
      this.#best = null;
      this.#stopped = null;
    }
    if (patience === 0 || this.#stopped || step % logEvery > 0 || Number.isNaN(evalLoss)) return false;
    if (!this.#best || evalLoss < this.#best.loss) this.#best = { version, step, loss: evalLoss, checkpoint };
    if (step - this.#best.step < patience) return false;
    this.#stopped = { best: this.#best.step };
    this.#checkpoint = { ...this.#best.checkpoint, step };
    this.#trainer.dispose();
    this.rebuild();
    this.#evaluation = null;
    return true;
  }

  #lastLogged = -1;

  #log(point: RewardPoint): void {
    this.#lastLogged = point.step;
    this.#points.push(point);
  }

  #wantsCheckpoint(): boolean {
    return this.#head.size <= largeHead || this.step % checkpointEvery === 0;
  }

  /** Another one whenever `paid` may give something else. */
  get paidKey(): string {
    const { version, referenceMean, referenceStd } = this.#evaluation!;
    return [this.step, version, referenceMean, referenceStd, this.#settings.normalizeReward].join('/');
  }

  /** The reward of actions, centred and scaled if the settings say so. @returns [actions] */
  paid(actions: Contents, world: World): tf.Tensor1D {
    const { shifts, referenceMean, referenceStd } = this.#evaluation!;
    const members = this.#trainer.score(world.embedding.embed(actions), [this.#weights]);
    const raw = combineTensors(members, shifts, this.#settings);
    if (!this.#settings.normalizeReward) return raw;
    return raw.sub<tf.Tensor1D>(referenceMean).div(Math.max(referenceStd, 1e-6));
  }

  /** The head off the device. `evaluate` must have been called. */
  async trained(world: World, read: Read): Promise<TrainedHead> {
    const { checkpoint } = await this.#trainer.evaluate(world.table, [], true, read);
    const { theta } = checkpoint!;
    const { shifts, referenceMean, referenceStd } = this.#evaluation!;
    const { dimension, activation, outputs } = this.#head.spec;
    const { combine, uncertaintyWeight, seed } = this.#settings;
    return {
      step: this.step,
      dimension,
      activation,
      members: this.#head.membersOf(theta),
      initial: this.#head.membersOf(this.#head.initial(seed)),
      weights: outputs === 1 ? [1] : this.#weights.slice(0, outputs),
      combine,
      uncertaintyWeight,
      shifts,
      referenceMean,
      referenceStd,
    };
  }

  /** What the page draws. `evaluate` must have been called. */
  async frame(world: World, read: Read): Promise<RewardFrame> {
    const { step, version, rewards, criterionRewards, memberRewards, referenceMean, referenceStd } =
      this.#evaluation!;
    const fields = await this.#fields(world, read);
    const points = this.#points;
    this.#points = [];
    return {
      points,
      step,
      generation: this.#generation,
      version,
      rewards: rewards.slice(),
      criterionRewards,
      memberRewards,
      ...fields,
      referenceMean,
      referenceStd,
    };
  }

  /** The reward over the plane, where there is one. */
  async #fields(
    { grid }: World,
    read: Read,
  ): Promise<Pick<RewardFrame, 'field' | 'disagreement' | 'criterionFields'>> {
    if (!grid) return { field: null, disagreement: null, criterionFields: [] };
    const { shifts, referenceMean } = this.#evaluation!;
    const weightings = this.#weightings;
    const tensor = this.#trainer.score(grid.tensor, weightings);
    const scores = await read(tensor);
    tensor.dispose();
    const part = scores.length / weightings.length;
    const combined = (k: number, shifted: readonly number[]) =>
      combineNumbers(scores.subarray(k * part, (k + 1) * part), shifted, this.#settings);
    const fieldOf = (values: Float32Array) => ({ values, size: grid.size, extent: grid.extent });
    const { rewards, disagreement } = combined(0, shifts);
    return {
      field: fieldOf(rewards.map((value) => value - referenceMean)),
      disagreement: shifts.length > 1 ? fieldOf(disagreement) : null,
      criterionFields: weightings.slice(1).map((_, c) => {
        const own = combined(
          c + 1,
          shifts.map(() => 0),
        ).rewards;
        const { mean } = meanAndStd(own);
        return fieldOf(own.map((value) => value - mean));
      }),
    };
  }

  /** @param all by each weighting, [members · rows] of the world's table */
  #measure(all: readonly Float32Array[], gradNorm: number, world: World, data: PackedData): Evaluation {
    const { candidates, table, referenceGold } = world;
    const { members } = this.#head.spec;
    const shiftsOf = (values: Float32Array) => memberShifts(values, members, candidates);
    const [together, ...alone] = all as [Float32Array, ...Float32Array[]];
    const shifts = shiftsOf(together);
    const combined = combineNumbers(together, shifts, this.#settings).rewards;
    const rewards = combined.slice(0, candidates);
    const reference = combined.slice(candidates);
    const { mean, std } = meanAndStd(reference);
    const criterionRewards = alone.map((values) =>
      combineNumbers(values, shiftsOf(values), this.#settings).rewards.slice(0, candidates),
    );
    const memberRewards = new Float32Array(members > 1 ? members * candidates : 0);
    for (let i = 0; i < memberRewards.length; i++) {
      const [member, row] = [Math.floor(i / candidates), i % candidates];
      memberRewards[i] = together[member * table.rows + row]! - shifts[member]!;
    }
    const point: RewardPoint = {
      step: this.step,
      ...metricsOf(rewards, criterionRewards, data),
      goldAccuracy: rankAgreement(reference, referenceGold),
      rankCorrelation: spearman(reference, referenceGold),
      gradNorm,
    };
    return {
      step: this.step,
      version: data.version,
      rewards,
      criterionRewards: alone.length > 0 ? criterionRewards : null,
      memberRewards: members > 1 ? memberRewards : null,
      shifts,
      referenceMean: mean,
      referenceStd: std,
      point,
    };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

function metricsOf(rewards: Float32Array, alone: readonly Float32Array[], data: PackedData) {
  const margins = pairMargins(rewards, alone, data);
  const marginsOf = (heldOut: number) => margins.filter((_, k) => data.heldOut[k] === heldOut);
  const [training, test] = [marginsOf(0), marginsOf(1)];
  const held = pairMetrics(test);
  // As the sides were shown: reward(left) − reward(right), and whether left won.
  const leftWon = data.leftWon.filter((_, k) => data.heldOut[k] === 1);
  const { ece, brier, temperature } = calibrationOf(
    test.map((margin, k) => (leftWon[k] ? margin : -margin)),
    leftWon,
  );
  return {
    ...pairMetrics(training),
    evalLoss: held.loss,
    evalAccuracy: held.accuracy,
    evalMargin: held.margin,
    ece,
    brier,
    temperature,
    minReward: rewards.reduce((a, b) => Math.min(a, b), Infinity),
    meanReward: meanAndStd(rewards).mean,
    maxReward: rewards.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}
