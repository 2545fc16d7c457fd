import { describe, expect, it } from 'vitest';
import { chosenOf, flipped, rejectedOf, type Comparison } from '../../src/domain/comparison.ts';

const asked = { id: 1, left: 10, right: 20, annotator: 'you', source: 'start' } as const;
const comparison = (verdict: Comparison['verdict']): Comparison => ({ ...asked, verdict });

describe('a comparison', () => {
  it.each([
    ['left', 10, 20],
    ['right', 20, 10],
    ['tie', 10, 20],
  ] as const)('%s: chosen %i, rejected %i', (verdict, chosen, rejected) => {
    expect(chosenOf(comparison(verdict))).toBe(chosen);
    expect(rejectedOf(comparison(verdict))).toBe(rejected);
  });

  it('turned round prefers the other side, and knows that a hand did it', () => {
    expect(flipped(comparison('left'))).toEqual({ ...asked, verdict: 'right', edited: true });
    expect(flipped(comparison('right'))).toEqual({ ...asked, verdict: 'left', edited: true });
    expect(flipped(comparison('tie')).verdict).toBe('tie');
  });

  it('turned round twice says what it said, and the sides stay where they were shown', () => {
    const twice = flipped(flipped(comparison('left')));
    expect(twice).toMatchObject(comparison('left'));
  });

  it('turned round leaves the original as it was', () => {
    const original = Object.freeze(comparison('left'));
    flipped(original);
    expect(original).toEqual(comparison('left'));
  });
});
