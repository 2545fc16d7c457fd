import type * as tf from '../tf';
import type { Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import { freshCheckpoint, isFinite32, type Read } from '../parameters';
import type { World } from '../world';
import { Head, headSpec } from './head';
import { criterionWeights, type RewardTrainer } from './trainer';
import { failureOf, kindFor, type TrainerKind } from './trainers';

/** A refit has at most so many steps: it should take a moment, not minutes. */
export const mostRefitSteps = 300;

/** Steps between two read-backs: a device must not be given more work than it can be waited for. */
const stride = 10;

/** Thrown, with a sentence, where a question has no answer; the engine is well. */
export class NoAnswer extends Error {}

/** A question that is answered by training again, a few steps at a time. */
export interface RefitJob<Answer> {
  /** How much of it is done, 0 to 1. */
  readonly share: number;
  /** Goes on for a while. @param until when to stop, by `performance.now()` @returns the answer once it is found */
  advance(read: Read, until: number): Promise<Answer | null>;
  dispose(): void;
}

/** What training works on, as it is or with one observation changed. */
export interface Variant {
  readonly observations: Observations;
  readonly emphasis?: Float32Array;
}

/** One training from the initial weights, a few steps at a time. */
export class Refit {
  readonly #kind: TrainerKind;
  readonly #trainer: RewardTrainer;
  readonly #world: World;
  readonly #settings: Settings;
  readonly #variant: Variant;
  readonly #steps: number;

  constructor(
    world: World,
    settings: Settings,
    variant: Variant,
    steps: number,
    kinds: readonly TrainerKind[],
  ) {
    const head = new Head(headSpec(settings, world.dimension));
    this.#kind = kindFor(kinds, head, variant.observations, settings);
    this.#trainer = this.#kind.create(freshCheckpoint(head.initial(settings.seed)), head);
    this.#world = world;
    this.#settings = settings;
    this.#variant = variant;
    this.#steps = steps;
  }

  get done(): boolean {
    return this.#trainer.step >= this.#steps;
  }

  /** Of the head: one, or one for each criterion. */
  get outputs(): number {
    return this.#trainer.head.spec.outputs;
  }

  /** How much of it is done, 0 to 1. */
  get share(): number {
    return this.#steps === 0 ? 1 : this.#trainer.step / this.#steps;
  }

  /** Some steps, until the device has done them or the time is up. */
  async advance(read: Read, until: number): Promise<void> {
    const { observations, emphasis } = this.#variant;
    const { table } = this.#world;
    try {
      for (let k = 0; k < stride && !this.done && (k === 0 || performance.now() < until); k++)
        await this.#trainer.train(table, observations, this.#settings, 1, emphasis);
    } catch (error) {
      throw failureOf(this.#kind, error);
    }
    // Once this is read, all steps so far are done.
    await this.#trainer.evaluate(table, [], false, read);
  }

  /**
   * What it has come to.
   * @param features [rows, dimension] @param weights of the criteria; by default as the settings say
   * @returns by each member, [members · rows] @throws NoAnswer when it left the finite numbers
   */
  async score(
    features: tf.Tensor2D,
    read: Read,
    weights = criterionWeights(this.#settings),
  ): Promise<Float32Array> {
    const tensor = this.#trainer.score(features, [weights]);
    const values = await read(tensor);
    tensor.dispose();
    if (!isFinite32(values))
      throw new NoAnswer('Training again left the finite numbers. Lower the learning rate.');
    return values;
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}
