/** Draws points on two axes. */
import { CHART_FONT, drawDot, type Plot } from './curve-marks';
import { drawAxes, layAxes, type Axes } from './draw-axes';
import type { Surface } from './frame';
import { css, type Palette, type Token } from './palette';
import type { Scattered } from './scatter-data';

export interface ScatterPicture extends Scattered {
  readonly axes: Axes;
  readonly colour: Token;
  /** The point that is pointed at. */
  readonly at: number | null;
  /** Said in the middle of the picture when there is no point. */
  readonly empty: string;
  readonly palette: Palette;
}

/** Many points are small and see-through, so that where they crowd can be seen. */
const lookOf = (count: number) => ({
  radius: count > 2000 ? 1.4 : count > 400 ? 2 : 3,
  opacity: count > 2000 ? 0.35 : count > 400 ? 0.5 : 0.7,
});

/** @returns where values lie in the picture */
export function drawScatter({ context, width, height }: Surface, picture: ScatterPicture): Plot {
  const { x, y, axes, colour, at, palette } = picture;
  context.clearRect(0, 0, width, height);
  const plot = layAxes(axes, width, height);
  drawAxes(context, plot, axes, palette);
  if (x.length === 0) {
    context.font = CHART_FONT;
    context.textAlign = 'center';
    context.fillText(picture.empty, plot.left + plot.width / 2, plot.top + plot.height / 2);
    return plot;
  }
  const { radius, opacity } = lookOf(x.length);
  context.beginPath();
  for (let i = 0; i < x.length; i++) {
    const [left, top] = [plot.toLeft(x[i]!), plot.toTop(y[i]!)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) continue;
    context.moveTo(left + radius, top);
    context.arc(left, top, radius, 0, 2 * Math.PI);
  }
  context.fillStyle = css(palette[colour], opacity);
  context.fill();
  if (at !== null) drawDot(context, plot.toLeft(x[at]!), plot.toTop(y[at]!), 5, 'ink', palette);
  return plot;
}
