import type { Settings } from '../../domain/settings';
import type { Read } from '../parameters';
import type { StudyArm, StudyLine } from '../protocol';
import { Divergence } from '../reward/stage';
import { PolicyStage, type Objective } from './stage';

interface GrowingLine extends StudyLine {
  readonly root: number[];
  readonly proxy: number[];
  readonly gold: number[];
}

/**
 * Several policies from the same start against the same reward model as it is now, one after the other, each under
 * settings of its own. The live policy stays where it is.
 */
export class Study {
  readonly #arms: readonly StudyArm[];
  readonly #iterations: number;
  readonly #lines: GrowingLine[] = [];
  #stage: PolicyStage | null = null;

  constructor(arms: readonly StudyArm[], iterations: number) {
    this.#arms = arms;
    this.#iterations = iterations;
  }

  /** Iterations of all policies together. */
  get total(): number {
    return this.#arms.length * this.#iterations;
  }

  /** One line for each policy that was begun. */
  get lines(): readonly StudyLine[] {
    return this.#lines.map(({ label, root, proxy, gold, problem }) => ({
      label,
      root: [...root],
      proxy: [...proxy],
      gold: [...gold],
      problem,
    }));
  }

  /** One iteration of the policy that is due. @returns how many iterations it stands for: all that are left to a policy that failed */
  async iterate(objective: Objective, settings: Settings, read: Read): Promise<number> {
    const k = this.#stage ? this.#lines.length - 1 : this.#lines.length;
    const { label, patch } = this.#arms[k]!;
    const own = { ...settings, ...patch };
    if (!this.#stage) {
      this.#stage = new PolicyStage(own, objective.data);
      this.#lines.push({ label, root: [], proxy: [], gold: [], problem: null });
    }
    const line = this.#lines[k]!;
    await this.#stage.prepare(read, Infinity);
    try {
      const { kl, proxyReward, goldReward, iteration } = await this.#stage.iterate(objective, own, read);
      line.root.push(Math.sqrt(Math.max(0, kl)));
      line.proxy.push(proxyReward);
      line.gold.push(goldReward);
      if (iteration === this.#iterations) this.dispose();
      return 1;
    } catch (error) {
      // One policy that breaks is a finding, not the end of the study.
      if (!(error instanceof Divergence)) throw error;
      const left = this.#iterations - this.#stage.iteration;
      this.#lines[k] = { ...line, problem: error.message };
      this.dispose();
      return left;
    }
  }

  /** Moves to the current backend. */
  rebuild(): void {
    this.#stage?.rebuild();
  }

  dispose(): void {
    this.#stage?.dispose();
    this.#stage = null;
  }
}
