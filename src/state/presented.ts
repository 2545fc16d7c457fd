import type { Comparison } from '../domain/comparison';
import {
  defaultsOf,
  definitionOf,
  type SettingDefinition,
  type SettingName,
  type Settings,
} from '../domain/settings';
import { answerOf, isUsable, type LossChoice } from '../domain/usable';
import { scenarioOf } from '../scenarios';

/** A setting as the page shows it: as the table has it, in the scenario's words, and with what the data make of it. */
export function presented(
  name: SettingName,
  settings: Settings,
  comparisons: readonly Comparison[],
): SettingDefinition {
  const definition = {
    ...definitionOf(name),
    default: defaultsOf(settings.scenario)[name],
  } as SettingDefinition;
  const { noun } = scenarioOf(settings);
  if (name === 'points')
    return {
      ...definition,
      label: noun.many,
      meaning: `How many ${noun.many} are drawn from the starting policy.`,
    };
  const criterion = scenarioOf(settings).criteria[criterionWeights.indexOf(name)];
  if (criterion) return { ...definition, label: `weight of ${criterion.label}` };
  if (name === 'ratingWeight') {
    const ratings = comparisons.filter(({ kind }) => kind === 'rating').length;
    const aside = settings.ratingWeight === 0 ? ` (leaves ${ratings} aside)` : '';
    return { ...definition, label: definition.label + (ratings === 0 ? ': none yet' : aside) };
  }
  if (definition.kind !== 'choice' || !(name in judged)) return definition;
  const kinds: readonly Comparison['kind'][] = judged[name as keyof typeof judged];
  const answers = comparisons.map(answerOf).filter(({ kind }) => kinds.includes(kind));
  const optionLabels = Object.fromEntries(
    definition.options.map((option) => {
      const label = definition.optionLabels?.[option] ?? option;
      const choice = { ...settings, [name]: option } as LossChoice;
      const unused = answers.filter((answer) => !isUsable(answer, choice)).length;
      return [option, unused === 0 ? label : `${label} (leaves ${unused} aside)`];
    }),
  );
  const none = answers.length === 0 && name === 'rankingLoss' ? ': none yet' : '';
  return { ...definition, label: definition.label + none, optionLabels };
}

const criterionWeights: readonly SettingName[] = ['criterionWeight1', 'criterionWeight2', 'criterionWeight3'];

/** What each choice of a loss is about. */
const judged = { loss: ['pair'], rankingLoss: ['best', 'ranking'] } as const satisfies Partial<
  Record<SettingName, readonly Comparison['kind'][]>
>;
