import { pooled, type TrainedHead } from './trained-head';

/** What a linear head makes of one feature. */
export interface NamedWeight {
  readonly name: string;
  /** Mean over the members, the criteria pooled by their weights. */
  readonly weight: number;
  /** Standard deviation over the members; 0 for a single head. */
  readonly spread: number;
}

/**
 * The weights of a linear head by the names of its features, the largest first.
 * @throws Error when the head has hidden layers, or other features than were named
 */
export function namedWeights(head: TrainedHead, names: readonly string[]): NamedWeight[] {
  if (names.length !== head.dimension)
    throw new Error(`${names.length} features are named, but the head has ${head.dimension}.`);
  const members = head.members.map((layers) => {
    if (layers.length !== 1)
      throw new Error('A head with hidden layers has no weight for each feature. Set hidden layers to 0.');
    return pooled(layers[0]!, head.weights).weights;
  });
  const weights = names.map((name, i): NamedWeight => {
    const weight = members.reduce((sum, own) => sum + own[i]!, 0) / members.length;
    const squares = members.reduce((sum, own) => sum + (own[i]! - weight) ** 2, 0);
    return { name, weight, spread: Math.sqrt(squares / members.length) };
  });
  return weights.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
