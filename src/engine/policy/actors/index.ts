import type { Settings } from '../../../domain/settings';
import { scenarioOf, type PolicySpec } from '../../../scenarios';
import type { PackedData } from '../../protocol';
import type { Actor } from './actor';
import { categoricalActor } from './categorical';
import { gaussianActor } from './gaussian';
import { tokenActor } from './tokens';

export type { Actor, Imitation } from './actor';

type Maker<Spec> = (spec: Spec, settings: Settings, data: PackedData) => Actor;

/** The registry: a new family is one file and one line here. */
const makers: { readonly [F in PolicySpec['family']]: Maker<Extract<PolicySpec, { family: F }>> } = {
  gaussian: gaussianActor,
  categorical: (_spec, settings, data) => categoricalActor(data, settings),
  tokens: tokenActor,
};

/** The policy that acts in the scenario. */
export function actorOf(settings: Settings, data: PackedData): Actor {
  const spec = scenarioOf(settings).policy(settings, data.own);
  const make = makers[spec.family] as Maker<PolicySpec>;
  return make(spec, settings, data);
}
