import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkSettings,
  defaultSettings,
  definitionOf,
  describeRange,
  settingNames,
  type SettingName,
} from '../../src/domain/settings.ts';

const numberNames = settingNames.filter((name) => definitionOf(name).kind === 'number');
const rangeOf = (name: SettingName) => {
  const definition = definitionOf(name);
  if (definition.kind !== 'number') throw new Error(`${name} is not a number`);
  return definition;
};

describe('the table of settings', () => {
  it.each(settingNames)('%s: accepts its default, and says what it is', (name) => {
    const definition = definitionOf(name);
    expect(checkSettings({ [name]: definition.default })).toEqual({ [name]: definition.default });
    expect(defaultSettings[name]).toBe(definition.default);
    expect(definition.label).toMatch(/^\S.*\S$|^\S$/);
    expect(definition.meaning).toMatch(/\.$/);
  });

  it.each(numberNames)('%s: a range that a slider can have', (name) => {
    const { min, max, integer, log } = rangeOf(name);
    expect(min).toBeLessThan(max);
    expect([min, max].every(Number.isFinite)).toBe(true);
    if (integer) expect([min, max].every(Number.isInteger)).toBe(true);
    if (log) expect(min).toBeGreaterThanOrEqual(0);
    expect(checkSettings({ [name]: min })).toEqual({ [name]: min });
    expect(checkSettings({ [name]: max })).toEqual({ [name]: max });
  });

  it('offers a label for every option that it labels at all', () => {
    for (const name of settingNames) {
      const definition = definitionOf(name);
      if (definition.kind !== 'choice' || !definition.optionLabels) continue;
      expect(Object.keys(definition.optionLabels).sort()).toEqual([...definition.options].sort());
    }
  });

  it('cannot be changed by accident', () => {
    expect(Object.isFrozen(defaultSettings)).toBe(true);
  });
});

describe('checkSettings', () => {
  it('takes nothing, and several at once', () => {
    expect(checkSettings({})).toEqual({});
    const patch = { seed: 3, optimizer: 'sgd', showGold: true };
    expect(checkSettings(patch)).toEqual(patch);
  });

  const wrongNumbers = [NaN, Infinity, -Infinity, '5', null, undefined, true, [1], { valueOf: () => 1 }, 1n];

  it.each(numberNames)('%s: refuses what is not a number in its range, and names all three', (name) => {
    const { min, max } = rangeOf(name);
    const range = describeRange(definitionOf(name));
    expect(range).toContain(`from ${min} to ${max}`);
    for (const value of [...wrongNumbers, min - 0.001, max + 0.001, -1e300, 1e300]) {
      const check = () => checkSettings({ [name]: value });
      expect(check, String(value)).toThrow(`"${name}"`);
      expect(check, String(value)).toThrow(range);
    }
  });

  it('says what was given', () => {
    expect(() => checkSettings({ learningRate: NaN })).toThrow(
      'The setting "learningRate" takes a number from 0.0001 to 10, but got NaN.',
    );
    expect(() => checkSettings({ epochs: 2.5 })).toThrow(
      'The setting "epochs" takes a whole number from 1 to 16, but got 2.5.',
    );
    expect(() => checkSettings({ optimizer: 'adagrad' })).toThrow(
      'The setting "optimizer" takes one of sgd, adam, adamw, but got "adagrad".',
    );
    expect(() => checkSettings({ showGold: 1 })).toThrow(
      'The setting "showGold" takes true or false, but got 1.',
    );
    expect(() => checkSettings({ seed: null })).toThrow('but got null.');
    expect(() => checkSettings({ seed: [7] })).toThrow('but got a value of type array.');
    expect(() => checkSettings({ seed: () => 7 })).toThrow('but got a value of type function.');
  });

  it('refuses fractions where whole numbers are meant', () => {
    for (const name of numberNames) {
      const { min, integer } = rangeOf(name);
      if (integer) expect(() => checkSettings({ [name]: min + 0.5 })).toThrow('whole number');
      else expect(checkSettings({ [name]: min + 1e-6 })).toBeTruthy();
    }
  });

  it('refuses options that are not there, in any type', () => {
    for (const value of ['', 'RIM', 'toString', 'constructor', 0, null, ['rim'], {}])
      expect(() => checkSettings({ landscape: value })).toThrow('takes one of rim, hills, ring, ridge, bowl');
  });

  it.each(['nonsense', '', 'LearningRate', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'refuses the unknown name %j, and lists the known ones',
    (name) => {
      const patch = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`) as Record<string, unknown>;
      expect(() => checkSettings(patch)).toThrow(`There is no setting named ${JSON.stringify(name)}`);
      expect(() => checkSettings(patch)).toThrow('learningRate');
    },
  );

  it('does not repeat a long name in full', () => {
    expect(() => checkSettings({ ['x'.repeat(10_000)]: 1 })).toThrow(/^.{0,1500}$/s);
    expect(() => checkSettings({ optimizer: 'x'.repeat(10_000) })).toThrow(/^.{0,300}$/s);
  });

  it('refuses a patch of which only one part is wrong', () => {
    expect(() => checkSettings({ seed: 3, epochs: 99 })).toThrow('"epochs"');
  });

  it('either gives back the patch or throws a sentence, whatever it is given', () => {
    const anyPatch = fc.dictionary(
      fc.oneof(fc.constantFrom<string>(...settingNames), fc.string()),
      fc.oneof(fc.double(), fc.integer(), fc.anything()),
    );
    fc.assert(
      fc.property(anyPatch, (patch) => {
        try {
          expect(checkSettings(patch)).toBe(patch);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(There is no setting named|The setting ")/);
        }
      }),
    );
  });
});
