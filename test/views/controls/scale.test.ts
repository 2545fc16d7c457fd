import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settingsTable, type NumberSetting, type SettingDefinition } from '../../../src/domain/settings';
import { nudge, positionOf, refusal, textOf, valueAt, valueOfText } from '../../../src/views/controls/scale';

const numbers = Object.entries<SettingDefinition>(settingsTable).filter(
  (entry): entry is [string, NumberSetting] => entry[1].kind === 'number',
);
const share: NumberSetting = {
  kind: 'number',
  group: 'reward',
  label: 'noise',
  meaning: '',
  default: 0.1,
  min: 0,
  max: 0.5,
  unit: '%',
};

describe.each(numbers)('the slider of %s', (_, definition) => {
  const { min, max, integer } = definition;

  it('has its ends at the ends', () => {
    expect(valueAt(definition, 0)).toBe(min);
    expect(valueAt(definition, 1)).toBe(max);
    expect(positionOf(definition, min)).toBe(0);
    expect(positionOf(definition, max)).toBe(1);
  });

  it('gives values the setting accepts, with at most three significant digits', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (position) => {
        const value = valueAt(definition, position);
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max);
        if (integer) expect(Number.isInteger(value)).toBe(true);
        else if (value !== min && value !== max) expect(Number(value.toPrecision(3))).toBe(value);
        // Where a value lies is where the slider is, as far as rounding lets it.
        const found = positionOf(definition, value);
        expect(valueAt(definition, found)).toBe(value);
      }),
    );
  });

  it('moves by every key press until it reaches an end', () => {
    let value: number = min;
    let presses = 0;
    while (value < max && presses++ < 1e6) {
      const next = nudge(definition, value, 1);
      expect(next).toBeGreaterThan(value);
      if (presses > 2000) break;
      value = next;
    }
    expect(nudge(definition, max, 1)).toBe(max);
    expect(nudge(definition, min, -1)).toBe(min);
    expect(nudge(definition, max, -1)).toBeLessThan(max);
  });

  it('reads back what it shows', () => {
    expect(valueOfText(definition, textOf(definition, definition.default))).toBe(definition.default);
  });
});

describe('values as text', () => {
  it('shows a share as percent and reads it with or without the sign', () => {
    expect(textOf(share, 0.1)).toBe('10 %');
    expect(valueOfText(share, '12%')).toBe(0.12);
    expect(valueOfText(share, '12')).toBe(0.12);
    expect(valueOfText(share, '60')).toBeNull();
    expect(refusal(share)).toBe('“noise” takes a number from 0 to 50 %.');
  });

  it('refuses what is not a value', () => {
    expect(valueOfText(settingsTable.epochs, '2.5')).toBeNull();
    expect(valueOfText(settingsTable.epochs, 'many')).toBeNull();
    expect(refusal(settingsTable.epochs)).toBe('“epochs” takes a whole number from 1 to 16.');
  });
});
