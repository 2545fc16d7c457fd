import { stagewise } from './stages';

/**
 * logsumexp(r) − r_best: softmax cross entropy on the winner (lm-human-preferences, Ziegler et al. 2019). Of a ranking
 * it uses who came first, and nothing where several did.
 */
export const bestOfK = stagewise((places, i) => i === 0 && places[0]! < places[1]!);
