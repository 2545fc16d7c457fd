import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src/domain/settings.ts';
import { contentOf, nothingOwn } from '../../../src/domain/content.ts';
import { scenarioOf, type GaussianPolicy } from '../../../src/scenarios/index.ts';
import { xOf, yOf } from '../../support/contents.ts';
import { correlation, mean, variance } from '../../support/statistics.ts';

const map = scenarioOf(defaultSettings);
const withSettings = (patch: Partial<Settings>): Settings => ({ ...defaultSettings, ...patch });

describe('the map', () => {
  it('draws its starting points from the starting policy', () => {
    const points = Array.from({ length: 10_000 }, (_, id) =>
      map.startContent(defaultSettings, id, nothingOwn),
    );
    const { mean: centre, logStd } = map.policy(defaultSettings, nothingOwn) as GaussianPolicy;
    for (const [k, values] of [points.map(xOf), points.map(yOf)].entries()) {
      const std = Math.exp(logStd[k]!);
      expect(std).toBeCloseTo(defaultSettings.spread, 6);
      expect(Math.abs(mean(values) - centre[k]!)).toBeLessThan((4 * std) / 100);
      expect(Math.sqrt(variance(values)) / std).toBeCloseTo(1, 1);
    }
    expect(Math.abs(correlation(points.map(xOf), points.map(yOf)))).toBeLessThan(0.04);
  });

  it('puts a candidate where only its number, the seed and the spread say', () => {
    const here = map.startContent(defaultSettings, 5, nothingOwn);
    expect(
      map.startContent(withSettings({ points: 1000, landscape: 'ring', features: 8 }), 5, nothingOwn),
    ).toEqual(here);
    expect(map.startContent(withSettings({ seed: 8 }), 5, nothingOwn)).not.toEqual(here);
    const wider = map.startContent(withSettings({ spread: 0.6 }), 5, nothingOwn);
    expect(xOf(wider) / xOf(here)).toBeCloseTo(2, 9);
  });

  it('shows the plane well past what the starting policy reaches', () => {
    for (const spread of [0.1, 0.3, 1.2])
      expect(map.plane!.extent(withSettings({ spread }))).toBeGreaterThanOrEqual(5 * spread);
  });

  it('adds noise to embeddings only when asked to', () => {
    expect(map.embeddingNoise!(defaultSettings, 3)).toBe(null);
    expect(map.embeddingNoise!(withSettings({ embeddingNoise: 0.5 }), 3)).toHaveLength(768);
  });

  it('has the gold and the embedding that the settings name', () => {
    const middle = contentOf(0, 0);
    const ring = map.gold(withSettings({ landscape: 'ring' }), nothingOwn);
    expect(ring(middle)).not.toBe(map.gold(defaultSettings, nothingOwn)(middle));
    expect(map.features(withSettings({ features: 8 }), nothingOwn).dimension).toBe(8);
  });
});
