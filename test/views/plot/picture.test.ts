import { describe, expect, it } from 'vitest';
import { sampleField } from '../../../src/domain/field';
import { contourLevels, contourLines, ringsAt } from '../../../src/views/plot/contours';
import { layLabels } from '../../../src/views/plot/curve-marks';
import { toPixels, toPlane } from '../../../src/views/plot/draw-plane';
import { placeLabel } from '../../../src/views/plot/labels';
import { diverging, paintValues, parseColour, type Palette } from '../../../src/views/plot/palette';
import { linearTicks, logTicks, niceStep, tickTexts } from '../../../src/views/plot/ticks';

const palette = {
  'field-low': [0, 0, 200],
  'field-mid': [255, 255, 255],
  'field-high': [200, 100, 0],
} as unknown as Palette;

describe('colours', () => {
  it('are read as browsers write them', () => {
    expect(parseColour('rgb(43, 108, 176)')).toEqual([43, 108, 176]);
    expect(parseColour('color(srgb 0.5 0 1)')).toEqual([128, 0, 255]);
  });

  it('diverge from the middle and stop at the ends', () => {
    expect(diverging(-1, palette)).toEqual([0, 0, 200]);
    expect(diverging(0, palette)).toEqual([255, 255, 255]);
    expect(diverging(7, palette)).toEqual([200, 100, 0]);
    expect(diverging(NaN, palette)).toEqual([255, 255, 255]);
  });

  it('paint the first row lowest when flipped', () => {
    const image = { data: new Uint8ClampedArray(16), width: 2, height: 2 };
    paintValues(image, [-1, -1, 1, 1], 1, palette, true);
    expect([...image.data.slice(0, 4)]).toEqual([200, 100, 0, 255]);
    expect([...image.data.slice(8, 12)]).toEqual([0, 0, 200, 255]);
    paintValues(image, [NaN, 1], 0, palette);
    expect([...image.data.slice(0, 3)]).toEqual([255, 255, 255]);
  });
});

describe('the plane', () => {
  it('goes to pixels and back, y up', () => {
    const view = { extent: 4, size: 300 };
    expect(toPixels(view, -4, 4)).toEqual([0, 0]);
    const [left, top] = toPixels(view, 1, -2);
    expect(toPlane(view, left, top)).toEqual({ x: 1, y: -2 });
  });

  it('has contour lines where the field has that value', () => {
    const field = { ...sampleField((x) => x, 33, 4), limit: 4 };
    const lines = contourLines(field);
    expect(lines.map(({ level }) => level)).toContain(0);
    for (const { level, rings } of lines)
      for (const [x, y] of rings.flat()) {
        const inside = x > 0.02 && x < 0.98 && y > 0.02 && y < 0.98;
        if (inside) expect(-4 + 8 * x).toBeCloseTo(level, 5);
      }
  });

  it('has the outline of a region where the field crosses its level', () => {
    const field = sampleField((x, y) => 1 - Math.hypot(x - 1, y), 65, 4);
    const rings = ringsAt(field, 0);
    expect(rings).toHaveLength(1);
    for (const [x, y] of rings[0]!) {
      const from = Math.hypot(-4 + 8 * x - 1, 4 - 8 * y);
      expect(Math.abs(from - 1)).toBeLessThan(0.02);
    }
    expect(ringsAt(field, 5)).toEqual([]);
  });

  it('has no contour lines on a flat or broken field', () => {
    expect(contourLevels([2, 2, 2, 2], 1)).toEqual([]);
    expect(contourLevels([NaN, NaN], 1)).toEqual([]);
    expect(contourLevels([0, 1], 0)).toEqual([]);
  });
});

describe('labels', () => {
  const view = { width: 300, height: 300 };
  const size = { width: 80, height: 16 };

  it('stay inside the picture', () => {
    for (const [x, y] of [
      [0, 0],
      [299, 0],
      [0, 299],
      [299, 299],
      [150, 150],
    ] as const) {
      const { rect } = placeLabel({ x, y }, size, 9, view, [], []);
      expect(rect.left).toBeGreaterThanOrEqual(0);
      expect(rect.top).toBeGreaterThanOrEqual(0);
      expect(rect.left + rect.width).toBeLessThanOrEqual(300);
      expect(rect.top + rect.height).toBeLessThanOrEqual(300);
    }
  });

  it('avoid points and other labels, and stay where they were', () => {
    const mark = { x: 150, y: 150 };
    const crowd = Array.from({ length: 20 }, (_, i) => [165 + i, 150]).flat();
    expect(placeLabel(mark, size, 9, view, crowd, []).side).toBe(1);
    expect(placeLabel(mark, size, 9, view, [], [{ left: 155, top: 140, width: 90, height: 20 }]).side).toBe(
      1,
    );
    expect(placeLabel(mark, size, 9, view, [], [], 3).side).toBe(3);
  });

  it('over a chart take another row where they would touch', () => {
    expect(layLabels([50, 60, 290], [40, 40, 40], 300)).toEqual([
      { row: 0, left: 30 },
      { row: 1, left: 40 },
      { row: 0, left: 260 },
    ]);
  });
});

describe('ticks', () => {
  it('are round numbers', () => {
    expect(niceStep(0.13)).toBe(0.2);
    expect(linearTicks(0, 1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linearTicks(-0.3, 0.3, 3)).toEqual([-0.2, 0, 0.2]);
    expect(linearTicks(0.9, 1.9, 1).length).toBeGreaterThan(1);
    expect(logTicks(0.05, 20, 4)).toEqual([0.1, 1, 10]);
    expect(logTicks(0.1, 0.7, 4)).toEqual([0.1, 0.2, 0.5]);
  });

  it('are written with the decimals they need', () => {
    expect(tickTexts([0, 0.25, 0.5])).toEqual(['0', '0.25', '0.5']);
    expect(tickTexts([-2, 0, 2])).toEqual(['−2', '0', '2']);
    expect(tickTexts([100.2, 100.4])).toEqual(['100.2', '100.4']);
    expect(tickTexts([0, 1000, 2000])).toEqual(['0', '1,000', '2,000']);
    expect(tickTexts([0.001, 1, 1000])).toEqual(['0.001', '1', '1,000']);
  });
});
