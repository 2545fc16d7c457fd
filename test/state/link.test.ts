import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHeadMemory } from '../../src/domain/head-memory.ts';
import {
  defaultSettings,
  defaultsOf,
  definitionOf,
  describeRange,
  settingNames,
  type SettingName,
  type Settings,
} from '../../src/domain/settings.ts';
import { settingsFromHash, settingsToHash } from '../../src/state/link.ts';

/** Any value that the table allows. */
function valueOf(name: SettingName): fc.Arbitrary<number | string | boolean> {
  const definition = definitionOf(name);
  switch (definition.kind) {
    case 'number':
      return definition.integer
        ? fc.integer({ min: definition.min, max: definition.max })
        : fc.double({ min: definition.min, max: definition.max, noNaN: true }).map((value) => value + 0);
    case 'choice':
      return fc.constantFrom(...definition.options);
    case 'switch':
      return fc.boolean();
  }
}

/** A head too wide for the memory is refused, whatever the table allows. */
function fitsTheMemory(settings: Settings): boolean {
  try {
    checkHeadMemory(settings);
    return true;
  } catch {
    return false;
  }
}

const anySettings = (
  fc.record(
    Object.fromEntries(settingNames.map((name) => [name, valueOf(name)])),
  ) as unknown as fc.Arbitrary<Settings>
).filter(fitsTheMemory);

/** Any settings of which a few differ from the defaults. */
const someSettings = fc
  .tuple(anySettings, fc.subarray(settingNames))
  .map(([settings, names]) => ({
    ...defaultSettings,
    ...Object.fromEntries(names.map((name) => [name, settings[name]])),
  }))
  .filter(fitsTheMemory);

describe('settings in a link', () => {
  it('come back as they were, with nothing to complain about', () => {
    fc.assert(
      fc.property(fc.oneof(anySettings, someSettings), (settings) => {
        const hash = settingsToHash(settings);
        expect(settingsFromHash(hash)).toEqual({ settings, problems: [] });
        expect(settingsFromHash(`#${hash}`)).toEqual({ settings, problems: [] });
        expect(settingsToHash(settingsFromHash(hash).settings)).toBe(hash);
      }),
    );
  });

  it('are only those that differ from the defaults', () => {
    fc.assert(
      fc.property(someSettings, (settings) => {
        const names = [...new URLSearchParams(settingsToHash(settings)).keys()];
        const defaults = { ...defaultsOf(settings.scenario), scenario: defaultSettings.scenario };
        expect(names).toEqual(settingNames.filter((name) => settings[name] !== defaults[name]));
      }),
    );
    expect(settingsToHash(defaultSettings)).toBe('');
    expect(settingsToHash({ ...defaultSettings, seed: 3, learningRate: 0.01 })).toBe(
      'seed=3&learningRate=0.01',
    );
  });

  it('may be in any order, written in any way numbers are', () => {
    const { settings, problems } = settingsFromHash('#noise=.25&seed=1e3&showGold=true&learningRate=0.010');
    expect(settings).toEqual({
      ...defaultSettings,
      noise: 0.25,
      seed: 1000,
      showGold: true,
      learningRate: 0.01,
    });
    expect(problems).toEqual([]);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(settingsFromHash('#seed=3').settings)).toBe(true);
  });
});

describe('a link with mistakes', () => {
  const wrong: [SettingName, string][] = [
    ['seed', '1.5'],
    ['seed', '-1'],
    ['seed', 'abc'],
    ['seed', ''],
    ['noise', '0.51'],
    ['noise', 'NaN'],
    ['learningRate', 'Infinity'],
    ['learningRate', '0'],
    ['optimizer', 'Adam'],
    ['landscape', 'constructor'],
    ['showGold', '1'],
    ['showGold', 'yes'],
  ];

  it.each(wrong)(
    '%s=%s: the default, and a sentence with the name, the value and the range',
    (name, text) => {
      const { settings, problems } = settingsFromHash(`#${name}=${text}`);
      expect(settings).toEqual(defaultSettings);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`"${name}"`);
      expect(problems[0]).toContain(describeRange(definitionOf(name)));
      expect(problems[0]).toContain(text);
    },
  );

  it('takes what is right and names each thing that is wrong', () => {
    const { settings, problems } = settingsFromHash('#nonsense=1&seed=5&noise=7&landscape=ring&clip=x');
    expect(settings).toEqual({ ...defaultSettings, seed: 5, landscape: 'ring' });
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('nonsense');
    expect(problems[1]).toContain('noise');
    expect(problems[2]).toContain('clip');
  });

  it('rejects any number outside the range', () => {
    const numbers = settingNames.filter((name) => definitionOf(name).kind === 'number');
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.double(), (name, value) => {
        const definition = definitionOf(name);
        if (definition.kind !== 'number') throw new Error(name);
        const { min, max, integer } = definition;
        const good = value >= min && value <= max && (!integer || Number.isInteger(value));
        const { settings, problems } = settingsFromHash(`${name}=${value}`);
        expect(problems).toHaveLength(good ? 0 : 1);
        expect(settings[name]).toBe(good ? value + 0 : defaultSettings[name]);
      }),
    );
  });

  it.each(['$&', '$$', "$'", '$`'])('shows a value of %s as it is', (text) => {
    const { problems } = settingsFromHash(`#noise=${encodeURIComponent(text)}`);
    expect(problems[0]).toMatch(/but got "\$.{1,2}"\.$/);
    expect(problems[0]).toContain(JSON.stringify(text));
  });
});

describe('a hostile link', () => {
  it.each([
    '#__proto__=1',
    '#constructor=1',
    '#toString=x&hasOwnProperty=1',
    '#__proto__[noise]=0.4',
    '#seed[]=4',
    '#%',
    '#%E0%A4%A=1',
    '#seed=%FF%FE',
    '#=',
    '#&&&',
    '#=5',
    '##seed=9',
    '#<img src=x onerror=alert(1)>',
    '#\u0000=\u0000',
  ])('%s changes nothing', (hash) => {
    expect(settingsFromHash(hash).settings).toEqual(defaultSettings);
    expect(({} as Record<string, unknown>).noise).toBeUndefined();
  });

  it('says something short about something long', () => {
    const { settings, problems } = settingsFromHash(
      `#${'a'.repeat(1e5)}=1&noise=${'9'.repeat(1e5)}&seed=${'x'.repeat(1e5)}`,
    );
    expect(settings).toEqual(defaultSettings);
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem.length).toBeLessThan(300);
  });

  it('never throws, and never gives a setting out of its range', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.tuple(fc.constantFrom(...settingNames), fc.string()).map(([name, text]) => `#${name}=${text}`),
        ),
        (hash) => {
          const { settings } = settingsFromHash(hash);
          expect(Object.keys(settings)).toEqual(settingNames);
          expect(settingsFromHash(settingsToHash(settings)).problems).toEqual([]);
        },
      ),
    );
  });
});

it('a head too wide for the memory is left out of a link, with the size it would take', () => {
  const { settings, problems } = settingsFromHash('hiddenLayers=3&hiddenWidth=512&members=16&seed=4');
  expect(settings).toEqual({ ...defaultSettings, seed: 4 });
  expect(problems).toEqual([expect.stringMatching(/would take 337 MB/)]);
});
