// Candidates and simulated comparisons of the map, packed as the page sends them.
import { random } from '../../src/domain/random.ts';
import { isHeldOut } from '../../src/domain/candidate.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { PackedData } from '../../src/engine/protocol.ts';
import { scenarioOf } from '../../src/scenarios/index.ts';
import { packedPairs } from './packed.ts';
import { nothingOwn, packContents } from '../../src/domain/content.ts';

/**
 * `comparisons` answers of a Boltzmann annotator, P(a over b) = σ((gold a − gold b) / temperature), of which the
 * noise flips some. Both sides of a pair are held out, or neither.
 */
export function simulatedData(settings: Settings, comparisons: number, version = 1): PackedData {
  const scenario = scenarioOf(settings);
  const gold = scenario.gold(settings, nothingOwn);
  const count = settings.points;
  const ids = Int32Array.from({ length: count }, (_, id) => id);
  const places = Array.from(ids, (id) => scenario.startContent(settings, id, nothingOwn));
  const splits = random(settings.seed, 'test-split');
  const sides = Array.from(ids, (id) => {
    const candidate = { id, ...places[id]!, origin: 'start' as const, splitKey: splits.uniform() };
    return isHeldOut(candidate, settings.heldOut);
  });
  const groups = [false, true].map((side) => Array.from(ids).filter((id) => sides[id] === side));

  const answers = random(settings.seed, 'test-annotator');
  const pairs = Array.from({ length: comparisons }, () => {
    const a = answers.integer(count);
    const group = groups[sides[a] ? 1 : 0]!;
    let b = a;
    while (b === a && group.length > 1) b = group[answers.integer(group.length)]!;
    const difference = gold(places[a]!) - gold(places[b]!);
    const prefersA = answers.uniform() < 1 / (1 + Math.exp(-difference / settings.temperature));
    const mistaken = answers.uniform() < settings.noise;
    return prefersA !== mistaken ? { chosen: a, rejected: b } : { chosen: b, rejected: a };
  });
  return {
    version,
    ids,
    contents: packContents(places, places[0]?.values.length ?? 0),
    texts: {},
    own: nothingOwn,
    starting: new Uint8Array(count).fill(1),
    ...packedPairs(
      pairs.map(({ chosen }) => chosen),
      pairs.map(({ rejected }) => rejected),
      pairs.map(({ chosen }) => (sides[chosen] ? 1 : 0)),
    ),
  };
}
