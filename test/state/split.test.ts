// The held-out split where there are several prompts: by candidate or by prompt, and nothing is compared across it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeldOut } from '../../src/domain/candidate.ts';
import { itemsOf } from '../../src/domain/comparison.ts';
import { defaultsOf, type Settings } from '../../src/domain/settings.ts';
import { candidateMap, freshDataset, redraw, withPolicyComparisons } from '../../src/state/dataset.ts';
import { withDriftedLabels } from '../../src/state/drifted.ts';
import { policyNow } from '../../src/state/policy-now.ts';
import { splitAsSet } from '../../src/state/split.ts';

const settings: Settings = { ...defaultsOf('assistant'), simulated: 60, points: 200 };
const byPrompt: Settings = { ...settings, heldOutBy: 'prompt' };

/** For each prompt, the sides its candidates are on. */
function sidesOf(dataset: ReturnType<typeof freshDataset>, share: number) {
  const sides = new Map<number, Set<boolean>>();
  for (const candidate of dataset.candidates)
    sides.set(candidate.prompt, (sides.get(candidate.prompt) ?? new Set()).add(isHeldOut(candidate, share)));
  return [...sides.values()];
}

describe('by prompt', () => {
  it('a prompt is held out whole, or not at all; about as many as the share says', () => {
    const sides = sidesOf(freshDataset(byPrompt), 0.3);
    expect(sides.every(({ size }) => size === 1)).toBe(true);
    const held = sides.filter((side) => side.has(true)).length;
    expect(held).toBeGreaterThan(0.1 * sides.length);
    expect(held).toBeLessThan(0.55 * sides.length);
    expect(
      sidesOf(freshDataset(settings), 0.3).some(({ size }) => size === 2),
      'by candidate',
    ).toBe(true);
  });

  it('and back by candidate, the split is what it was', () => {
    const before = freshDataset(settings);
    expect(redraw(redraw(before, byPrompt), settings)).toEqual(before);
  });

  it('what the policy makes stands with its prompt, but for what somebody decided', () => {
    const policy = policyNow(byPrompt, freshDataset(byPrompt).own, null, null);
    const added = withPolicyComparisons(freshDataset(byPrompt), byPrompt, policy, 12);
    expect(sidesOf(added, 0.3).every(({ size }) => size === 1)).toBe(true);
    const tests = withDriftedLabels(freshDataset(byPrompt), byPrompt, policy, 6, 'test');
    const again = redraw(tests, byPrompt);
    const fresh = again.candidates.filter(({ origin }) => origin === 'policy');
    expect(fresh.length).toBeGreaterThan(5);
    expect(fresh.every((candidate) => isHeldOut(candidate, 0))).toBe(true);
  });
});

it('whatever the settings, a simulated comparison stays within a prompt and one side', () => {
  fc.assert(
    fc.property(
      fc.record({
        scenario: fc.constantFrom('assistant' as const, 'driving' as const),
        seed: fc.nat(1000),
        heldOut: fc.constantFrom(0, 0.1, 0.3, 0.5),
        heldOutBy: fc.constantFrom('item' as const, 'prompt' as const),
        simulatedMode: fc.constantFrom('pair' as const, 'best' as const, 'ranking' as const),
        points: fc.constantFrom(120, 200, 320),
      }),
      ({ scenario, ...patch }) => {
        const own: Settings = { ...defaultsOf(scenario), simulated: 25, ...patch };
        const dataset = freshDataset(own);
        const byId = candidateMap(dataset);
        for (const comparison of dataset.comparisons) {
          const items = itemsOf(comparison).map((id) => byId.get(id)!);
          expect(new Set(items.map(({ prompt }) => prompt)).size).toBe(1);
          expect(new Set(items.map((item) => isHeldOut(item, own.heldOut))).size).toBe(1);
        }
      },
    ),
    { numRuns: 20 },
  );
});

it('where there is one prompt, nothing is changed', () => {
  const { candidates } = freshDataset(defaultsOf('map'));
  expect(splitAsSet(candidates, { seed: 7, heldOutBy: 'prompt' }, 1)).toBe(candidates);
});
