import type { Settings } from '../domain/settings';
import { linear } from './linear';
import { map } from './map';
import type { Scenario } from './scenario';

/** The registry: a new scenario is one folder and one line here. */
const scenarios: Record<Settings['scenario'], Scenario> = { map, linear };

export const scenarioOf = (settings: Pick<Settings, 'scenario'>): Scenario => scenarios[settings.scenario];
export type {
  Features,
  FourierEmbedding,
  GaussianPolicy,
  PolicySpec,
  Scenario,
  TokenPolicy,
} from './scenario';
export { embedPoint } from './map/fourier';
export { landscapeField } from './map/landscapes';
