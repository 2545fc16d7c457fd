import type { PolicyPoint } from '../../domain/metrics';
import type { Settings } from '../../domain/settings';
import { scenarioOf } from '../../scenarios';
import { freshCheckpoint, isFinite32, type Checkpoint, type Read } from '../parameters';
import type { PolicyFrame } from '../protocol';
import { Divergence } from '../reward/stage';
import type { World } from '../world';
import { adaptKl } from './adaptive-kl';
import { exactEntropy, exactKl } from './gaussian';
import { initialPolicy, PolicyTrainer, type Iteration, type RewardFunction } from './trainer';

const average = (values: Float32Array, f: (value: number) => number = (value) => value): number =>
  values.reduce((sum, value) => sum + f(value), 0) / values.length;

/** Stage 4, live: the policy climbing the learned reward, on whatever backend is current. */
export class PolicyStage {
  #checkpoint: Checkpoint;
  #trainer: PolicyTrainer;
  #samples: Float32Array = new Float32Array(0);
  #points: PolicyPoint[] = [];
  #trail: number[] = [];
  #adapted = { from: NaN, beta: NaN };
  readonly #reference;

  constructor(settings: Settings) {
    this.#reference = scenarioOf(settings).referencePolicy(settings);
    this.#checkpoint = freshCheckpoint(initialPolicy(this.#reference));
    this.#trainer = new PolicyTrainer(this.#checkpoint, this.#reference);
  }

  get iteration(): number {
    return this.#trainer.iteration;
  }

  rebuild(): void {
    this.#trainer = new PolicyTrainer(this.#checkpoint, this.#reference);
  }

  /**
   * One PPO iteration and one point on every curve.
   * @throws Divergence when a number is not finite; the last good policy is back then
   */
  async iterate(reward: RewardFunction, world: World, settings: Settings, read: Read): Promise<PolicyPoint> {
    const klCoefficient = this.#klCoefficient(settings);
    const iteration = await this.#trainer.iterate(reward, { ...settings, klCoefficient }, read);
    if (!isFinite32(iteration.rewards) || !isFinite32(iteration.checkpoint.theta)) {
      this.#trainer.dispose();
      this.rebuild();
      throw new Divergence(
        `The policy left the finite numbers in iteration ${this.iteration + 1}. It stopped, and the last good policy is kept. ` +
          'Lower the policy’s learning rate or raise the entropy bonus, then reset the policy.',
      );
    }
    const point = this.#measure(iteration, klCoefficient, world);
    if (settings.adaptiveKl)
      this.#adapted.beta = adaptKl(
        klCoefficient,
        point.kl,
        settings.klTarget,
        settings.samples,
        settings.klHorizon,
      );
    this.#checkpoint = iteration.checkpoint;
    this.#samples = iteration.actions;
    this.#points.push(point);
    this.#trail.push(...iteration.mean);
    return point;
  }

  /** β as set; or, once the adaptive penalty has been at work, as that has made it from there. */
  #klCoefficient({ adaptiveKl, klCoefficient }: Settings): number {
    if (!adaptiveKl || this.#adapted.from !== klCoefficient)
      this.#adapted = { from: klCoefficient, beta: klCoefficient };
    return this.#adapted.beta;
  }

  #measure(iteration: Iteration, klCoefficient: number, world: World): PolicyPoint {
    const { mean, logStd, actions, rewards, logRatioToReference: k } = iteration;
    const samples = rewards.length;
    let gold = 0;
    for (let i = 0; i < samples; i++) gold += world.gold(actions[2 * i]!, actions[2 * i + 1]!) / samples;
    return {
      iteration: this.iteration,
      proxyReward: average(rewards),
      goldReward: gold,
      kl: exactKl(mean, logStd, this.#reference.mean, this.#reference.logStd),
      k1: average(k),
      k2: average(k, (value) => 0.5 * value * value),
      k3: average(k, (value) => Math.exp(-value) - 1 + value),
      entropy: exactEntropy(logStd),
      klCoefficient,
      approxKl: iteration.approxKl,
      clipFraction: iteration.clipFraction,
      policyLoss: iteration.policyLoss,
      valueLoss: iteration.valueLoss,
      // The baseline is one number: it predicts the mean and none of the variance.
      explainedVariance: 0,
      ratio: iteration.ratio,
      value: iteration.value,
    };
  }

  /** What the page draws: the policy after its last update. */
  frame(): PolicyFrame {
    const [mx, my, sx, sy] = this.#checkpoint.theta as unknown as [number, number, number, number];
    const frame: PolicyFrame = {
      points: this.#points,
      iteration: this.iteration,
      mean: [mx, my],
      logStd: [sx, sy],
      samples: this.#samples.slice(),
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
