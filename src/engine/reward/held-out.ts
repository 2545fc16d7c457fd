import { foldsOf } from '../../domain/folds';
import { leastMargin } from '../../domain/margins';
import { countOf, pickObservations, trainableIndices } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import type { Read } from '../parameters';
import type { HeldOutMargins, PackedData } from '../protocol';
import type { World } from '../world';
import { combineNumbers, memberShifts } from './ensemble';
import { mostRefitSteps, NoAnswer, Refit, type RefitJob } from './refit';
import { weightingsOf } from './trainer';
import { ops, type TrainerKind } from './trainers';

const mostFolds = 5;

/**
 * Judges every label by a head that was not trained on it (cross-fitting; the out-of-sample predictions of confident
 * learning, Northcutt et al. 2021): the head is trained from the same initial weights once for each fold, on the labels
 * of the other folds. Those that are held out from the live model are in no fold's training, but are judged as well.
 */
export class HeldOutJob implements RefitJob<HeldOutMargins> {
  readonly #world: World;
  readonly #settings: Settings;
  readonly #data: PackedData;
  readonly #kinds: readonly TrainerKind[];
  readonly #trained: readonly number[];
  readonly #fold: Uint8Array;
  readonly #folds: number;
  readonly #margins: Float32Array;
  /** The fold in hand, and the training without it. */
  #at = 0;
  #refit: Refit | null = null;

  /**
   * @param kinds the trainers that work here, the best first
   * @throws NoAnswer when there is nothing left to train on without a fold
   */
  constructor(world: World, settings: Settings, data: PackedData, kinds: readonly TrainerKind[] = [ops]) {
    const { observations } = data;
    this.#world = world;
    this.#settings = settings;
    this.#data = data;
    this.#kinds = kinds;
    this.#trained = trainableIndices(observations, settings);
    const { fold, count } = foldsOf(observations, this.#trained, mostFolds, settings.seed);
    if (count < 2)
      throw new NoAnswer(
        'There are too few labels to leave some out: it takes answers to two different questions that are trained on.',
      );
    this.#fold = fold;
    this.#folds = count;
    this.#margins = new Float32Array(countOf(observations)).fill(NaN);
  }

  get share(): number {
    return (this.#at + (this.#refit?.share ?? 0)) / this.#folds;
  }

  async advance(read: Read, until: number): Promise<HeldOutMargins | null> {
    const refit = (this.#refit ??= this.#without(this.#at));
    await refit.advance(read, until);
    if (!refit.done) return null;
    await this.#judge(refit, read);
    this.dispose();
    this.#at += 1;
    if (this.#at < this.#folds) return null;
    return { steps: mostRefitSteps, folds: this.#folds, margins: this.#margins };
  }

  #without(fold: number): Refit {
    const others = this.#trained.filter((i) => this.#fold[i] !== fold);
    const observations = pickObservations(this.#data.observations, others);
    return new Refit(this.#world, this.#settings, { observations }, mostRefitSteps, this.#kinds);
  }

  /** Notes what it gives the labels that it was not trained on. */
  async #judge(refit: Refit, read: Read): Promise<void> {
    const { table, candidates } = this.#world;
    const settings = this.#settings;
    const by: Float32Array[] = [];
    for (const weights of weightingsOf(refit.outputs, settings)) {
      const values = await refit.score(table.all, read, weights);
      by.push(combineNumbers(values, memberShifts(values, settings.members, candidates), settings).rewards);
    }
    const [together, ...alone] = by;
    const { observations } = this.#data;
    this.#fold.forEach((fold, i) => {
      if (fold !== this.#at) return;
      this.#margins[i] = leastMargin(observations, i, alone[observations.criterion[i]!] ?? together!);
    });
  }

  dispose(): void {
    this.#refit?.dispose();
    this.#refit = null;
  }
}
