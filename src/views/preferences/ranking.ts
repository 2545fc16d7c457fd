/** A ranking in the making: what has a place so far, best first. Pure, so that keys, drags and tests share it. */

interface Ranked {
  readonly item: number;
  /** As good as the one before it. */
  readonly tied: boolean;
}

export type Ranking = readonly Ranked[];

export const emptyRanking: Ranking = [];

const has = (ranking: Ranking, item: number): boolean => ranking.some((ranked) => ranked.item === item);

/** Puts an item after all others; one that has a place already loses it. */
export const toggled = (ranking: Ranking, item: number): Ranking =>
  has(ranking, item) ? withdrawn(ranking, item) : [...ranking, { item, tied: false }];

/** Takes an item out. Who was tied with it stays tied with the others of its place. */
function withdrawn(ranking: Ranking, item: number): Ranking {
  const at = ranking.findIndex((ranked) => ranked.item === item);
  if (at < 0) return ranking;
  const { tied } = ranking[at]!;
  return ranking
    .map((ranked, i) => (i === at + 1 ? { ...ranked, tied: ranked.tied && tied } : ranked))
    .filter((_, i) => i !== at)
    .map((ranked, i) => (i === 0 ? { ...ranked, tied: false } : ranked));
}

/** Everything that is shown, best first: what has a place, then the rest as it is shown. */
export const orderedBy = (ranking: Ranking, shown: readonly number[]): number[] => [
  ...ranking.map(({ item }) => item),
  ...shown.filter((item) => !has(ranking, item)),
];

/** Gives all that is shown a place, in the order in which it stands. */
const completed = (ranking: Ranking, shown: readonly number[]): Ranking =>
  orderedBy(ranking, shown).map((item, i) => ranking[i] ?? { item, tied: false });

/**
 * Moves an item to index `to` of the list. All that stands in the list has a place then: who moves one sees the order.
 * Between two that are tied it joins their place.
 */
export function moved(ranking: Ranking, shown: readonly number[], item: number, to: number): Ranking {
  const rest = [...withdrawn(completed(ranking, shown), item)];
  const at = Math.max(0, Math.min(rest.length, to));
  rest.splice(at, 0, { item, tied: rest[at]?.tied ?? false });
  return rest;
}

/** Ties an item with the one before it, or takes the tie away. The first one has nobody to be tied with. */
export const tieToggled = (ranking: Ranking, shown: readonly number[], item: number): Ranking =>
  (has(ranking, item) ? ranking : completed(ranking, shown)).map((ranked, i) =>
    ranked.item === item && i > 0 ? { ...ranked, tied: !ranked.tied } : ranked,
  );

/** The place of each item of the ranking, from 1; after two that share a place, the next one is left out: 1, 2, 2, 4. */
export function placesIn(ranking: Ranking): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  let place = 1;
  ranking.forEach(({ item, tied }, i) => {
    if (!tied) place = i + 1;
    places.set(item, place);
  });
  return places;
}

/** The place of each shown item; null while more than one has none. One that is left over comes last. */
export function placesOf(ranking: Ranking, shown: readonly number[]): number[] | null {
  if (shown.length - ranking.length > 1) return null;
  const places = placesIn(ranking);
  return shown.map((item) => places.get(item) ?? shown.length);
}

/** The ranking that a recorded one says. @param places of each shown item; equal ones are ties */
export function rankingOf(shown: readonly number[], places: readonly number[]): Ranking {
  const order = shown.map((item, i) => ({ item, place: places[i]! })).sort((a, b) => a.place - b.place);
  return order.map(({ item, place }, i) => ({ item, tied: i > 0 && order[i - 1]!.place === place }));
}
