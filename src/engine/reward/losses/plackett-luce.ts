import { stagewise } from './stages';

/**
 * Σ_k [logsumexp(r_k … r_K) − r_k]: Plackett 1975, Luce 1959. Items with the same place are each chosen from what is
 * left with them (Breslow's way with ties); the last place is no choice, and counts for nothing.
 */
export const plackettLuce = stagewise((places, i) => places[i]! < places[places.length - 1]!);
