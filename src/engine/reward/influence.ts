import { countOf, withFlipped, type Observations } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import { trainingKey } from '../../domain/training-key';
import type { Read } from '../parameters';
import type { Change, Influence } from '../protocol';
import type { World } from '../world';
import { combineNumbers, memberShifts } from './ensemble';
import { meanAndStd } from './metrics';
import { mostRefitSteps, NoAnswer, Refit, type RefitJob, type Variant } from './refit';
import { ops, type TrainerKind } from './trainers';

/** The reward as one refit leaves it, centred on the starting policy. */
interface Outcome {
  readonly candidates: Float32Array;
  readonly grid: Float32Array | null;
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

/** The reward as a refit leaves it, centred on the starting policy. */
async function outcomeOf(refit: Refit, world: World, settings: Settings, read: Read): Promise<Outcome> {
  const { table, grid, candidates } = world;
  const rows = await refit.score(table.all, read);
  const plane = grid && (await refit.score(grid.tensor, read));
  const shifts = memberShifts(rows, settings.members, candidates);
  const combined = combineNumbers(rows, shifts, settings).rewards;
  const { mean } = meanAndStd(combined.subarray(candidates));
  return {
    candidates: combined.slice(0, candidates).map((value) => value - mean),
    grid: plane && combineNumbers(plane, shifts, settings).rewards.map((value) => value - mean),
  };
}

/** The outcome without a change, kept for the next comparison that is asked about. */
interface Baseline {
  readonly observations: Observations;
  readonly key: string;
  readonly outcome: Outcome;
}

/** Answers what one comparison does to the reward: two refits, side by side with whatever else goes on. */
export class InfluenceJob implements RefitJob<Influence> {
  readonly #world: World;
  readonly #settings: Settings;
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
   * @throws NoAnswer when there is no opposite to turn it to
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
      throw new NoAnswer(
        'It has no opposite to turn it to: a tie, or the best of several. Leave it out instead.',
      );
    this.#world = world;
    this.#settings = settings;
    this.#steps = Math.min(steps, mostRefitSteps);
    this.#observations = observations;
    this.#key = `${this.#steps}/${trainingKey(settings)}`;
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

  get share(): number {
    return this.#next ? this.#refit.share / 2 : (1 + this.#refit.share) / 2;
  }

  async advance(read: Read, until: number): Promise<Influence | null> {
    await this.#refit.advance(read, until);
    if (!this.#refit.done) return null;
    const outcome = await outcomeOf(this.#refit, this.#world, this.#settings, read);
    if (!this.#without) {
      this.#without = outcome;
      this.#refit.dispose();
      this.#refit = this.#next!;
      this.#next = null;
      return null;
    }
    const { grid, candidates } = this.#without;
    const { size, extent } = this.#world.grid ?? { size: 0, extent: 0 };
    const values = grid && outcome.grid?.map((value, i) => value - grid[i]!);
    return {
      steps: this.#steps,
      difference: values ? { values, size, extent } : null,
      before: candidates.slice(),
      after: outcome.candidates,
    };
  }

  dispose(): void {
    this.#refit.dispose();
    this.#next?.dispose();
  }
}
