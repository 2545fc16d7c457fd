import { planeContents } from '../../domain/content';
import * as tf from '../tf';
import { Embedding } from '../embedding';
import { freshCheckpoint, type Read } from '../parameters';
import { policyTrainer } from '../policy/start';
import type { PolicyTraining } from '../policy/trainer';
import { startSweep } from '../reward/fused/start-sweep';
import type { FeatureTable } from '../reward/feature-table';
import type { Sweep } from '../reward/sweep';
import type { RewardTrainer } from '../reward/trainer';
import { mapPoints, type Climb } from './climb';
import { lossesOf, tableOf, type Problem } from './problem';
import type { Runner } from './runner';

/** The page's own ways, beside the current backend of TensorFlow.js. */

const read: Read = async (tensor) => (await tensor.data()) as Float32Array;

export class OwnTraining implements Runner {
  readonly #problem: Problem;
  readonly #trainer: RewardTrainer;
  readonly #table: FeatureTable;

  constructor(problem: Problem, trainer: RewardTrainer) {
    this.#problem = problem;
    this.#trainer = trainer;
    this.#table = tableOf(problem);
  }

  async run(steps: number): Promise<void> {
    const { observations, hyper } = this.#problem;
    await this.#trainer.train(this.#table, observations, hyper, steps);
    await this.#trainer.evaluate(this.#table, [], false, read);
  }

  async numbers(): Promise<Float32Array> {
    const { rewards } = await this.#trainer.evaluate(this.#table, [[1]], false, read);
    return lossesOf(this.#problem, rewards[0]!);
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#table.dispose();
  }
}

export class OwnSweep implements Runner {
  readonly #problem: Problem;
  readonly #table: FeatureTable;
  readonly #sweep: Sweep;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#table = tableOf(problem);
    this.#sweep = startSweep(this.#table, problem.observations, problem.sweep!, problem.hyper);
  }

  async run(steps: number): Promise<void> {
    await this.#sweep.train(steps);
    await this.#sweep.look(read);
  }

  async numbers(): Promise<Float32Array> {
    const { rewards } = await this.#sweep.look(read);
    return lossesOf(this.#problem, rewards);
  }

  dispose(): void {
    this.#sweep.dispose();
    this.#table.dispose();
  }
}

export class OwnPolicy implements Runner {
  readonly #climb: Climb;
  readonly #embedding: Embedding;
  readonly #scorer: RewardTrainer;
  readonly #policy: PolicyTraining<ReturnType<Climb['sample']>>;
  #theta: Float32Array;

  /** @param scorer of the reward that is climbed */
  constructor(climb: Climb, scorer: RewardTrainer) {
    this.#climb = climb;
    this.#embedding = new Embedding(climb.features);
    this.#scorer = scorer;
    this.#policy = policyTrainer(freshCheckpoint(climb.start), climb.family, climb.start);
    this.#theta = climb.start;
  }

  async run(iterations: number): Promise<void> {
    for (let k = 0; k < iterations; k++) {
      const { checkpoint } = await this.#policy.iterate(
        ({ actions }) =>
          this.#scorer
            .score(this.#embedding.embed(planeContents(actions)), [[1]])
            .reshape<tf.Tensor1D>([actions.length / 2]),
        this.#climb.settings,
        read,
      );
      this.#theta = checkpoint.theta;
    }
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#theta);
  }

  dispose(): void {
    this.#policy.dispose();
    this.#scorer.dispose();
    this.#embedding.dispose();
  }
}

/** Rows of a map that are embedded at once: all of them would be 200 MB of features. */
const atOnce = 4096;

export class OwnMap implements Runner {
  readonly #embedding: Embedding;
  readonly #scorer: RewardTrainer;
  readonly #points: Float32Array;
  readonly #rewards: Float32Array;

  constructor(climb: Climb, scorer: RewardTrainer, size: number) {
    this.#embedding = new Embedding(climb.features);
    this.#scorer = scorer;
    this.#points = mapPoints(climb, size);
    this.#rewards = new Float32Array(size * size);
  }

  async run(times: number): Promise<void> {
    for (let k = 0; k < times; k++)
      for (let from = 0; from < this.#rewards.length; from += atOnce) {
        const tensor = tf.tidy(() =>
          this.#scorer.score(
            this.#embedding.embed(planeContents(this.#points.subarray(2 * from, 2 * (from + atOnce)))),
            [[1]],
          ),
        );
        this.#rewards.set(await read(tensor), from);
        tensor.dispose();
      }
  }

  numbers(): Promise<Float32Array> {
    return Promise.resolve(this.#rewards);
  }

  dispose(): void {
    this.#scorer.dispose();
    this.#embedding.dispose();
  }
}
