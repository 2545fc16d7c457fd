import { checkHeadMemory } from '../domain/head-memory';
import {
  checkSettings,
  defaultSettings,
  defaultsOf,
  definitionOf,
  settingNames,
  settingsTable,
  type SettingName,
  type Settings,
} from '../domain/settings';

/** Settings as text for the URL's hash: only what differs from the defaults, by the settings' own names. */

/** The key of the labels in a hash, beside the settings. */
const labelsKey = 'labels';

/** @returns the settings of a hash, and the packed labels if it has any */
export function splitHash(hash: string): { settings: string; labels: string | null } {
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  const labels = entries.get(labelsKey);
  entries.delete(labelsKey);
  return { settings: labels === null ? hash.replace(/^#/, '') : entries.toString(), labels };
}

export const withLabels = (settings: string, labels: string): string =>
  `${settings}${settings ? '&' : ''}${labelsKey}=${labels}`;

/** @returns for example "seed=3&learningRate=0.01"; empty when everything is at its default */
export function settingsToHash(settings: Settings): string {
  const defaults = defaultsOf(settings.scenario);
  const entries = settingNames
    .filter((name) => settings[name] !== (name === 'scenario' ? defaultSettings : defaults)[name])
    .map((name) => [name, String(settings[name])]);
  return new URLSearchParams(entries).toString();
}

/** @returns the value; the text itself where it does not say one, for the check to refuse */
const parse = (name: SettingName, text: string): unknown => {
  switch (definitionOf(name).kind) {
    case 'number':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'switch':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'choice':
      return text;
  }
};

/** The other defaults depend on it. */
function scenarioOfHash(entries: URLSearchParams): Settings['scenario'] {
  const { options } = settingsTable.scenario;
  return options.find((option) => option === entries.get('scenario')) ?? defaultSettings.scenario;
}

/**
 * Reads settings from a hash. What is unknown or out of range keeps its default.
 * @returns the settings, and a sentence about each entry that could not be used
 */
export function settingsFromHash(hash: string): { settings: Settings; problems: string[] } {
  const entries = new URLSearchParams(hash.replace(/^#/, ''));
  const defaults = defaultsOf(scenarioOfHash(entries));
  const settings: Record<string, unknown> = { ...defaults };
  const problems: string[] = [];
  for (const [name, text] of entries) {
    if (!Object.hasOwn(defaultSettings, name)) {
      problems.push(`“${name.slice(0, 40)}” is not a setting.`);
      continue;
    }
    const value = parse(name as SettingName, text);
    try {
      checkSettings({ [name]: value });
      settings[name] = value;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : '');
    }
  }
  try {
    checkHeadMemory(settings as Settings);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : '');
    for (const name of ['hiddenLayers', 'hiddenWidth', 'members'] as const) settings[name] = defaults[name];
  }
  return { settings: Object.freeze(settings) as Settings, problems };
}
