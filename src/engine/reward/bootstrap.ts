import { countOf, type Observations } from '../../domain/observations';
import type { Batch } from './batch';
import { bootstrapWeights } from './ensemble';

/** What each observation counts: each member's own resampling of the data, drawn once for the same data and seed. */
export class Bootstrap {
  #drawn: { data: Observations; seed: number; members: number; weights: Float32Array } | null = null;

  /**
   * @param emphasis how much each observation counts besides; by default all the same
   * @returns of the drawn observations for each member, [members · drawn]; null where all count the same
   */
  of(
    data: Observations,
    { drawn }: Batch,
    members: number,
    seed: number,
    emphasis?: Float32Array,
  ): Float32Array | null {
    if (members === 1 && !emphasis) return null;
    const count = countOf(data);
    const bootstrap = members > 1 ? this.#weights(data, members, seed) : null;
    return Float32Array.from({ length: members * drawn.length }, (_, i) => {
      const observation = drawn[i % drawn.length]!;
      const times = bootstrap ? bootstrap[Math.floor(i / drawn.length) * count + observation]! : 1;
      return times * (emphasis ? emphasis[observation]! : 1);
    });
  }

  #weights(data: Observations, members: number, seed: number): Float32Array {
    const known = this.#drawn;
    if (known?.data === data && known.seed === seed && known.members === members) return known.weights;
    const weights = bootstrapWeights(seed, members, countOf(data));
    this.#drawn = { data, seed, members, weights };
    return weights;
  }
}
