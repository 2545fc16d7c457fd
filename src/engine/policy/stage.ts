import type { PolicyPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import { scenarioOf, type PlaneGaussian } from '../../scenarios';
import { freshCheckpoint, type Checkpoint, type Read } from '../parameters';
import { hasFallen } from '../../domain/peak';
import type { PackedData, PolicyFrame, Restorable, Walk } from '../protocol';
import type { World } from '../world';
import { adaptKl } from './adaptive-kl';
import { GaussianFamily, planeSpec, type GaussianActions } from './families/gaussian';
import { optimisers } from './optimisers';
import { checkFinite, checkHealth, isSafe, PolicyTrouble } from './health';
import { klEstimators } from './ppo';
import { BestOfNPool, type Selected } from './selection';
import { policyTrainer } from './start';
import type { ActionPairs, Iteration, PolicyTraining, RewardFunction } from './trainer';

const average = (values: Float32Array, f: (value: number) => number = (value) => value): number =>
  values.reduce((sum, value) => sum + f(value), 0) / values.length;

const plane = new GaussianFamily(planeSpec);

/** θ of a Gaussian over the plane, with its value baseline at 0. */
export const planeParameters = ({ mean, logStd }: PlaneGaussian): Float32Array =>
  Float32Array.of(...mean, ...logStd, 0);

/** What the policy is optimised against. */
export interface Objective {
  readonly reward: RewardFunction<Float32Array>;
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
  readonly shown: PlaneGaussian;
  readonly samples: Float32Array;
  /** What the adaptive KL penalty had made of β. */
  readonly adapted: { readonly from: number; readonly beta: number };
}

/** Every so many iterations a policy well within bounds is kept, to go back to. */
const keepEvery = 10;

/** Stage 4, live: the policy climbing the learned reward, on whatever backend is current. */
export class PolicyStage {
  #checkpoint: Checkpoint;
  #trainer: PolicyTraining<GaussianActions>;
  readonly #pool = new BestOfNPool();
  #samples: Float32Array = new Float32Array(0);
  #ratios: Float32Array = new Float32Array(0);
  #shown: PlaneGaussian;
  #points: PolicyPoint[] = [];
  #trail: number[] = [];
  #adapted = { from: NaN, beta: NaN };
  #kept: Readonly<Record<Restorable, Snapshot>>;
  #gold = { start: NaN, best: -Infinity, now: NaN };
  readonly #reference: PlaneGaussian;

  constructor(settings: Settings) {
    this.#reference = scenarioOf(settings).referencePolicy(settings);
    this.#shown = this.#reference;
    this.#checkpoint = freshCheckpoint(planeParameters(this.#reference));
    this.#trainer = this.#fromCheckpoint();
    this.#kept = { safe: this.#snapshot(), best: this.#snapshot() };
  }

  #fromCheckpoint(): PolicyTraining<GaussianActions> {
    return policyTrainer(this.#checkpoint, plane, planeParameters(this.#reference));
  }

  get iteration(): number {
    return this.#checkpoint.step;
  }

  rebuild(): void {
    this.#trainer = this.#fromCheckpoint();
  }

  #snapshot(): Snapshot {
    return {
      checkpoint: this.#checkpoint,
      shown: this.#shown,
      samples: this.#samples,
      adapted: this.#adapted,
    };
  }

  /** Goes back to a policy that was kept. */
  restore(to: Restorable): void {
    const kept = this.#kept[to];
    this.#trainer.dispose();
    this.#checkpoint = kept.checkpoint;
    this.#shown = kept.shown;
    this.#samples = kept.samples;
    this.#adapted = kept.adapted;
    this.#ratios = new Float32Array(0);
    this.rebuild();
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
   * One iteration of the optimiser in force and one point on every curve.
   * @throws PolicyTrouble when a number is not finite, the policy collapsed or its KL exploded; the policy before the
   * iteration is back then
   */
  async iterate(objective: Objective, settings: Settings, read: Read): Promise<PolicyPoint> {
    const optimiser = optimisers[settings.optimiser];
    if (optimiser.kind !== 'selection') return this.#climb(objective, settings, read);
    const n = optimiser.drawsAt(this.iteration, this.#pool.most);
    const { reward, rewardKey, world } = objective;
    const selected = await this.#pool.select(n, reward, rewardKey, this.#reference, settings, read);
    return this.#select(selected, world, settings);
  }

  async #climb(objective: Objective, settings: Settings, read: Read): Promise<PolicyPoint> {
    return (await this.#iterate(objective, settings, read, false)).point;
  }

  /** The same as `iterate`, with all that happens in it, where `canWalk`. */
  async walk(objective: Objective, settings: Settings, read: Read): Promise<Walk> {
    const { iteration, point } = await this.#iterate(objective, settings, read, true);
    const { actions } = iteration.actions;
    const { gold } = objective.world;
    return {
      iteration: point.iteration,
      before: gaussianOf(iteration.theta),
      after: gaussianOf(iteration.checkpoint.theta),
      samples: actions.slice(),
      rewards: iteration.rewards,
      golds: iteration.rewards.map((_, i) => gold(actions[2 * i]!, actions[2 * i + 1]!)),
      advantages: iteration.advantages,
      value: iteration.value,
      updates: iteration.trace.map(({ theta, ...update }) => ({ ...update, after: gaussianOf(theta) })),
      point,
    };
  }

  async #iterate(
    objective: Objective,
    settings: Settings,
    read: Read,
    traced: boolean,
  ): Promise<{ iteration: Iteration<GaussianActions>; point: PolicyPoint }> {
    const { reward, world } = objective;
    const klCoefficient = this.#klCoefficient(settings);
    const pairs = settings.optimiser === 'dpo' ? pairsOf(objective.data) : undefined;
    if (pairs?.chosen.actions.length === 0)
      throw new PolicyTrouble(
        'DPO learns from comparisons with a winner, and none of those that the policy may train on has one. Label some pairs, or choose another optimiser.',
      );
    const iteration = await this.#trainer.iterate(
      ({ actions }) => reward(actions),
      { ...settings, klCoefficient },
      read,
      pairs,
      traced,
    );
    const point = this.#measure(iteration, klCoefficient, world);
    const drawn = gaussianOf(iteration.theta);
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
      checkHealth(point, drawn, this.#reference, settings);
    } catch (trouble) {
      this.#trainer.dispose();
      this.rebuild();
      throw trouble;
    }
    this.#keep(point, drawn, iteration, settings);
    if (settings.adaptiveKl)
      this.#adapted = {
        from: this.#adapted.from,
        beta: adaptKl(klCoefficient, point.kl, settings.klTarget, settings.samples, settings.klHorizon),
      };
    this.#checkpoint = iteration.checkpoint;
    this.#shown = gaussianOf(iteration.checkpoint.theta);
    this.#samples = iteration.actions.actions;
    this.#ratios = iteration.ratios;
    this.#add(point, drawn);
    return { iteration, point };
  }

  /** Keeps the policy that drew the samples, which `point` measures, where it is worth going back to. */
  #keep(
    point: PolicyPoint,
    drawn: PlaneGaussian,
    { actions }: Iteration<GaussianActions>,
    settings: Settings,
  ): void {
    const here = { ...this.#snapshot(), shown: drawn, samples: actions.actions };
    if (this.iteration % keepEvery === 0 && isSafe(point.kl, drawn, this.#reference, settings))
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

  #add(point: PolicyPoint, { mean }: PlaneGaussian): void {
    this.#points.push(point);
    this.#trail.push(...mean);
  }

  /** Best-of-n moves no parameter: only the count of iterations goes on. */
  #select(selected: Selected, world: World, { klCoefficient }: Settings): PolicyPoint {
    const { n, kl, reward, weights, pool, actions } = selected;
    const point: PolicyPoint = {
      ...nothingMeasured,
      iteration: this.iteration + 1,
      proxyReward: reward,
      goldReward: weights.reduce(
        (sum, weight, i) => (weight > 0 ? sum + weight * world.gold(pool[2 * i]!, pool[2 * i + 1]!) : sum),
        0,
      ),
      kl,
      klCoefficient,
      bestOf: n,
    };
    this.#follow(point, { ...this.#snapshot(), shown: selected, samples: actions });
    this.#checkpoint = { ...this.#checkpoint, step: this.iteration + 1 };
    this.#trainer.dispose();
    this.rebuild();
    this.#shown = { mean: selected.mean, logStd: selected.logStd };
    this.#samples = actions;
    this.#ratios = new Float32Array(0);
    this.#add(point, selected);
    return point;
  }

  /** β as set; or, once the adaptive penalty has been at work, as that has made it from there. */
  #klCoefficient({ adaptiveKl, klCoefficient }: Settings): number {
    if (!adaptiveKl || this.#adapted.from !== klCoefficient)
      this.#adapted = { from: klCoefficient, beta: klCoefficient };
    return this.#adapted.beta;
  }

  #measure(iteration: Iteration<GaussianActions>, klCoefficient: number, world: World): PolicyPoint {
    const { rewards, logRatioToReference: k } = iteration;
    const { actions } = iteration.actions;
    const samples = rewards.length;
    let gold = 0;
    for (let i = 0; i < samples; i++) gold += world.gold(actions[2 * i]!, actions[2 * i + 1]!) / samples;
    return {
      iteration: iteration.checkpoint.step,
      proxyReward: average(rewards),
      goldReward: gold,
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
    const { mean, logStd } = this.#shown;
    const frame: PolicyFrame = {
      points: this.#points,
      iteration: this.iteration,
      safeIteration: this.#kept.safe.checkpoint.step,
      bestIteration: this.#kept.best.checkpoint.step,
      mean,
      logStd,
      samples: this.#samples.slice(),
      ratios: this.#ratios.slice(),
      trail: Float32Array.from(this.#trail),
    };
    this.#points = [];
    this.#trail = [];
    return frame;
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

const gaussianOf = (theta: Float32Array): PlaneGaussian => ({
  mean: [theta[0]!, theta[1]!],
  logStd: [theta[2]!, theta[3]!],
});

/** The places of the candidates of each comparison that is trained on. */
function pairsOf({ positions, chosen, rejected, heldOut }: PackedData): ActionPairs<GaussianActions> {
  const places = (rows: Int32Array) => {
    const trained = rows.filter((_, k) => heldOut[k] === 0);
    const actions = new Float32Array(2 * trained.length);
    trained.forEach((row, i) => actions.set(positions.subarray(2 * row, 2 * row + 2), 2 * i));
    return { states: new Float32Array(0), actions };
  };
  return { chosen: places(chosen), rejected: places(rejected) };
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
