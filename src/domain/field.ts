/** A scalar sampled on a square grid over the plane. */
export interface Field {
  /** size × size values, row-major; row 0 lies at y = −extent, column 0 at x = −extent. */
  readonly values: Float32Array;
  readonly size: number;
  /** Half the width of the square. */
  readonly extent: number;
}

/** The grid's points as interleaved x, y: size² rows of 2, in the order of `Field.values`. */
export function gridPoints(size: number, extent: number): Float32Array {
  const points = new Float32Array(2 * size * size);
  for (let row = 0, k = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      points[k++] = -extent + (2 * extent * column) / (size - 1);
      points[k++] = -extent + (2 * extent * row) / (size - 1);
    }
  return points;
}

/** Samples a function of the plane on a grid. */
export function sampleField(f: (x: number, y: number) => number, size: number, extent: number): Field {
  const points = gridPoints(size, extent);
  const values = new Float32Array(size * size);
  for (let i = 0; i < values.length; i++) values[i] = f(points[2 * i]!, points[2 * i + 1]!);
  return { values, size, extent };
}

/** Bilinear interpolation; points outside the square take the value at its edge. */
export function valueAt({ values, size, extent }: Field, x: number, y: number): number {
  const clamp = (t: number) => Math.min(size - 1, Math.max(0, ((t + extent) / (2 * extent)) * (size - 1)));
  const column = clamp(x);
  const row = clamp(y);
  const c0 = Math.min(size - 2, Math.floor(column));
  const r0 = Math.min(size - 2, Math.floor(row));
  const [u, v] = [column - c0, row - r0];
  const at = (r: number, c: number) => values[r * size + c]!;
  return (
    (1 - v) * ((1 - u) * at(r0, c0) + u * at(r0, c0 + 1)) +
    v * ((1 - u) * at(r0 + 1, c0) + u * at(r0 + 1, c0 + 1))
  );
}
