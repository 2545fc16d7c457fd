import type * as tf from '../tf';
import { countOf, withFlipped, type Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import { freshCheckpoint, isFinite32, type Read } from '../parameters';
import type { Change, Influence } from '../protocol';
import type { World } from '../world';
import { combineNumbers } from './ensemble';
import { Head, headSpec } from './head';
import { meanAndStd } from './metrics';
import { criterionWeights, type RewardTrainer } from './trainer';
import { failureOf, kindFor, ops, type TrainerKind } from './trainers';

/** A refit has at most so many steps: it should take a moment, not minutes. */
export const mostRefitSteps = 300;

/** Steps between two read-backs: a device must not be given more work than it can be waited for. */
const stride = 10;

/** Thrown, with a sentence, where the question has no answer; the engine is well. */
export class NoInfluence extends Error {}

/** The reward as one refit leaves it, centred on the starting policy. */
interface Outcome {
  readonly candidates: Float32Array;
  readonly grid: Float32Array;
}

/** What a refit depends on: every setting but those of how one looks at it. */
export const refitKey = (settings: Settings): string =>
  JSON.stringify({ ...settings, speed: 0, showGold: false, goal: 0 });

/** What training works on, as it is or with one observation changed. */
interface Variant {
  readonly observations: Observations;
  readonly emphasis?: Float32Array;
}

/**
 * Training with one observation turned round, or without it. Left out, it stays in its place with weight 0 and the
 * others count n/(n − 1), so that both refits see the same batches: over all data that is exactly training without it.
 * @returns null where there is no opposite
 */
function variantOf(observations: Observations, observation: number, change: Change): Variant | null {
  if (change === 'flip') {
    const flipped = withFlipped(observations, observation);
    return flipped && { observations: flipped };
  }
  const count = countOf(observations);
  const emphasis = new Float32Array(count).fill(count > 1 ? count / (count - 1) : 1);
  emphasis[observation] = 0;
  return { observations, emphasis };
}

/** One training from the initial weights, a few steps at a time. */
class Refit {
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
    const head = new Head(headSpec(settings));
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

  async outcome(read: Read): Promise<Outcome> {
    const { table, grid, candidates } = this.#world;
    const { members } = this.#trainer.head.spec;
    const score = async (features: tf.Tensor2D) => {
      const tensor = this.#trainer.score(features, [criterionWeights(this.#settings)]);
      const values = await read(tensor);
      tensor.dispose();
      return values;
    };
    const [rows, plane] = [await score(table.all), await score(grid)];
    if (!isFinite32(rows) || !isFinite32(plane))
      throw new NoInfluence('The refit left the finite numbers. Lower the learning rate.');
    const shifts = Array.from(
      { length: members },
      (_, m) => meanAndStd(rows.subarray(m * table.rows + candidates, (m + 1) * table.rows)).mean,
    );
    const combined = combineNumbers(rows, shifts, this.#settings).rewards;
    const { mean } = meanAndStd(combined.subarray(candidates));
    return {
      candidates: combined.slice(0, candidates).map((value) => value - mean),
      grid: combineNumbers(plane, shifts, this.#settings).rewards.map((value) => value - mean),
    };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

/** The outcome without a change, kept for the next comparison that is asked about. */
interface Baseline {
  readonly observations: Observations;
  readonly key: string;
  readonly outcome: Outcome;
}

/** Answers what one comparison does to the reward: two refits, side by side with whatever else goes on. */
export class InfluenceJob {
  readonly #world: World;
  readonly #steps: number;
  readonly #observations: Observations;
  readonly #key: string;
  #without: Outcome | null = null;
  #refit: Refit;
  #next: Refit | null = null;

  /**
   * @param observations what is trained on @param observation the one that is changed
   * @param steps done so far: the refits take as many, up to `mostRefitSteps`
   * @param known an earlier job's baseline @param kinds the trainers that work here, the best first
   * @throws NoInfluence when there is no opposite to turn it to
   */
  constructor(
    world: World,
    settings: Settings,
    observations: Observations,
    { observation, change }: { readonly observation: number; readonly change: Change },
    steps: number,
    known: Baseline | null,
    kinds: readonly TrainerKind[] = [ops],
  ) {
    const variant = variantOf(observations, observation, change);
    if (!variant)
      throw new NoInfluence(
        'It has no opposite to turn it to: a tie, or the best of several. Leave it out instead.',
      );
    this.#world = world;
    this.#steps = Math.min(steps, mostRefitSteps);
    this.#observations = observations;
    this.#key = `${this.#steps}/${refitKey(settings)}`;
    const changed = new Refit(world, settings, variant, this.#steps, kinds);
    if (known?.observations === observations && known.key === this.#key) {
      this.#without = known.outcome;
      this.#refit = changed;
    } else {
      this.#refit = new Refit(world, settings, { observations }, this.#steps, kinds);
      this.#next = changed;
    }
  }

  get baseline(): Baseline | null {
    return this.#without && { observations: this.#observations, key: this.#key, outcome: this.#without };
  }

  /** Goes on for a while. @param until when to stop, by `performance.now()` @returns the answer once it is found */
  async advance(read: Read, until: number): Promise<Influence | null> {
    await this.#refit.advance(read, until);
    if (!this.#refit.done) return null;
    const outcome = await this.#refit.outcome(read);
    if (!this.#without) {
      this.#without = outcome;
      this.#refit.dispose();
      this.#refit = this.#next!;
      this.#next = null;
      return null;
    }
    const { gridSize: size, extent } = this.#world;
    const { grid, candidates } = this.#without;
    return {
      steps: this.#steps,
      difference: { values: outcome.grid.map((value, i) => value - grid[i]!), size, extent },
      before: candidates.slice(),
      after: outcome.candidates,
    };
  }

  dispose(): void {
    this.#refit.dispose();
    this.#next?.dispose();
  }
}
