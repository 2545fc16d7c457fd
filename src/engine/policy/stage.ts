import { contentAt, packContents, type Contents } from '../../domain/content';
import type { PolicyPoint } from '../../domain/metrics';
import { hasFallen } from '../../domain/peak';
import { random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import { scenarioOf } from '../../scenarios';
import { freshCheckpoint, type Checkpoint, type Read } from '../parameters';
import type { PackedData, PolicyDetails, PolicyFrame, PolicyPicture, Restorable, Walk } from '../protocol';
import { contentOfRow, type World } from '../world';
import { actorOf, type Actor } from './actors';
import { adaptKl } from './adaptive-kl';
import { checkFinite, checkHealth, isSafe, PolicyTrouble } from './health';
import { Imitation } from './imitation';
import { optimisers } from './optimisers';
import { klEstimators } from './ppo';
import { BestOfNPool, type Selected } from './selection';
import { policyTrainer } from './start';
import type { ActionPairs, Iteration, PolicyTraining, RewardFunction } from './trainer';

const average = (values: Float32Array, f: (value: number) => number = (value) => value): number =>
  values.reduce((sum, value) => sum + f(value), 0) / values.length;

const noContents: Contents = { prompts: new Int32Array(0), values: new Float32Array(0), width: 1 };

/** What the policy is optimised against. */
export interface Objective {
  readonly reward: RewardFunction<Contents>;
  /** Another one whenever the reward of some action may be another. */
  readonly rewardKey: string;
  readonly world: World;
  /** For an optimiser that learns from the comparisons directly. */
  readonly data: PackedData;
}

/** Whether an iteration of the optimiser in force has the parts that are walked through. */
export const canWalk = ({ optimiser }: Settings): boolean => optimisers[optimiser].kind === 'samples';

export const notWalkable =
  'Only PPO, GRPO, RLOO and REINFORCE can be walked through: the others have no advantages and no ratios. Choose one of them as the optimiser.';

/** A policy one can go back to. */
interface Snapshot {
  readonly checkpoint: Checkpoint;
  /** Of a selection, which has no θ of its own; null where they follow from θ. */
  readonly details: PolicyDetails | null;
  readonly samples: Contents;
  /** What the adaptive KL penalty had made of β. */
  readonly adapted: { readonly from: number; readonly beta: number };
}

/** Every so many iterations a policy well within bounds is kept, to go back to. */
const keepEvery = 10;

/** What the actor follows from. */
const actorKey = (settings: Settings, { own, ids, starting }: PackedData): string => {
  const { scenario, seed, samples, spread, points } = settings;
  const choices =
    scenarioOf(settings).policy(settings, own).family === 'categorical'
      ? ids.filter((_, row) => starting[row] === 1).join()
      : '';
  return [scenario, seed, samples, spread, points, JSON.stringify(own), choices].join('/');
};

/** The last starting policy that was made by imitation: a reset need not make it again. */
let imitated: { readonly key: string; readonly imitation: Imitation } | null = null;

/** Stage 4, live: the policy climbing the learned reward, on whatever backend is current. */
export class PolicyStage {
  #seen: { settings: Settings; data: PackedData };
  #key: string;
  #actor: Actor;
  /** θ of the starting policy. */
  #reference: Float32Array;
  #imitation: Imitation | null = null;
  #checkpoint: Checkpoint;
  #trainer: PolicyTraining<Contents>;
  readonly #pool = new BestOfNPool();
  #samples: Contents = noContents;
  #ratios: Float32Array = new Float32Array(0);
  /** Of a selection; null where they follow from θ. */
  #details: PolicyDetails | null = null;
  #pictured: { of: Checkpoint; picture: PolicyPicture } | null = null;
  #start: PolicyPicture | null = null;
  #points: PolicyPoint[] = [];
  #trackedValues: number[] = [];
  #adapted = { from: NaN, beta: NaN };
  #kept: Readonly<Record<Restorable, Snapshot>>;
  #gold = { start: NaN, best: -Infinity, now: NaN };

  constructor(settings: Settings, data: PackedData) {
    this.#seen = { settings, data };
    this.#key = actorKey(settings, data);
    this.#actor = actorOf(settings, data);
    this.#reference = this.#actor.start;
    this.#checkpoint = freshCheckpoint(this.#reference);
    const { imitation } = this.#actor;
    if (imitation) {
      if (imitated?.key === this.#key && imitated.imitation.done) this.#imitation = imitated.imitation;
      else this.#imitation = new Imitation(this.#actor, imitation);
      imitated = { key: this.#key, imitation: this.#imitation };
      if (this.#imitation.done) this.#reference = this.#imitation.theta;
      this.#checkpoint = freshCheckpoint(this.#reference);
    }
    this.#trainer = this.#fromCheckpoint();
    this.#kept = { safe: this.#snapshot(), best: this.#snapshot() };
  }

  #fromCheckpoint(): PolicyTraining<Contents> {
    return policyTrainer(this.#checkpoint, this.#actor.family, this.#reference);
  }

  /**
   * Takes settings or data that do not end the run: prompts that were changed, other numbers of samples. A policy that
   * cannot go on with them, since its choices are others, begins anew.
   */
  update(settings: Settings, data: PackedData): void {
    if (this.#seen.settings === settings && this.#seen.data === data) return;
    this.#seen = { settings, data };
    const key = actorKey(settings, data);
    if (key === this.#key) return;
    const fresh = new PolicyStage(settings, data);
    const goesOn =
      this.prepared &&
      fresh.#actor.family.size === this.#actor.family.size &&
      (fresh.#actor.imitation !== undefined ||
        fresh.#reference.every((value, i) => value === this.#reference[i]));
    this.#trainer.dispose();
    this.#key = key;
    this.#actor = fresh.#actor;
    this.#start = null;
    this.#pictured = null;
    fresh.#trainer.dispose();
    if (goesOn) {
      if (fresh.#imitation !== this.#imitation) fresh.#imitation?.dispose();
      this.rebuildTrainer();
      return;
    }
    this.#imitation = fresh.#imitation;
    this.#reference = fresh.#reference;
    this.#checkpoint = fresh.#checkpoint;
    this.#samples = noContents;
    this.#ratios = new Float32Array(0);
    this.#details = null;
    this.#points = [];
    this.#trackedValues = [];
    this.#gold = { start: NaN, best: -Infinity, now: NaN };
    this.rebuildTrainer();
    this.#kept = { safe: this.#snapshot(), best: this.#snapshot() };
  }

  get iteration(): number {
    return this.#checkpoint.step;
  }

  /** Whether the starting policy is there: some have to imitate demonstrations first. */
  get prepared(): boolean {
    return this.#imitation?.done ?? true;
  }

  /** Some steps of the imitation that comes before the first iteration. @param until by `performance.now()` */
  async prepare(read: Read, until: number): Promise<void> {
    const imitation = this.#imitation;
    if (!imitation || imitation.done) return;
    await imitation.advance(read, until);
    if (!imitation.done) return;
    this.#reference = imitation.theta;
    this.#checkpoint = freshCheckpoint(this.#reference);
    this.#trainer.dispose();
    this.rebuildTrainer();
    this.#start = null;
    this.#pictured = null;
    this.#kept = { safe: this.#snapshot(), best: this.#snapshot() };
  }

  rebuild(): void {
    this.rebuildTrainer();
    this.#imitation?.rebuild();
  }

  private rebuildTrainer(): void {
    this.#trainer = this.#fromCheckpoint();
  }

  #snapshot(): Snapshot {
    return {
      checkpoint: this.#checkpoint,
      details: this.#details,
      samples: this.#samples,
      adapted: this.#adapted,
    };
  }

  /** Goes back to a policy that was kept. */
  restore(to: Restorable): void {
    const kept = this.#kept[to];
    this.#trainer.dispose();
    this.#checkpoint = kept.checkpoint;
    this.#details = kept.details;
    this.#samples = kept.samples;
    this.#adapted = kept.adapted;
    this.#ratios = new Float32Array(0);
    this.rebuildTrainer();
    // What came after it is gone, the way back to it too.
    const { safe, best } = this.#kept;
    if (safe.checkpoint.step > kept.checkpoint.step) this.#kept = { safe: kept, best };
    if (best.checkpoint.step > kept.checkpoint.step) {
      this.#kept = { ...this.#kept, best: kept };
      this.#gold.best = -Infinity;
    }
    this.#gold.now = NaN;
  }

  /** Whether the gold reward has clearly fallen since it was best. */
  get pastPeak(): boolean {
    const { start, best, now } = this.#gold;
    return hasFallen(start, best, now);
  }

  /**
   * One iteration of the optimiser in force and one point on every curve. The policy must be prepared.
   * @throws PolicyTrouble when a number is not finite, the policy collapsed or its KL exploded; the policy before the
   * iteration is back then
   */
  async iterate(objective: Objective, settings: Settings, read: Read): Promise<PolicyPoint> {
    const optimiser = optimisers[settings.optimiser];
    if (optimiser.kind !== 'selection') return this.#climb(objective, settings, read);
    const prompts = scenarioOf(settings).prompts(settings, objective.data.own).length;
    const n = optimiser.drawsAt(this.iteration, this.#pool.mostOf(prompts));
    const { reward, rewardKey, world } = objective;
    const { family } = this.#actor;
    const selected = await this.#pool.select(n, reward, rewardKey, family, this.#reference, settings, read);
    return this.#select(selected, world, settings);
  }

  async #climb(objective: Objective, settings: Settings, read: Read): Promise<PolicyPoint> {
    return (await this.#iterate(objective, settings, read, false)).point;
  }

  /** The same as `iterate`, with all that happens in it, where `canWalk`. */
  async walk(objective: Objective, settings: Settings, read: Read): Promise<Walk> {
    const { iteration, point } = await this.#iterate(objective, settings, read, true);
    const samples = iteration.actions;
    const detailsOf = (theta: Float32Array) => this.#actor.details(theta, samples);
    return {
      iteration: point.iteration,
      before: detailsOf(iteration.theta),
      after: detailsOf(iteration.checkpoint.theta),
      samples: { ...samples, values: samples.values.slice() },
      rewards: iteration.rewards,
      golds: objective.world.goldOf(samples),
      advantages: iteration.advantages,
      value: iteration.value,
      updates: iteration.trace.map(({ theta, ...update }) => ({ ...update, after: detailsOf(theta) })),
      point,
    };
  }

  async #iterate(
    objective: Objective,
    settings: Settings,
    read: Read,
    traced: boolean,
  ): Promise<{ iteration: Iteration<Contents>; point: PolicyPoint }> {
    const { reward, world } = objective;
    const klCoefficient = this.#klCoefficient(settings);
    const pairs = settings.optimiser === 'dpo' ? pairsOf(objective.data) : undefined;
    if (pairs?.chosen.prompts.length === 0)
      throw new PolicyTrouble(
        'DPO learns from comparisons with a winner, and none of those that the policy may train on has one. Label some pairs, or choose another optimiser.',
      );
    const iteration = await this.#trainer.iterate(
      reward,
      { ...settings, klCoefficient },
      read,
      pairs,
      traced,
    );
    const point = this.#measure(iteration, klCoefficient, world);
    const narrowest = this.#actor.narrowest(iteration.theta);
    try {
      checkFinite(
        {
          reward: iteration.rewards,
          ratio: iteration.ratios,
          'step KL': iteration.approxKl,
          KL: iteration.kl,
          'mean or standard deviation': iteration.checkpoint.theta,
        },
        this.iteration,
      );
      checkHealth(point, narrowest, settings);
    } catch (trouble) {
      this.#trainer.dispose();
      this.rebuildTrainer();
      throw trouble;
    }
    this.#keep(point, narrowest, iteration, settings);
    if (settings.adaptiveKl)
      this.#adapted = {
        from: this.#adapted.from,
        beta: adaptKl(klCoefficient, point.kl, settings.klTarget, settings.samples, settings.klHorizon),
      };
    this.#checkpoint = iteration.checkpoint;
    this.#details = null;
    this.#samples = iteration.actions;
    this.#ratios = iteration.ratios;
    this.#add(point, this.#actor.track(iteration.theta), iteration.actions);
    return { iteration, point };
  }

  /** Keeps the policy that drew the samples, which `point` measures, where it is worth going back to. */
  #keep(point: PolicyPoint, narrowest: number, { actions }: Iteration<Contents>, settings: Settings): void {
    const here = { ...this.#snapshot(), details: null, samples: actions };
    if (this.iteration % keepEvery === 0 && isSafe(point.kl, narrowest, settings))
      this.#kept = { ...this.#kept, safe: here };
    this.#follow(point, here);
  }

  #follow({ goldReward }: PolicyPoint, here: Snapshot): void {
    if (Number.isNaN(this.#gold.start)) this.#gold.start = goldReward;
    this.#gold.now = goldReward;
    if (goldReward <= this.#gold.best) return;
    this.#gold.best = goldReward;
    this.#kept = { ...this.#kept, best: here };
  }

  /** @param tracked by the actor @param samples of the same policy as the point */
  #add(point: PolicyPoint, tracked: readonly number[], samples: Contents): void {
    this.#points.push(point);
    this.#trackedValues.push(...tracked, ...this.#hacks(samples));
  }

  /** What scenarios measure in what the policy does: the mean of each over the samples. */
  #hacks(samples: Contents): number[] {
    const { settings, data } = this.#seen;
    const count = samples.prompts.length;
    return (scenarioOf(settings).hacks ?? []).map((hack) => {
      const of = hack.of(settings, data.own);
      return samples.prompts.reduce((sum, _, i) => sum + of(contentAt(samples, i)) / count, 0);
    });
  }

  get #tracked(): readonly string[] {
    const hacks = scenarioOf(this.#seen.settings).hacks ?? [];
    return [...this.#actor.tracked, ...hacks.map(({ id }) => `hack:${id}`)];
  }

  /** Best-of-n moves no parameter: only the count of iterations goes on. */
  #select(selected: Selected, world: World, { klCoefficient }: Settings): PolicyPoint {
    const { n, kl, reward, weights, pool, samples } = selected;
    const golds = world.goldOf(pool);
    const point: PolicyPoint = {
      ...nothingMeasured,
      iteration: this.iteration + 1,
      proxyReward: reward,
      goldReward: weights.reduce((sum, weight, i) => (weight > 0 ? sum + weight * golds[i]! : sum), 0),
      kl,
      klCoefficient,
      bestOf: n,
    };
    const details =
      this.#actor.detailsOfSelection?.(pool, weights) ?? this.#actor.details(this.#reference, samples);
    this.#follow(point, { ...this.#snapshot(), details, samples });
    this.#checkpoint = { ...this.#checkpoint, step: this.iteration + 1 };
    this.#trainer.dispose();
    this.rebuildTrainer();
    this.#details = details;
    this.#samples = samples;
    this.#ratios = new Float32Array(0);
    const tracked = this.#actor.tracked.length > 0 ? Array.from(details['mean']!) : [];
    this.#add(point, tracked, samples);
    return point;
  }

  /** β as set; or, once the adaptive penalty has been at work, as that has made it from there. */
  #klCoefficient({ adaptiveKl, klCoefficient }: Settings): number {
    if (!adaptiveKl || this.#adapted.from !== klCoefficient)
      this.#adapted = { from: klCoefficient, beta: klCoefficient };
    return this.#adapted.beta;
  }

  #measure(iteration: Iteration<Contents>, klCoefficient: number, world: World): PolicyPoint {
    const { rewards, logRatioToReference: k } = iteration;
    return {
      iteration: iteration.checkpoint.step,
      proxyReward: average(rewards),
      goldReward: average(world.goldOf(iteration.actions)),
      kl: iteration.kl,
      k1: average(k, klEstimators.k1),
      k2: average(k, klEstimators.k2),
      k3: average(k, klEstimators.k3),
      entropy: iteration.entropy,
      klCoefficient,
      approxKl: iteration.approxKl,
      clipFraction: iteration.clipFraction,
      policyLoss: iteration.policyLoss,
      valueLoss: iteration.valueLoss,
      // A baseline that explains nothing leaves rounding errors behind.
      explainedVariance: Math.abs(iteration.explainedVariance) < 1e-5 ? 0 : iteration.explainedVariance,
      epochs: iteration.epochs,
      bestOf: 1,
      ratio: iteration.ratio,
      value: iteration.value,
    };
  }

  /** What the page draws: the policy after its last update. */
  frame(): PolicyFrame {
    const frame: PolicyFrame = {
      points: this.#points,
      iteration: this.iteration,
      safeIteration: this.#kept.safe.checkpoint.step,
      bestIteration: this.#kept.best.checkpoint.step,
      now: this.#picture(),
      start: (this.#start ??= this.#startPicture()),
      ratios: this.#ratios.slice(),
      tracked: this.#tracked,
      trackedValues: Float32Array.from(this.#trackedValues),
      preparation: this.#imitation?.state ?? null,
    };
    this.#points = [];
    this.#trackedValues = [];
    return frame;
  }

  #picture(): PolicyPicture {
    if (this.#pictured?.of !== this.#checkpoint) {
      const details = this.#details ?? this.#actor.details(this.#checkpoint.theta, this.#samples);
      this.#pictured = { of: this.#checkpoint, picture: { samples: this.#samples, details } };
    }
    return this.#pictured.picture;
  }

  #startPicture(): PolicyPicture {
    const { seed, samples: count } = this.#seen.settings;
    const source = random(seed, 'start-samples');
    const samples = this.#actor.family.sample(this.#reference, count, source);
    return { samples, details: this.#actor.details(this.#reference, samples) };
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#imitation?.dispose();
  }
}

/** The candidates of each comparison that is trained on, where the policy could do both. */
function pairsOf(data: PackedData): ActionPairs<Contents> {
  const { chosen, rejected, heldOut, contents, texts } = data;
  // A text of somebody's own words is nothing the policy could say.
  const learnable = (_: number, k: number) =>
    heldOut[k] === 0 && texts[chosen[k]!] === undefined && texts[rejected[k]!] === undefined;
  const made = (rows: Int32Array) =>
    packContents(
      Array.from(rows.filter(learnable), (row) => contentOfRow(data, row)),
      contents.width,
    );
  return { chosen: made(chosen), rejected: made(rejected) };
}

/** What a policy without samples, ratios and losses of its own cannot say. */
const nothingMeasured = {
  k1: NaN,
  k2: NaN,
  k3: NaN,
  entropy: NaN,
  approxKl: NaN,
  clipFraction: NaN,
  policyLoss: NaN,
  valueLoss: NaN,
  explainedVariance: NaN,
  epochs: 0,
  ratio: NaN,
  value: NaN,
} as const;
