import type { Candidate } from '../domain/candidate';
import type { Measured } from './run.svelte';

/** Every pair with a winner, and the rewards of its two sides as last read back, centred on the starting policy. */
export interface JudgedPairs {
  /** The comparison that each pair comes from. */
  readonly ids: readonly number[];
  readonly chosen: Float32Array;
  readonly rejected: Float32Array;
  /** 1 where the pair is only for testing. */
  readonly heldOut: Uint8Array;
  /** 1 where the chosen one was shown first, that is on the left. */
  readonly leftWon: Uint8Array;
}

export function judgedPairs(measured: Measured | null): JudgedPairs {
  if (!measured) return none;
  const { frame, data, decided } = measured;
  const rewards = (rows: Int32Array) =>
    Float32Array.from(rows, (row, k) => {
      const alone = frame.criterionRewards?.[data.criterion[k]!];
      return alone ? alone[row]! : frame.rewards[row]! - frame.referenceMean;
    });
  return {
    ids: decided,
    chosen: rewards(data.chosen),
    rejected: rewards(data.rejected),
    heldOut: data.heldOut,
    leftWon: data.leftWon,
  };
}

/** The candidates that were measured, each with its reward, centred on the starting policy. */
export function rewardsOf(
  measured: Measured | null,
  candidates: readonly Candidate[],
): { readonly candidate: Candidate; readonly reward: number }[] {
  if (!measured) return [];
  const { frame, data } = measured;
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  return Array.from(data.ids).flatMap((id, row) => {
    const candidate = byId.get(id);
    return candidate ? [{ candidate, reward: frame.rewards[row]! - frame.referenceMean }] : [];
  });
}

const none: JudgedPairs = {
  ids: [],
  chosen: new Float32Array(0),
  rejected: new Float32Array(0),
  heldOut: new Uint8Array(0),
  leftWon: new Uint8Array(0),
};

/** Those that are trained on (0) or only for testing (1). */
export function sideOfSplit(pairs: JudgedPairs, heldOut: 0 | 1): JudgedPairs {
  const keep = (_: unknown, k: number) => pairs.heldOut[k] === heldOut;
  return {
    ids: pairs.ids.filter(keep),
    chosen: pairs.chosen.filter(keep),
    rejected: pairs.rejected.filter(keep),
    heldOut: pairs.heldOut.filter(keep),
    leftWon: pairs.leftWon.filter(keep),
  };
}

/** The pairs as they were shown: reward(left) − reward(right), and whether left won. */
export function asShown({ chosen, rejected, leftWon }: JudgedPairs): {
  logits: Float64Array;
  outcomes: Uint8Array;
} {
  const logits = Float64Array.from(chosen, (reward, k) => (leftWon[k] ? 1 : -1) * (reward - rejected[k]!));
  return { logits, outcomes: leftWon };
}
