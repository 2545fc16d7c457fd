import type { Settings } from '../domain/settings';
import { map } from './map';
import type { Scenario } from './scenario';

type Id = Settings['scenario'];

/** Those that are loaded. The first one always is; `all.ts` brings the others, on the page after its first paint. */
const known: Partial<Record<Id, Scenario>> = { map };

export function register(scenario: Scenario): void {
  known[scenario.id] = scenario;
}

export const isLoaded = (id: Id): boolean => known[id] !== undefined;

/** @throws Error where it is not loaded yet */
export function scenarioOf({ scenario }: Pick<Settings, 'scenario'>): Scenario {
  const found = known[scenario];
  if (!found) throw new Error(`The scenario "${scenario}" is not loaded yet. Wait for playground.ready.`);
  return found;
}

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
