import type { Settings } from '../domain/settings';
import { map } from './map';
import type { Scenario } from './scenario';

/** The registry: a new scenario is one folder and one line here. */
const scenarios: Record<Settings['scenario'], Scenario> = { map };

export const scenarioOf = (settings: Settings): Scenario => scenarios[settings.scenario];
export type { FourierEmbedding, PlaneGaussian, Scenario } from './scenario';
export { embedPoint } from './map/fourier';
export { landscapeField } from './map/landscapes';
