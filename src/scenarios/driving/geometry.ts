/** A rectangle anywhere: its middle, half its length and width, and where its length points. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly cos: number;
  readonly sin: number;
}

/** Squared distance from a point to a box; 0 inside. */
function squaredDistance(px: number, py: number, { x, y, halfLength, halfWidth, cos, sin }: Box): number {
  const dx = px - x;
  const dy = py - y;
  const along = Math.max(0, Math.abs(dx * cos + dy * sin) - halfLength);
  const across = Math.max(0, Math.abs(dy * cos - dx * sin) - halfWidth);
  return along * along + across * across;
}

/** From a disc's edge to a box; 0 where they touch. */
export const discToBox = (px: number, py: number, radius: number, box: Box): number =>
  Math.max(0, Math.sqrt(squaredDistance(px, py, box)) - radius);

/** The gap between two boxes; 0 where they touch. Two convex shapes apart are nearest at a corner of one of them. */
export function boxToBox(a: Box, b: Box): number {
  if (overlap(a, b) && overlap(b, a)) return 0;
  return Math.sqrt(Math.min(cornersTo(a, b), cornersTo(b, a)));
}

/** Whether the shadows of two boxes on both axes of the first one overlap. */
function overlap(a: Box, b: Box): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const cos = Math.abs(a.cos * b.cos + a.sin * b.sin);
  const sin = Math.abs(a.cos * b.sin - a.sin * b.cos);
  const along = a.halfLength + b.halfLength * cos + b.halfWidth * sin;
  const across = a.halfWidth + b.halfLength * sin + b.halfWidth * cos;
  return Math.abs(dx * a.cos + dy * a.sin) <= along && Math.abs(dy * a.cos - dx * a.sin) <= across;
}

function cornersTo(a: Box, b: Box): number {
  let least = Infinity;
  for (let corner = 0; corner < 4; corner++) {
    const along = corner & 1 ? a.halfLength : -a.halfLength;
    const across = corner & 2 ? a.halfWidth : -a.halfWidth;
    const x = a.x + along * a.cos - across * a.sin;
    const y = a.y + along * a.sin + across * a.cos;
    least = Math.min(least, squaredDistance(x, y, b));
  }
  return least;
}
