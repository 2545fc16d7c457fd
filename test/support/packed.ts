// Plain pairs with a winner, packed as the page sends them.
import type { PackedData } from '../../src/engine/protocol.ts';
import { pairObservations } from '../../src/domain/observations.ts';

/** @param heldOut 1 where a pair is only for testing; all are trained on if absent */
export function packedPairs(
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  heldOut: ArrayLike<number> = new Uint8Array(chosen.length),
): Pick<PackedData, 'observations' | 'chosen' | 'rejected' | 'leftWon' | 'heldOut' | 'criterion'> {
  const held = Uint8Array.from(heldOut);
  return {
    observations: { ...pairObservations(chosen, rejected), heldOut: held },
    chosen: Int32Array.from(chosen),
    rejected: Int32Array.from(rejected),
    // As if the sides had been drawn by lot.
    leftWon: Uint8Array.from(chosen, (_, k) => k % 2),
    heldOut: held,
    criterion: new Int8Array(chosen.length).fill(-1),
  };
}
