import type * as tf from '../tf';
import type { RewardPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import { freshCheckpoint, isFinite32, type Checkpoint, type Read } from '../parameters';
import type { PackedData, RewardFrame } from '../protocol';
import type { World } from '../world';
import { linearHead } from './head';
import { meanAndStd, pairMetrics, rankAgreement } from './metrics';
import { RewardTrainer, type TrainingPairs } from './trainer';

/** Metrics are taken every so many steps: a fixed number, so that the same run draws the same curve. */
export const logEvery = 10;

/**
 * A mean training loss 10 nats above that of the weights it started from means margins of ten and more the wrong way
 * round: it is not learning. (A high loss alone may only mean that somebody turned a learned comparison round.)
 */
const divergedRise = 10;

/** The learned reward as last read back. */
export interface Evaluation {
  readonly step: number;
  readonly version: number;
  /** Of each candidate. */
  readonly rewards: Float32Array;
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

  constructor(settings: Settings) {
    this.#checkpoint = freshCheckpoint(linearHead.initial(settings.seed, settings.features));
    this.#trainer = new RewardTrainer(this.#checkpoint);
  }

  get step(): number {
    return this.#trainer.step;
  }

  get evaluation(): Evaluation | null {
    return this.#evaluation;
  }

  /** Moves to the current backend, from the last weights that were read back. */
  rebuild(): void {
    this.#trainer = new RewardTrainer(this.#checkpoint);
  }

  /** Data or embedding changed: the next `evaluate` must look again. */
  invalidate(): void {
    this.#evaluation = null;
  }

  /** @param pairs at least one */
  train(world: World, pairs: TrainingPairs, settings: Settings): void {
    this.#trainer.train(world.table, pairs, settings);
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
    const tensor = this.#trainer.evaluation(world.table.all);
    const values = await read(tensor);
    tensor.dispose();
    const { rewards: all, gradNorm, checkpoint } = this.#trainer.unpack(values, world.table.rows);
    const evaluation = evaluate(all, gradNorm, this.step, world, data);
    const { loss } = evaluation.point;
    // A loss of NaN only says that there are no pairs.
    const trained = this.step > this.#checkpoint.step;
    if (!trained && this.#lossBefore.version !== data.version)
      this.#lossBefore = { version: data.version, loss };
    const tooHigh = trained && loss > this.#lossBefore.loss + divergedRise;
    if (!isFinite32(checkpoint.theta) || !isFinite32(all) || tooHigh) {
      const step = this.step;
      this.#trainer.dispose();
      this.rebuild();
      this.#evaluation = null;
      throw new Divergence(
        `The reward model diverged at step ${step}: its loss reached ${Number.isFinite(loss) ? loss.toFixed(0) : 'infinity'}. ` +
          `Training stopped, and the weights of step ${this.step} are kept. Lower the learning rate or the weight decay, then reset the reward model.`,
      );
    }
    this.#checkpoint = checkpoint;
    this.#evaluation = evaluation;
    if (log) this.#log(evaluation.point);
    return evaluation;
  }

  #lastLogged = -1;

  #log(point: RewardPoint): void {
    this.#lastLogged = point.step;
    this.#points.push(point);
  }

  /** The reward of actions, centred and scaled if the settings say so. @param actions interleaved @returns [rows] */
  paid(actions: Float32Array, world: World, normalize: boolean): tf.Tensor1D {
    const raw = this.#trainer.score(world.embedding.embed(actions));
    const { referenceMean, referenceStd } = this.#evaluation!;
    return normalize ? raw.sub<tf.Tensor1D>(referenceMean).div(Math.max(referenceStd, 1e-6)) : raw;
  }

  /** What the page draws. `evaluate` must have been called. */
  async frame(world: World, read: Read): Promise<RewardFrame> {
    const evaluation = this.#evaluation!;
    const tensor = this.#trainer.score(world.grid);
    const values = (await read(tensor)).map((value) => value - evaluation.referenceMean);
    tensor.dispose();
    const points = this.#points;
    this.#points = [];
    const { step, version, rewards, referenceMean, referenceStd } = evaluation;
    return {
      points,
      step,
      version,
      rewards: rewards.slice(),
      field: { values, size: world.gridSize, extent: world.extent },
      referenceMean,
      referenceStd,
    };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

function evaluate(
  all: Float32Array,
  gradNorm: number,
  step: number,
  world: World,
  data: PackedData,
): Evaluation {
  const rewards = all.slice(0, world.candidates);
  const reference = all.slice(world.candidates);
  const marginsOf = (heldOut: number) =>
    Array.from(data.chosen.keys())
      .filter((k) => data.heldOut[k] === heldOut)
      .map((k) => rewards[data.chosen[k]!]! - rewards[data.rejected[k]!]!);
  const train = pairMetrics(marginsOf(0));
  const held = pairMetrics(marginsOf(1));
  const { mean, std } = meanAndStd(reference);
  const point: RewardPoint = {
    step,
    ...train,
    evalLoss: held.loss,
    evalAccuracy: held.accuracy,
    evalMargin: held.margin,
    goldAccuracy: rankAgreement(reference, world.referenceGold),
    minReward: rewards.reduce((a, b) => Math.min(a, b), Infinity),
    meanReward: meanAndStd(rewards).mean,
    maxReward: rewards.reduce((a, b) => Math.max(a, b), -Infinity),
    gradNorm,
  };
  return { step, version: data.version, rewards, referenceMean: mean, referenceStd: std, point };
}
