import type { Content } from './content';

/** Something that can be compared. */
export interface Candidate extends Content {
  readonly id: number;
  /** Drawn from the starting policy, added by hand, or drawn from the policy as it drifted. */
  readonly origin: 'start' | 'added' | 'policy';
  /** Uniform in [0, 1); the candidate is held out when it lies below the held-out share. */
  readonly splitKey: number;
  /** Made by hand: it stays as it is when the starting candidates are drawn again. */
  readonly pinned?: boolean;
}

export const isHeldOut = (candidate: Candidate, share: number): boolean => candidate.splitKey < share;
