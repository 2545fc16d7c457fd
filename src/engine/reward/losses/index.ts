import type * as tf from '../../tf';
import type { Settings } from '../../../domain/settings';
import { allPairs } from './all-pairs';
import { bestOfK } from './best-of-k';
import { bradleyTerry } from './bradley-terry';
import { davidson } from './davidson';
import { hinge } from './hinge';
import type { ListLoss } from './list-loss';
import { noiseFloor } from './noise-floor';
import type { PairLoss } from './pair-loss';
import { plackettLuce } from './plackett-luce';
import { raoKupper } from './rao-kupper';
import { robust } from './robust';
import { smoothed } from './smoothed';

/** The registries: a new loss is one file and one line here. */
export const pairLosses: Record<Settings['loss'], PairLoss> = {
  'bradley-terry': bradleyTerry,
  smoothed,
  robust,
  'noise-floor': noiseFloor,
  hinge,
  davidson,
  'rao-kupper': raoKupper,
};

export const listLosses: Record<Settings['rankingLoss'], ListLoss> = {
  'plackett-luce': plackettLuce,
  'all-pairs': allPairs,
  'best-of-k': bestOfK,
};

/**
 * (r_c + r_r)²: keeps rewards around 0, times a coefficient (TRL's `center_rewards_coefficient`; Eisenstein et
 * al. 2023). @returns one number for each pair
 */
export const centring = (chosen: tf.Tensor, rejected: tf.Tensor): tf.Tensor => chosen.add(rejected).square();
