import { describe, expect, it } from 'vitest';
import { placeDetections, type Seen } from '../../../src/scenarios/driving/camera.ts';
import { formatScene, mostThings, parseScene } from '../../../src/scenarios/driving/scene.ts';

// 90° across 1000 pixels: the focal length is 500 pixels.
const image = { width: 1000, height: 800 };
const camera = { height: 1.5, horizon: 0.5, fieldOfView: 90 };
const seen = (name: string, box: [number, number, number, number], confidence = 0.9): Seen => ({
  name,
  confidence,
  left: box[0] / image.width,
  top: box[1] / image.height,
  right: box[2] / image.width,
  bottom: box[3] / image.height,
});
const place = (...all: Seen[]) => placeDetections(all, image, camera);

describe('detections on flat ground', () => {
  it('stand where the line through their foot meets the road', () => {
    // 50 pixels below the horizon: 1.5 · 500 / 50 = 15 m ahead; 100 pixels to the right: 3 m to the right.
    const [one] = place(seen('person', [580, 300, 620, 450], 0.42)).scene.things;
    expect(one!.x).toBeCloseTo(1.7 + 15 + 0.3, 9);
    expect(one!.y).toBeCloseTo(-3, 9);
    expect(one).toMatchObject({ kind: 'pedestrian', confidence: 0.42, vx: 0, vy: 0 });
  });

  it('hang as far away as their size says', () => {
    // 25 pixels high and 0.75 m: 500 · 0.75 / 25 = 15 m.
    const [sign] = place(seen('stop sign', [600, 300, 625, 325])).scene.things;
    expect(sign!.kind).toBe('stop');
    expect(sign!.x).toBeCloseTo(16.7, 9);
    expect(place(seen('traffic light', [600, 100, 610, 130])).scene.things[0]!.kind).toBe('light');
  });

  it('become what the scene knows, large ones large', () => {
    const box: [number, number, number, number] = [480, 380, 520, 460];
    const kinds = ['car', 'truck', 'bus', 'bicycle', 'motorcycle'].map((name) => {
      const [one] = place(seen(name, box)).scene.things;
      return [one!.kind, one!.length];
    });
    expect(kinds).toEqual([
      ['car', 4.4],
      ['car', 8],
      ['car', 11],
      ['bicycle', 1.8],
      ['bicycle', 2.1],
    ]);
  });

  it('that are nothing of the road, above the horizon or too far away are counted and left out', () => {
    const { scene, ignored } = place(
      seen('dog', [1, 1, 9, 700]),
      seen('dog', [1, 1, 9, 600]),
      seen('toString', [1, 1, 9, 600]),
      seen('person', [500, 100, 520, 380]),
      seen('car', [500, 395, 510, 402]),
    );
    expect(scene.things).toEqual([]);
    expect(ignored).toEqual([
      { name: 'dog', why: 'other class', count: 2 },
      { name: 'toString', why: 'other class', count: 1 },
      { name: 'person', why: 'above the horizon', count: 1 },
      { name: 'car', why: 'too far away', count: 1 },
    ]);
  });

  it('a crowd keeps the nearest, and the scene can be written down and read again', () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      seen('person', [400, 300, 410, 420 + (i % 300)], (i % 100) / 100),
    );
    const { scene, ignored } = place(...many);
    expect(scene.things).toHaveLength(mostThings);
    expect(ignored).toEqual([{ name: 'person', why: 'too many', count: 10_000 - mostThings }]);
    expect(scene.things[0]!.x).toBeLessThan(5);
    expect(parseScene(formatScene(scene)).things).toHaveLength(mostThings);
  });
});
