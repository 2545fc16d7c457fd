import { describe, expect, it } from 'vitest';
import { nothingOwn, type Content } from '../../../src/domain/content.ts';
import { defaultsOf, type Settings } from '../../../src/domain/settings.ts';
import { driving } from '../../../src/scenarios/driving/index.ts';
import { formatScene, thing } from '../../../src/scenarios/driving/scene.ts';
import { valuesOf } from '../../../src/scenarios/driving/trajectory.ts';

const settings: Settings = defaultsOf('driving');
const embed = (content: Content, own = nothingOwn) => {
  const features = driving.features(settings, own);
  const out = new Float32Array(features.dimension);
  features.embed(content, out, 0);
  return out;
};
const moments = (values: readonly number[]) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
};
const reference = driving.referenceContents(settings, nothingOwn);

describe('the embedding of plans', () => {
  const { names = [], dimension } = driving.features(settings, nothingOwn);

  it('has at least 16 named features', () => {
    expect(dimension).toBeGreaterThanOrEqual(16);
    expect(new Set(names).size).toBe(dimension);
  });

  it('is the same again, whatever was asked before', () => {
    const content = driving.startContent(settings, 5, nothingOwn);
    const first = embed(content);
    for (let id = 0; id < 40; id++) embed(driving.startContent(settings, id, nothingOwn));
    expect(embed({ ...content, values: [...content.values] })).toEqual(first);
  });

  it('is standardised under the starting policy, where anything varies there', () => {
    const rows = reference.map((content) => embed(content));
    names.forEach((name, i) => {
      const { mean, variance } = moments(rows.map((row) => row[i]!));
      expect(Math.abs(mean), name).toBeLessThan(1e-4);
      expect(variance, name).toBeLessThan(1.001);
    });
    for (const name of ['speed near people', 'top speed', 'mean jerk', 'gap to people', 'off the middle'])
      expect(moments(rows.map((row) => row[names.indexOf(name)]!)).variance, name).toBeCloseTo(1, 3);
  });

  it('of a scene that is edited changes; what the numbers mean does not', () => {
    const empty = { prompts: { 1: formatScene({ goal: 45, speed: 9, limit: 8, things: [] }) } };
    const content = { prompt: 1, values: [0, 0, 0, 0, 0, 0, 0, 0] };
    expect(embed(content, empty)).not.toEqual(embed(content));
    expect(embed({ ...content, prompt: 2 }, empty)).toEqual(embed({ ...content, prompt: 2 }));
    expect(driving.embeddingKey(settings, empty)).toBe(driving.embeddingKey(settings, nothingOwn));
  });
});

describe('the gold', () => {
  const gold = driving.gold(settings, nothingOwn);

  it('has mean 0 and variance 1 under the starting policy, and so do the criteria', () => {
    for (const of of [gold, ...driving.criteria.map((one) => one.gold(settings, nothingOwn))]) {
      const { mean, variance } = moments(reference.map(of));
      expect(mean).toBeCloseTo(0, 6);
      expect(variance).toBeCloseTo(1, 6);
    }
  });

  it('puts collisions far below everything else that the starting policy does', () => {
    const touches = driving.hacks!.find(({ id }) => id === 'collisions')!.of(settings, nothingOwn);
    const worst = (hits: number) =>
      reference.filter((content) => touches(content) === hits).map((content) => gold(content));
    const [safe, hit] = [worst(0), worst(1)];
    expect(hit.length / reference.length).toBeGreaterThan(0.04);
    expect(hit.length / reference.length).toBeLessThan(0.4);
    expect(Math.max(...hit)).toBeLessThan(Math.min(...safe));
    expect(moments(safe).mean - moments(hit).mean).toBeGreaterThan(1.5);
  });

  it('likes a gentle drive to the goal best, then one that is too fast, then standing still, then a hit', () => {
    const own = {
      prompts: {
        0: formatScene({ goal: 45, speed: 8, limit: 30 / 3.6, things: [] }),
        1: formatScene({ goal: 45, speed: 8, limit: 30 / 3.6, things: [thing('pedestrian', 25, 0)] }),
      },
    };
    const worth = driving.gold(settings, own);
    const at = (prompt: number, speed: number) =>
      worth({ prompt, values: valuesOf({ offsets: [0, 0, 0, 0], speeds: [speed, speed, speed, speed] }) });
    expect(at(0, 7)).toBeGreaterThan(at(0, 12));
    expect(at(0, 12)).toBeGreaterThan(at(0, 0));
    expect(at(0, 0)).toBeGreaterThan(at(1, 8));
  });

  it('follows its weights', () => {
    const content = driving.startContent(settings, 3, nothingOwn);
    const other = driving.gold({ ...settings, comfortWeight: 10 }, nothingOwn);
    expect(other(content)).not.toBe(gold(content));
    const none = {
      ...settings,
      ...{ collisionWeight: 0, distanceWeight: 0, rulesWeight: 0 },
      ...{ comfortWeight: 0, laneWeight: 0, progressWeight: 0 },
    };
    expect(driving.gold(none, nothingOwn)(content)).toBe(0);
  });
});

describe('the scenario', () => {
  it('starts with plans for all scenes in turn, and a policy that sees each of them', () => {
    const prompts = driving.prompts(settings, nothingOwn);
    const first = Array.from({ length: prompts.length }, (_, id) =>
      driving.startContent(settings, id, nothingOwn),
    );
    expect(first.map(({ prompt }) => prompt)).toEqual(prompts.map((_, i) => i));
    const policy = driving.policy(settings, nothingOwn);
    if (policy.family !== 'gaussian') throw new Error('A Gaussian was expected.');
    const { states, dimension } = policy.sees!;
    expect(states).toHaveLength(prompts.length * dimension);
    expect(states.every((value) => Number.isFinite(value) && Math.abs(value) <= 5)).toBe(true);
  });

  it('tells a plan in words', () => {
    const slow = valuesOf({ offsets: [0, 0, 0, 0], speeds: [2, 2, 2, 2] });
    expect(driving.textOf({ prompt: 0, values: slow }, settings, nothingOwn)).toMatch(
      /^Gets \d+ % of the way in 8\.0 s, at \d\.\d m\/s on average/,
    );
  });
});
