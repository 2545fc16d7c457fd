import { describe, expect, it } from 'vitest';
import { looksLikeDetections, parseDetections } from '../../src/io/detections.ts';

// As `results[0].to_json()` writes it.
const yolo = JSON.stringify(
  [
    {
      name: 'person',
      class: 0,
      confidence: 0.91234,
      box: { x1: 100.5, y1: 200, x2: 160.5, y2: 400 },
    },
    {
      name: 'stop sign',
      class: 11,
      confidence: 0.31,
      box: { x1: 600, y1: 100, x2: 640, y2: 140 },
      track_id: 4,
    },
  ],
  null,
  2,
);
const one = (patch: object) =>
  JSON.stringify([{ name: 'car', class: 2, confidence: 0.5, box: { x1: 1, y1: 2, x2: 3, y2: 4 }, ...patch }]);

describe('files of detections', () => {
  it('as results[0].to_json() writes them: the size is the smallest usual one that holds all boxes', () => {
    const { width, height, assumed, all } = parseDetections(yolo);
    expect([width, height, assumed]).toEqual([640, 480, true]);
    expect(all[0]).toEqual({
      name: 'person',
      confidence: 0.91234,
      left: 100.5 / 640,
      right: 160.5 / 640,
      top: 200 / 480,
      bottom: 400 / 480,
    });
    expect(all).toHaveLength(2);
    expect(parseDetections(one({ box: { x1: 0, y1: 0, x2: 900, y2: 1050 } })).width).toBe(1920);
  });

  it('with the size of the image beside them, however it is written', () => {
    const results = JSON.parse(yolo) as unknown;
    for (const body of [
      { width: 1000, height: 800, results },
      { image: { width: 1000, height: 800 }, detections: results },
      { orig_shape: [800, 1000], predictions: results },
      { images: [{ shape: [800, 1000], results, speed: {} }], metadata: {} },
    ]) {
      const { width, height, assumed, all } = parseDetections(JSON.stringify(body));
      expect([width, height, assumed]).toEqual([1000, 800, false]);
      expect(all[1]!.left).toBeCloseTo(0.6, 12);
    }
  });

  it('with normalize=True, and with oriented boxes', () => {
    const shares = parseDetections(one({ box: { x1: 0.1, y1: 0.2, x2: 0.3, y2: 0.4 } }));
    expect(shares.all[0]).toMatchObject({ left: 0.1, top: 0.2, right: 0.3, bottom: 0.4 });
    const turned = { x1: 64, y1: 96, x2: 128, y2: 48, x3: 192, y3: 96, x4: 128, y4: 144 };
    expect(parseDetections(one({ box: turned })).all[0]).toMatchObject({
      left: 0.1,
      right: 0.3,
      top: 0.1,
      bottom: 0.3,
    });
  });

  it('of a picture with nothing in it', () => {
    expect(parseDetections('[]').all).toEqual([]);
    expect(parseDetections('{"images":[{"shape":[480,640],"results":[]}]}').all).toEqual([]);
  });

  it.each([
    ['[{"name": "car"', 'cut short'],
    ['7', 'neither a list'],
    ['{"rows": []}', 'no list of detections'],
    ['{"images": []}', 'images[0].results'],
    ['[3]', '[0] is 3'],
    [one({ name: 5 }), '[0].name is 5'],
    [one({ confidence: 'high' }), '[0].confidence is "high"'],
    [one({ confidence: 1.2 }), '[0].confidence is 1.2'],
    [one({ box: undefined }), '[0].box is missing'],
    [one({ box: { x1: 1, y1: 2, x2: 3 } }), '[0].box.y2 is missing'],
    [one({ box: { x1: 1, y1: null, x2: 3, y2: 4 } }), '[0].box.y1 is null'],
    [
      '{"images":[{"shape":["a",640],"results":[]}]}',
      'images[0].shape[0] is "a", but the side of an image is a number of pixels',
    ],
    [
      '{"width": 2, "height": 2, "results": [{"name":"x","confidence":0.5,"box":{"x1":0,"y1":0,"x2":9,"y2":1}}]}',
      'reaches to 9, 1',
    ],
  ])('that are malformed are refused by the field: %s', (text, message) => {
    expect(() => parseDetections(text)).toThrow(message);
  });

  it('with ten thousand boxes, of which the last is wrong', () => {
    const boxes = Array.from({ length: 10_000 }, (_, i) => ({
      name: 'car',
      class: 2,
      confidence: 0.5,
      box: { x1: i % 600, y1: 2, x2: (i % 600) + 20, y2: 40 },
    }));
    expect(parseDetections(JSON.stringify(boxes)).all).toHaveLength(10_000);
    const broken = [...boxes.slice(0, -1), { ...boxes[0], confidence: null }];
    expect(() => parseDetections(JSON.stringify(broken))).toThrow('[9999].confidence is null');
  });

  it('are told from other JSON by their first lines', () => {
    expect(looksLikeDetections(yolo)).toBe(true);
    expect(looksLikeDetections('[]')).toBe(true);
    expect(looksLikeDetections('{"images":[{"results":[]}]}')).toBe(true);
    expect(looksLikeDetections('{"format":"reward-model-playground/session","version":3}')).toBe(false);
  });
});
