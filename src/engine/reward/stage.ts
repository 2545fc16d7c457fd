import * as tf from '../tf';
import type { RewardPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import { freshCheckpoint, isFinite32, type Checkpoint, type Read } from '../parameters';
import type { PackedData, RewardFrame } from '../protocol';
import type { World } from '../world';
import { combineNumbers, combineTensors } from './ensemble';
import { Head, headSpec } from './head';
import { meanAndStd, pairMetrics, rankAgreement } from './metrics';
import { RewardTrainer, type TrainingPairs } from './trainer';

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
export const headKey = ({ features, hiddenLayers, hiddenWidth, activation, members }: Settings): string =>
  [features, hiddenLayers, hiddenLayers && hiddenWidth, hiddenLayers && activation, members].join('/');

const combineKey = ({ combine, uncertaintyWeight }: Settings): string => `${combine}/${uncertaintyWeight}`;

/** The learned reward as last read back. */
export interface Evaluation {
  readonly step: number;
  readonly version: number;
  /** Of each candidate. */
  readonly rewards: Float32Array;
  /** Each member's mean under the starting policy: members are compared centred. */
  readonly shifts: readonly number[];
  readonly referenceMean: number;
  readonly referenceStd: number;
  readonly point: RewardPoint;
}

/** Thrown when training left the finite numbers or the loss grew without bound; the last good weights are kept. */
export class Divergence extends Error {}

/** Stage 3, live: the reward head in training, on whatever backend is current. */
export class RewardStage {
  #checkpoint: Checkpoint;
  #trainer: RewardTrainer;
  #evaluation: Evaluation | null = null;
  /** The loss on the current data before it was trained on. */
  #lossBefore = { version: -1, loss: NaN };
  #points: RewardPoint[] = [];

  #settings: Settings;
  readonly #head: Head;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#head = new Head(headSpec(settings));
    this.#checkpoint = freshCheckpoint(this.#head.initial(settings.seed));
    this.#trainer = new RewardTrainer(this.#checkpoint, this.#head);
  }

  /** Takes settings that do not change the head's shape. */
  configure(settings: Settings): void {
    if (combineKey(settings) !== combineKey(this.#settings)) this.invalidate();
    this.#settings = settings;
  }

  get step(): number {
    return this.#trainer.step;
  }

  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }

  /** Moves to the current backend, from the last weights that were read back. */
  rebuild(): void {
    this.#trainer = new RewardTrainer(this.#checkpoint, this.#head);
  }

  /** Data or embedding changed: the next `evaluate` must look again. */
  invalidate(): void {
    this.#evaluation = null;
  }

  /** @param pairs at least one */
  train(world: World, pairs: TrainingPairs): void {
    this.#trainer.train(world.table, pairs, this.#settings);
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
    const tensor = this.#trainer.evaluation(world.table.all, this.#wantsCheckpoint());
    const values = await read(tensor);
    tensor.dispose();
    const { rewards: all, gradNorm, checkpoint } = this.#trainer.unpack(values, world.table.rows);
    const evaluation = this.#measure(all, gradNorm, world, data);
    const { loss } = evaluation.point;
    // A loss of NaN only says that there are no pairs.
    const trained = this.step > this.#checkpoint.step;
    if (!trained && this.#lossBefore.version !== data.version)
      this.#lossBefore = { version: data.version, loss };
    const tooHigh = trained && loss > this.#lossBefore.loss + divergedRise;
    if ((checkpoint && !isFinite32(checkpoint.theta)) || !isFinite32(all) || tooHigh) {
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
    return evaluation;
  }

  #lastLogged = -1;

  #log(point: RewardPoint): void {
    this.#lastLogged = point.step;
    this.#points.push(point);
  }

  #wantsCheckpoint(): boolean {
    return this.#head.size <= largeHead || this.step % checkpointEvery === 0;
  }

  /** The reward of actions, centred and scaled if the settings say so. @param actions interleaved @returns [rows] */
  paid(actions: Float32Array, world: World): tf.Tensor1D {
    const { shifts, referenceMean, referenceStd } = this.#evaluation!;
    const members = this.#trainer.score(world.embedding.embed(actions));
    const raw = combineTensors(members, shifts, this.#settings);
    if (!this.#settings.normalizeReward) return raw;
    return raw.sub<tf.Tensor1D>(referenceMean).div(Math.max(referenceStd, 1e-6));
  }

  /** What the page draws. `evaluate` must have been called. */
  async frame(world: World, read: Read): Promise<RewardFrame> {
    const { step, version, rewards, shifts, referenceMean, referenceStd } = this.#evaluation!;
    const tensor = this.#trainer.score(world.grid);
    const scores = await read(tensor);
    tensor.dispose();
    const combined = combineNumbers(scores, shifts, this.#settings);
    const { gridSize: size, extent } = world;
    const points = this.#points;
    this.#points = [];
    return {
      points,
      step,
      version,
      rewards: rewards.slice(),
      field: { values: combined.rewards.map((value) => value - referenceMean), size, extent },
      disagreement: shifts.length > 1 ? { values: combined.disagreement, size, extent } : null,
      referenceMean,
      referenceStd,
    };
  }

  /** @param all [members · rows] of the world's table */
  #measure(all: Float32Array, gradNorm: number, world: World, data: PackedData): Evaluation {
    const { candidates, table, referenceGold } = world;
    const shifts = Array.from(
      { length: this.#head.spec.members },
      (_, m) => meanAndStd(all.subarray(m * table.rows + candidates, (m + 1) * table.rows)).mean,
    );
    const combined = combineNumbers(all, shifts, this.#settings).rewards;
    const rewards = combined.slice(0, candidates);
    const reference = combined.slice(candidates);
    const { mean, std } = meanAndStd(reference);
    const point: RewardPoint = {
      step: this.step,
      ...metricsOf(rewards, data),
      goldAccuracy: rankAgreement(reference, referenceGold),
      gradNorm,
    };
    const { version } = data;
    return { step: this.step, version, rewards, shifts, referenceMean: mean, referenceStd: std, point };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

function metricsOf(rewards: Float32Array, data: PackedData) {
  const marginsOf = (heldOut: number) =>
    Array.from(data.chosen.keys())
      .filter((k) => data.heldOut[k] === heldOut)
      .map((k) => rewards[data.chosen[k]!]! - rewards[data.rejected[k]!]!);
  const held = pairMetrics(marginsOf(1));
  return {
    ...pairMetrics(marginsOf(0)),
    evalLoss: held.loss,
    evalAccuracy: held.accuracy,
    evalMargin: held.margin,
    minReward: rewards.reduce((a, b) => Math.min(a, b), Infinity),
    meanReward: meanAndStd(rewards).mean,
    maxReward: rewards.reduce((a, b) => Math.max(a, b), -Infinity),
  };
}
