import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src/domain/settings.ts';
import { scenarioOf } from '../../../src/scenarios/index.ts';
import { correlation, mean, variance } from '../../support/statistics.ts';

const map = scenarioOf(defaultSettings);
const withSettings = (patch: Partial<Settings>): Settings => ({ ...defaultSettings, ...patch });

describe('the map', () => {
  it('draws its starting points from the starting policy', () => {
    const points = Array.from({ length: 10_000 }, (_, id) => map.startPoint(defaultSettings, id));
    const { mean: centre, logStd } = map.referencePolicy(defaultSettings);
    for (const [k, values] of [points.map(({ x }) => x), points.map(({ y }) => y)].entries()) {
      const std = Math.exp(logStd[k]!);
      expect(std).toBeCloseTo(defaultSettings.spread, 6);
      expect(Math.abs(mean(values) - centre[k]!)).toBeLessThan((4 * std) / 100);
      expect(Math.sqrt(variance(values)) / std).toBeCloseTo(1, 1);
    }
    expect(
      Math.abs(
        correlation(
          points.map(({ x }) => x),
          points.map(({ y }) => y),
        ),
      ),
    ).toBeLessThan(0.04);
  });

  it('puts a candidate where only its number, the seed and the spread say', () => {
    const here = map.startPoint(defaultSettings, 5);
    expect(map.startPoint(withSettings({ points: 1000, landscape: 'ring', features: 8 }), 5)).toEqual(here);
    expect(map.startPoint(withSettings({ seed: 8 }), 5)).not.toEqual(here);
    const wider = map.startPoint(withSettings({ spread: 0.6 }), 5);
    expect(wider.x / here.x).toBeCloseTo(2, 9);
  });

  it('shows the plane well past what the starting policy reaches', () => {
    for (const spread of [0.1, 0.3, 1.2])
      expect(map.extent(withSettings({ spread }))).toBeGreaterThanOrEqual(5 * spread);
  });

  it('adds noise to embeddings only when asked to', () => {
    expect(map.embeddingNoise(defaultSettings, 3)).toBe(null);
    expect(map.embeddingNoise(withSettings({ embeddingNoise: 0.5 }), 3)).toHaveLength(768);
  });

  it('has the gold and the embedding that the settings name', () => {
    expect(map.gold(withSettings({ landscape: 'ring' }))(0, 0)).not.toBe(map.gold(defaultSettings)(0, 0));
    expect(map.embedding(withSettings({ features: 8 })).dimension).toBe(8);
  });
});
