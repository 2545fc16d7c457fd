import { settingsTable, type Settings } from '../../../domain/settings';
import type { Dash } from '../../plot/curve-data';
import type { Token } from '../../plot/palette';

type Source = Settings['pairSource'];

/** How the line of each way to choose looks, the same in every chart. */
export const styles: Readonly<Record<Source, { readonly colour: Token; readonly dash: Dash }>> = {
  start: { colour: 'reference', dash: false },
  uncertain: { colour: 'policy', dash: true },
  disagreement: { colour: 'high', dash: 'dotted' },
  policy: { colour: 'chosen', dash: true },
  repeat: { colour: 'rejected', dash: 'dotted' },
};

export const labelOf = (source: Source): string => settingsTable.pairSource.optionLabels?.[source] ?? source;
