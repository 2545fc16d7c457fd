import type { Field } from '../domain/field';
import { settingsTable, type Settings } from '../domain/settings';
import { landscapeField } from '../scenarios';

const thumbnailSize = 28;

/** The landscapes one can choose from, each with a small picture. */
export const landscapes = (): readonly { id: Settings['landscape']; label: string; field: Field }[] =>
  settingsTable.landscape.options.map((id) => ({
    id,
    label: settingsTable.landscape.optionLabels?.[id] ?? id,
    field: landscapeField(id, thumbnailSize),
  }));
