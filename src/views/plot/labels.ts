/** Where a label goes: beside its mark, inside the picture, where it hides the least. */

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The eight sides of a mark in order of preference, as the direction from the mark to the label. */
const sides = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
] as const;

const holds = (rect: Rect, x: number, y: number): boolean =>
  x > rect.left && x < rect.left + rect.width && y > rect.top && y < rect.top + rect.height;

const overlap = (a: Rect, b: Rect): boolean =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

/**
 * @param size of the label
 * @param gap between the mark's centre and the label
 * @param view the picture's width and height
 * @param obstacles points (x, y, x, y, …) that would rather stay visible
 * @param taken where labels already are
 * @param before the side chosen last time; it is kept unless another one is much better, so that a label does not flicker
 */
export function placeLabel(
  mark: { x: number; y: number },
  size: { width: number; height: number },
  gap: number,
  view: { width: number; height: number },
  obstacles: readonly number[],
  taken: readonly Rect[],
  before?: number,
): { side: number; rect: Rect } {
  let best = { side: 0, rect: { left: 0, top: 0, ...size } as Rect };
  let least = Infinity;
  sides.forEach(([right, down], side) => {
    const reach = right && down ? gap * 0.8 : gap;
    const x = mark.x + right * reach + ((right - 1) / 2) * size.width;
    const y = mark.y + down * reach + ((down - 1) / 2) * size.height;
    const left = Math.max(2, Math.min(view.width - 2 - size.width, x));
    const top = Math.max(2, Math.min(view.height - 2 - size.height, y));
    const rect = { left, top, ...size };
    // Pushed back into the picture it may cover its own mark.
    let cost = 0.1 * side + (side === before ? -6 : 0) + (left !== x || top !== y ? 8 : 0);
    if (holds(rect, mark.x, mark.y)) cost += 50;
    for (const other of taken) if (overlap(rect, other)) cost += 1000;
    for (let i = 0; i < obstacles.length; i += 2)
      if (holds(rect, obstacles[i]!, obstacles[i + 1]!)) cost += 1;
    if (cost < least) {
      least = cost;
      best = { side, rect };
    }
  });
  return best;
}
