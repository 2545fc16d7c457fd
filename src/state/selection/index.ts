import type { Candidate } from '../../domain/candidate';
import { itemsOf } from '../../domain/comparison';
import type { Random } from '../../domain/random';
import type { Settings } from '../../domain/settings';
import { kindOf, shownIn, type Mode } from '../annotator';
import type { Dataset } from '../dataset';
import { Drawer } from '../drawer';
import { disagreement } from './disagreement';
import type { Opinion } from './opinion';
import { questionKey, repeat } from './repeat';
import type { Choice, Strategy } from './strategy';
import { uncertain } from './uncertain';

/** The registry: a new way to choose is one file and one line here. What is random needs no choosing. */
const strategies: Partial<Record<Settings['pairSource'], Strategy>> = { uncertain, disagreement, repeat };

interface Asking {
  readonly mode: Mode;
  readonly source: Random;
  readonly opinion: Opinion | null;
  /** Whose earlier answers can be asked for again. */
  readonly who: (annotator: string) => boolean;
  /** A candidate to ask about, whatever the strategy. */
  readonly wanted?: Candidate | undefined;
}

/** The next question about known candidates, as `pairSource` says. Sides and places are random. */
export function chooseQuestion(
  { candidates, comparisons }: Pick<Dataset, 'candidates' | 'comparisons'>,
  settings: Settings,
  { mode, source, opinion, who, wanted }: Asking,
): Choice {
  const { heldOut, pairSource } = settings;
  const pool = candidates.filter(({ origin }) => origin !== 'policy');
  const drawer = new Drawer(pool, heldOut);
  const asked = new Set(comparisons.map((comparison) => questionKey(itemsOf(comparison))));
  const wasAsked = (items: readonly number[]) => asked.has(questionKey(items));
  const count = shownIn(mode, settings);
  const draw = () => drawer.several(count, source, wanted);
  const idsOf = (list: readonly Candidate[]) => list.map(({ id }) => id);

  let fresh = draw();
  for (let tries = 0; tries < 20 && wasAsked(idsOf(fresh)); tries++) fresh = draw();
  const earlier = comparisons.filter(
    (comparison) =>
      comparison.kind === kindOf(mode) && itemsOf(comparison).length === count && who(comparison.annotator),
  );
  const choice = strategies[pairSource]?.({
    random: fresh,
    draw,
    wasAsked,
    heldOut,
    earlier,
    opinion,
    source,
  });
  const { shown, source: how } = choice ?? { shown: idsOf(fresh), source: 'start' };
  return { shown: source.uniform() >= 0.5 ? shown.toReversed() : shown, source: how };
}
