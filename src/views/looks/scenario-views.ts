import type { Component } from 'svelte';
import type { Candidate } from '../../domain/candidate';
import type { Playground } from '../../state/playground.svelte';
import type { PolicyLab } from '../../state/policy-lab.svelte';

interface Shared {
  playground: Playground;
}

export interface CandidatesProps extends Shared {
  /** Candidates that a comparison is about. */
  labelled: ReadonlySet<number>;
  picked: number;
  onpick: (id: number) => void;
}

export interface BelowProps extends Shared {
  picked: Candidate;
}

export interface CardProps extends Shared {
  candidate: Candidate;
  /** As small as an icon, beside the candidate's name. */
  small?: boolean;
}

export interface RewardProps extends Shared {
  /** The id of a comparison that stands out. */
  highlight?: number | null;
}

export interface PolicyProps extends Shared {
  /** An iteration that is walked through: its samples and its policies are shown instead. */
  walked: PolicyLab['walk'];
}

type Props<T> = { [Name in keyof T]: T[Name] };

/** How a scenario looks in the stages. The main pictures share one height. */
export interface ScenarioViews {
  /** Stage 1: what can be compared. */
  readonly Candidates: Component<Props<CandidatesProps>>;
  /** Under it: what makes a candidate good, and what else can be set by its picture. */
  readonly Below: Component<Props<BelowProps>>;
  /** A candidate on a card. */
  readonly Card: Component<Props<CardProps>>;
  /** Stage 3: what was learned. */
  readonly Reward: Component<Props<RewardProps>>;
  /** Stage 4: the policy now against where it started. */
  readonly Policy: Component<Props<PolicyProps>>;
  /** Some paragraphs under the playground, with what is simplified. */
  readonly Story: Component<Props<Shared>>;
}
