/** Something that can be compared; in `map`, a point of the plane. */
export interface Candidate {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** Drawn from the starting policy, added by hand, or drawn from the policy as it drifted. */
  readonly origin: 'start' | 'added' | 'policy';
  /** Uniform in [0, 1); the candidate is held out when it lies below the held-out share. */
  readonly splitKey: number;
  /** Placed by hand: it stays where it is when the starting points are drawn again. */
  readonly pinned?: boolean;
}

export const isHeldOut = (candidate: Candidate, share: number): boolean => candidate.splitKey < share;
