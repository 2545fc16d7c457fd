import { definitionOf, settingNames, type SettingName, type Settings } from './settings';

/** Of the candidates and the reward model, what decides how one looks, and when and on what the live one is trained. */
const aside: readonly SettingName[] = [
  'showGold',
  'training',
  'patience',
  'warmup',
  'stepsPerIteration',
  'heldOut',
];

const names = settingNames.filter(
  (name) =>
    name === 'scenario' ||
    name === 'seed' ||
    (['candidates', 'reward'].includes(definitionOf(name).group) && !aside.includes(name)),
);

/** What a training from the initial weights comes to depends on this, the candidates and the labels alone. */
export const trainingKey = (settings: Settings): string =>
  JSON.stringify(names.map((name) => settings[name]));
