import { describe, expect, it } from 'vitest';
import { nothingOwn } from '../../../src/domain/content.ts';
import {
  describeScene,
  formatScene,
  mostThings,
  parseScene,
  thing,
} from '../../../src/scenarios/driving/scene.ts';
import { generatedScenes, sceneOf, scenesOf } from '../../../src/scenarios/driving/scenes.ts';

describe('a written scene', () => {
  it('is read as it was written, to centimetres', () => {
    const scene = {
      goal: 45.5,
      speed: 8,
      limit: 8.33,
      things: [
        thing('pedestrian', 20.123, -4, { vy: 1.25 }),
        thing('car', 30, -2, { length: 8, confidence: 0.31 }),
        thing('speed', 10, 0, { limit: 5.56 }),
      ],
    };
    const text = formatScene(scene);
    expect(text).toContain('{"kind":"pedestrian","x":20.12,"y":-4,"vy":1.25}');
    expect(parseScene(text)).toEqual({
      ...scene,
      things: [{ ...scene.things[0], x: 20.12 }, ...scene.things.slice(1)],
    });
    expect(formatScene(parseScene(text))).toBe(text);
  });

  it.each([
    ['{', 'it was cut short'],
    ['[]', 'JSON object'],
    ['{"goal":40,"speed":8,"limit":8}', '"things"'],
    ['{"goal":"far","speed":8,"limit":8,"things":[]}', 'goal is "far"'],
    ['{"goal":40,"speed":-1,"limit":8,"things":[]}', 'speed is -1. It takes a number from 0 to 15'],
    ['{"goal":40,"speed":8,"limit":8,"things":[{"kind":"elk","x":1}]}', 'things[0].kind is "elk"'],
    ['{"goal":40,"speed":8,"limit":8,"things":[{"kind":"car"}]}', 'things[0].x is missing'],
    ['{"goal":40,"speed":8,"limit":8,"things":[{"kind":"speed","x":3}]}', 'things[0].limit is missing'],
    ['{"goal":40,"speed":8,"limit":8,"things":[7]}', 'things[0] is no object'],
  ])('a wrong one is refused by the field: %s', (text, message) => {
    expect(() => parseScene(text)).toThrow(message);
  });

  it('holds no crowd', () => {
    const things = Array.from({ length: mostThings + 1 }, () => thing('car', 5));
    expect(() => parseScene(formatScene({ goal: 40, speed: 8, limit: 8, things }))).toThrow('at most 60');
  });

  it('is told in words', () => {
    const things = [thing('pedestrian', 30, -4, { vy: 1 }), thing('speed', 8, 0, { limit: 20 / 3.6 })];
    const words = describeScene({ goal: 45, speed: 8, limit: 30 / 3.6, things });
    expect(words).toBe(
      'Drive 45 m along a street with a limit of 30 km/h: a pedestrian on the right, crossing from the right, 30 m ahead; a sign for 20 km/h 8 m ahead.',
    );
  });
});

describe('the generated scenes', () => {
  it('are at least twelve, the same again for a seed, others for another, and all of them can be read', () => {
    const scenes = generatedScenes(7);
    expect(scenes.length).toBeGreaterThanOrEqual(12);
    expect(new Set(scenes).size).toBe(scenes.length);
    expect(generatedScenes(7)).toEqual(scenes);
    expect(generatedScenes(8)).not.toEqual(scenes);
    for (let seed = 0; seed < 30; seed++)
      for (const text of generatedScenes(seed)) expect(formatScene(parseScene(text))).toBe(text);
  });

  it('have everything between them that one should be able to deal with', () => {
    const kinds = new Set(generatedScenes(3).flatMap((text) => sceneOf(text).things.map(({ kind }) => kind)));
    for (const kind of ['pedestrian', 'bicycle', 'car', 'stop', 'speed', 'crossing'] as const)
      expect(kinds).toContain(kind);
  });

  it('give way to those that somebody edited or brought; unreadable ones are left out', () => {
    const own = formatScene({ goal: 30, speed: 5, limit: 8, things: [] });
    const generated = generatedScenes(7);
    const scenes = scenesOf(7, { prompts: { 2: own, 5: 'broken', [generated.length + 1]: own } });
    expect(scenes).toHaveLength(generated.length + 2);
    expect(scenes[2]).toBe(own);
    expect(scenes[5]).toBe(generated[5]);
    expect(sceneOf(scenes[generated.length]!).things).toEqual([]);
    expect(scenes.at(-1)).toBe(own);
    expect(scenesOf(7, nothingOwn)).toEqual(generated);
    expect(scenesOf(7, { prompts: { 1e9: own } })).toHaveLength(generated.length);
  });
});
