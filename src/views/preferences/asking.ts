import type { SettingName } from '../../domain/settings';

/** Settings of the question: their controls are beside the cards. */
export const asking = ['mode', 'pairSource'] as const satisfies readonly SettingName[];
