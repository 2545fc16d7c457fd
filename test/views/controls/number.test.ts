import { describe, expect, it } from 'vitest';
import { percent, readNumber, short, signed, steady } from '../../../src/views/controls/number';

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [0.02, '0.02'],
    [1.5, '1.5'],
    [-0.42, '−0.42'],
    [1284, '1,284'],
    [1234567.8, '1,234,568'],
    [99.96, '100'],
    [0.00002, '2e−5'],
    [3e12, '3e12'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
    [NaN, '–'],
    [undefined, '–'],
    [null, '–'],
  ])('short(%s) is %s', (value, text) => expect(short(value)).toBe(text));

  it('keeps trailing zeros where a value changes while one looks', () => {
    expect(steady(0.31)).toBe('0.310');
    expect(signed(3.9)).toBe('+3.90');
    expect(signed(-0.42)).toBe('−0.420');
    expect(signed(0)).toBe('0');
  });

  it('writes shares as percent', () => {
    expect(percent(0.912)).toBe('91 %');
    expect(percent(0.005)).toBe('0.5 %');
    expect(percent(1)).toBe('100 %');
    expect(percent(-0.00001)).toBe('0 %');
    expect(percent(NaN)).toBe('–');
  });

  it.each([
    ['0.5', 0.5],
    ['  −0.5 ', -0.5],
    ['1,284', 1284],
    ['1,234,567', 1234567],
    ['0,5', 0.5],
    ['2e−5', 2e-5],
    ['.25', 0.25],
    ['10 %', 10],
    ['12 /s', 12],
    ['abc', NaN],
    ['', NaN],
  ])('reads %j', (text, value) => expect(readNumber(text)).toBe(value));
});
