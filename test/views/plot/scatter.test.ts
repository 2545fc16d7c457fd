import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layAxes } from '../../../src/views/plot/draw-axes';
import { nearestPoint, orderByX, roomyRange, scatterTable } from '../../../src/views/plot/scatter-data';

const points = { x: [3, 1, NaN, 2], y: [0, 5, 1, -4] };
const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });

describe('a scatter chart', () => {
  it('goes through its points from left to right, without those that are nowhere', () => {
    expect(orderByX(points)).toEqual([1, 3, 0]);
    expect(orderByX({ x: [1], y: [Infinity] })).toEqual([]);
  });

  it('has room around its points', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const [low, high] = roomyRange(values);
        expect(low).toBeLessThan(Math.min(...values));
        expect(high).toBeGreaterThan(Math.max(...values));
      }),
    );
    expect(roomyRange([])).toEqual([0, 1]);
    // Too near to each other, or too small, for a twentieth of their distance to count.
    for (const values of [[1000, 1000 - 2e-13], [0, 5e-324], [5e-324]]) {
      const [low, high] = roomyRange(values);
      expect(low).toBeLessThan(Math.min(...values));
      expect(high).toBeGreaterThan(Math.max(...values));
    }
  });

  it('means the point that is nearest in the picture', () => {
    const axes = { x: [0, 4] as const, y: [-5, 6] as const, xLabel: 'x', yLabel: 'y' };
    const plot = layAxes(axes, 400, 300);
    const order = orderByX(points);
    order.forEach((i, place) =>
      expect(
        nearestPoint(points, order, plot, plot.toLeft(points.x[i]!) + 3, plot.toTop(points.y[i]!) - 3),
      ).toBe(place),
    );
    expect(nearestPoint(points, [], plot, 0, 0)).toBeNull();
  });

  it('lies inside its axes', () => {
    const axes = { x: [-1, 1] as const, y: [0, 1000] as const, xLabel: 'x', yLabel: 'y' };
    const plot = layAxes(axes, 360, 200);
    expect([plot.toLeft(-1), plot.toTop(1000)]).toEqual([plot.left, plot.top]);
    expect(plot.toLeft(1)).toBeLessThan(360);
    expect(plot.toTop(0)).toBeLessThan(200);
  });

  it('says a few of its points in a table', () => {
    const order = orderByX(points);
    expect(scatterTable(points, order, { x: 'gold', y: 'learned', of: (i) => `#${i}` })).toEqual({
      head: ['point', 'gold', 'learned'],
      rows: [
        ['#1', '1', '5'],
        ['#3', '2', '−4'],
        ['#0', '3', '0'],
      ],
    });
    const many = { x: Array.from({ length: 500 }, (_, i) => i), y: new Float32Array(500) };
    const { rows } = scatterTable(many, orderByX(many), { x: 'x', y: 'y' });
    expect([rows.length, rows[0]![0], rows.at(-1)![0]]).toEqual([8, '0', '499']);
  });
});
