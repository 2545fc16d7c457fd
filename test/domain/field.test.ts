import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridPoints, sampleField, valueAt } from '../../src/domain/field.ts';

describe('gridPoints', () => {
  it('goes row by row from the lower left corner to the upper right one', () => {
    const points = gridPoints(3, 2);
    expect(Array.from(points)).toEqual([-2, -2, 0, -2, 2, -2, -2, 0, 0, 0, 2, 0, -2, 2, 0, 2, 2, 2]);
  });
});

describe('a field', () => {
  const plane = (x: number, y: number) => 1 + 2 * x - 3 * y;
  const field = sampleField(plane, 21, 4);

  it('holds the function at its grid points', () => {
    const points = gridPoints(21, 4);
    expect(field).toMatchObject({ size: 21, extent: 4 });
    expect(field.values).toHaveLength(21 * 21);
    field.values.forEach((value, i) =>
      expect(value).toBeCloseTo(plane(points[2 * i]!, points[2 * i + 1]!), 4),
    );
  });

  it('gives a plane back everywhere inside', () => {
    const inside = fc.double({ min: -4, max: 4, noNaN: true });
    const holds = fc.property(inside, inside, (x, y) => {
      expect(valueAt(field, x, y)).toBeCloseTo(plane(x, y), 4);
    });
    fc.assert(holds);
  });

  it('interpolates between the corners of a cell', () => {
    const cell = sampleField((x, y) => (x > 0 && y > 0 ? 1 : 0), 2, 1);
    expect(valueAt(cell, 1, 1)).toBe(1);
    expect(valueAt(cell, 0, 0)).toBeCloseTo(0.25, 6);
    expect(valueAt(cell, 1, 0)).toBeCloseTo(0.5, 6);
    expect(valueAt(cell, -1, 1)).toBe(0);
  });

  it('continues its edge outside', () => {
    expect(valueAt(field, 100, 0)).toBeCloseTo(plane(4, 0), 4);
    expect(valueAt(field, -100, -100)).toBeCloseTo(plane(-4, -4), 4);
  });
});
