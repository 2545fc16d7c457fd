import { valueAt, type Field } from '../domain/field';
import { metricsTable, type MetricName, type PolicyMetric, type RewardMetric } from '../domain/metrics';
import type {
  PackedData,
  PolicyFrame,
  PolicyPicture,
  Preparation,
  Report,
  RewardFrame,
} from '../engine/protocol';
import { Opinion } from './selection/opinion';
import { marginsOf, noMargins, type Margins } from './margins';
import { Series } from './series.svelte';

const namesOf = <Stage extends 'reward' | 'policy'>(stage: Stage) =>
  (Object.keys(metricsTable) as MetricName[]).filter((name) => metricsTable[name].stage === stage);

const noRatios = new Float32Array(0);

/** A picture of the rewards, and the data it belongs to. */
export interface Measured {
  readonly frame: RewardFrame;
  readonly data: PackedData;
  /** The comparison that each pair of the data comes from. */
  readonly decided: readonly number[];
}

/** One live run as the page sees it: the last pictures and the curves so far. */
export class Run {
  readonly rewardSeries = new Series<'step' | RewardMetric>([
    'step',
    ...(namesOf('reward') as RewardMetric[]),
  ]);
  /** `root` is √KL. */
  readonly policySeries = new Series<'iteration' | 'root' | PolicyMetric>([
    'iteration',
    'root',
    ...(namesOf('policy') as PolicyMetric[]),
  ]);
  /** What the scenario or the kind of policy measures beside: where its mean is, what it is caught doing. */
  #tracked = $state.raw(new Series<string>(['iteration']));
  #reward = $state.raw<RewardFrame | null>(null);
  #policy = $state.raw<PolicyFrame | null>(null);
  #margins = $state.raw<Margins>(noMargins);
  #measured = $state.raw<Measured | null>(null);
  readonly #opinion = $derived(
    this.#measured &&
      new Opinion(this.#measured.data.ids, this.#measured.frame.rewards, this.#measured.frame.memberRewards),
  );
  #rate = $state(0);
  #memory = $state.raw({ tensors: 0, bytes: 0 });

  get step(): number {
    return this.#reward?.step ?? 0;
  }
  get iteration(): number {
    return this.#policy?.iteration ?? 0;
  }
  /** Learned reward over the plane, centred on the starting policy's mean; null before the engine answered. */
  get field(): Field | null {
    return this.#reward?.field ?? null;
  }
  /** How much the members of an ensemble disagree, over the plane; null for a single head. */
  get disagreement(): Field | null {
    return this.#reward?.disagreement ?? null;
  }
  /** Learned reward by each criterion over the plane; none where the head has one output. */
  get criterionFields(): readonly Field[] {
    return this.#reward?.criterionFields ?? [];
  }
  /** Δ of every decided comparison, in the order they were made. */
  get margins(): Float32Array {
    return this.#margins.values;
  }
  /** The last rewards that belong to the data as they were then; null before the engine answered. */
  get measured(): Measured | null {
    return this.#measured;
  }
  /** What the reward model makes of the candidates, when it last looked at them; null before it did. */
  get opinion(): Opinion | null {
    return this.#opinion;
  }
  /** Standard deviation of the learned reward under the starting policy: what it is scaled by for the policy. */
  get referenceStd(): number {
    return this.#reward?.referenceStd ?? 1;
  }
  /** What one would go back to after trouble, and where gold was best. */
  get safeIteration(): number {
    return this.#policy?.safeIteration ?? 0;
  }
  get bestIteration(): number {
    return this.#policy?.bestIteration ?? 0;
  }
  /** π/π_old of the last samples before the last update. */
  get ratios(): Float32Array {
    return this.#policy?.ratios ?? noRatios;
  }
  /** The policy as last drawn, and the one it started as; null before the engine answered. */
  get policy(): PolicyPicture | null {
    return this.#policy?.now ?? null;
  }
  get startPolicy(): PolicyPicture | null {
    return this.#policy?.start ?? null;
  }
  /** The imitation that comes before the first iteration; null where there is none. */
  get preparation(): Preparation | null {
    return this.#policy?.preparation ?? null;
  }
  /** Where the mean of a policy with one has been, at each point of its curves. */
  get trail(): { readonly x: readonly number[]; readonly y: readonly number[] } {
    return { x: this.tracked('mean0'), y: this.tracked('mean1') };
  }
  /** The names of the further curves of the policy. */
  get trackedNames(): readonly string[] {
    return this.#policy?.tracked ?? [];
  }
  /** One of them, at each point of the policy's curves; empty where there is none of this name. */
  tracked(name: string): readonly number[] {
    return this.trackedNames.includes(name) ? this.#tracked.column(name) : [];
  }
  /** Reward steps and policy iterations in the last second. */
  get rate(): number {
    return this.#rate;
  }
  /** What TensorFlow.js holds on the device. */
  get memory() {
    return this.#memory;
  }

  marginOf(comparison: number): number | undefined {
    return this.#margins.of.get(comparison);
  }

  /** The learned reward at a point, centred; undefined before there is one. */
  rewardAt(x: number, y: number): number | undefined {
    return this.field ? valueAt(this.field, x, y) : undefined;
  }

  apply(
    { reward, policy, stepsPerSecond, memory }: Extract<Report, { kind: 'frame' }>,
    { data, decided }: { data: PackedData; decided: readonly number[] },
  ): void {
    this.#rate = stepsPerSecond;
    this.#memory = memory;
    if (reward) this.#applyReward(reward, data, decided);
    if (policy) this.#applyPolicy(policy);
  }

  #applyReward(frame: RewardFrame, data: PackedData, decided: readonly number[]): void {
    if (this.#reward && this.#reward.generation !== frame.generation) this.rewardSeries.clear();
    this.#reward = frame;
    this.rewardSeries.append(frame.points);
    // A frame of older data comes just before one of the present data.
    if (frame.version !== data.version) return;
    this.#margins = marginsOf(frame, data, decided);
    this.#measured = { frame, data, decided };
  }

  #applyPolicy(frame: PolicyFrame): void {
    this.#policy = frame;
    // The policy went back: what came after is no part of its curves any more.
    if ((this.policySeries.last('iteration') ?? 0) > frame.iteration) {
      this.policySeries.truncate('iteration', frame.iteration);
      this.#tracked.truncate('iteration', frame.iteration);
    }
    this.policySeries.append(
      frame.points.map((point) => ({ ...point, root: Math.sqrt(Math.max(0, point.kl)) })),
    );
    this.#track(frame);
  }

  #track({ tracked, trackedValues, points }: PolicyFrame): void {
    if (this.#tracked.names.join() !== ['iteration', ...tracked].join())
      this.#tracked = new Series<string>(['iteration', ...tracked]);
    const width = tracked.length;
    this.#tracked.append(
      points.map(({ iteration }, i) => ({
        iteration,
        ...Object.fromEntries(tracked.map((name, k) => [name, trackedValues[i * width + k]!])),
      })),
    );
  }

  clearReward(): void {
    this.rewardSeries.clear();
    this.#reward = null;
    this.#margins = noMargins;
    this.#measured = null;
  }

  clearPolicy(): void {
    this.policySeries.clear();
    this.#tracked.clear();
    this.#policy = null;
  }
}
