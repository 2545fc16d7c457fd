import { pickContents, type Contents } from '../../../domain/content';
import type { Random } from '../../../domain/random';
import type { PolicyDetails } from '../../protocol';
import { isPlain, type PlainFamily, type PolicyFamily } from '../families/family';
import type { SftHyper } from '../sft';

/** A policy family in a scenario: its actions are the scenario's contents. */
export interface Actor {
  readonly family: PolicyFamily<Contents>;
  /** θ of the starting policy; where there are demonstrations to imitate, θ before that. */
  readonly start: Float32Array;
  readonly imitation?: Imitation;
  /** @param samples some of what it did */
  details(theta: Float32Array, samples: Contents): PolicyDetails;
  /** Numbers about the policy that have curves, by name. */
  readonly tracked: readonly string[];
  track(theta: Float32Array): readonly number[];
  /** How narrow it has become, as a share of the start; Infinity where narrow is nothing bad. */
  narrowest(theta: Float32Array): number;
  /** The details of a selection from samples by weight, where they can be told; else of the policy. */
  detailsOfSelection?(samples: Contents, weights: Float64Array): PolicyDetails;
}

/** Demonstrations to imitate before anything is optimised. */
export interface Imitation {
  readonly demonstrations: Contents;
  readonly heldOut: Contents;
  readonly hyper: SftHyper;
  readonly steps: number;
}

/** Families make actions of their own kind: this turns them into contents and back. */
export function overContents<Actions>(
  family: PolicyFamily<Actions>,
  contentsOf: (actions: Actions) => Contents,
  actionsOf: (contents: Contents) => Actions,
): PolicyFamily<Contents> | PlainFamily<Contents> {
  const over: PolicyFamily<Contents> = {
    size: family.size,
    steps: family.steps,
    initial: (seed) => family.initial(seed),
    groups: (count) => family.groups(count),
    sample: (theta: Float32Array, count: number, source: Random) =>
      contentsOf(family.sample(theta, count, source)),
    batch: (contents) => family.batch(actionsOf(contents)),
    evaluate: (theta, batch, reference) => family.evaluate(theta, batch, reference),
    reference: (theta, batch) => family.reference(theta, batch),
  };
  if (!isPlain(family)) return over;
  return {
    ...over,
    plain: (contents, reference) => family.plain(actionsOf(contents), reference),
    pick: pickContents,
  };
}

/** Samples of one prompt that stand together: as many as `count` can be divided into, up to 8. */
export function groupSizeOf(count: number): number {
  let size = Math.min(8, count);
  while (count % size !== 0) size -= 1;
  return size;
}
