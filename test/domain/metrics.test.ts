import { expect, it } from 'vitest';
import { metricNames, metricsTable } from '../../src/domain/metrics.ts';

it.each(metricNames)('%s: has a name and a meaning that can be read out', (name) => {
  const { label, meaning } = metricsTable[name];
  expect(label).toMatch(/\S/);
  expect(meaning).toMatch(/^\S.*\.$/);
});

it('no two metrics look the same on one chart', () => {
  for (const stage of ['reward', 'policy']) {
    const labels = metricNames
      .filter((name) => metricsTable[name].stage === stage)
      .map((name) => metricsTable[name].label);
    expect(new Set(labels).size).toBe(labels.length);
  }
});
