import { expect, it } from 'vitest';
import { checkHeadMemory } from '../../src/domain/head-memory.ts';
import { defaultSettings } from '../../src/domain/settings.ts';

const head = (patch: object) => () => checkHeadMemory({ ...defaultSettings, ...patch });

it('takes every head of ordinary size', () => {
  expect(head({})).not.toThrow();
  expect(head({ members: 16, hiddenLayers: 2, hiddenWidth: 128 })).not.toThrow();
  expect(head({ members: 1, hiddenLayers: 3, hiddenWidth: 512 })).not.toThrow();
});

it('refuses one that is too wide, with the size it would take', () => {
  // 16 · (769 · 512 + 2 · 513 · 512 + 513) parameters, 24 bytes each.
  expect(head({ members: 16, hiddenLayers: 3, hiddenWidth: 512 })).toThrow(
    /would take 337 MB.*256 MB.*Lower/,
  );
});
