import type { Scene, Trajectory } from '../../../state/street';
import { frontOf, streetLayout } from './street-layout';

/** Further away than this nothing was meant, CSS pixels. */
const reach = 14;

/** The plan whose way or whose speeds pass nearest by a place in the picture; null if none does. */
export function nearestPath(
  driven: readonly Trajectory[],
  scene: Scene,
  width: number,
  height: number,
  left: number,
  top: number,
): number | null {
  const at = streetLayout(scene, width, height, true);
  let found: number | null = null;
  let least = reach;
  driven.forEach((one, k) => {
    for (let i = 0; i < one.length; i++) {
      const { x, y } = frontOf(one.x[i]!, one.y[i]!, one.heading[i]!);
      const down = at.toY(x) - top;
      const distance = Math.min(
        Math.hypot(at.toX(y) - left, down),
        Math.hypot(at.toSpeed(one.speed[i]!) - left, down),
      );
      if (distance < least) [least, found] = [distance, k];
    }
  });
  return found;
}
