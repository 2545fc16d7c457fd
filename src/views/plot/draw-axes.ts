/** Two axes with ticks and names, for pictures drawn on a canvas. */
import type { Range } from './curve-data';
import { CHART_FONT, type Plot } from './curve-marks';
import { css, type Palette } from './palette';
import { linearTicks, tickTexts } from './ticks';

export interface Axes {
  readonly x: Range;
  readonly y: Range;
  readonly xLabel: string;
  readonly yLabel: string;
}

const BOTTOM = 18;
/** Room for the name of the y axis, which lies over it. */
const TOP = 17;
const RIGHT = 8;
const CHARACTER = 6.3;

const ticksOfX = ({ x }: Axes, width: number) => linearTicks(x[0], x[1], Math.max(3, Math.floor(width / 70)));
const ticksOfY = ({ y }: Axes, height: number) =>
  linearTicks(y[0], y[1], Math.max(2, Math.min(6, Math.floor(height / 32))));

/** The plot inside the axes of a picture of this size. */
export function layAxes(axes: Axes, width: number, height: number): Plot {
  const texts = tickTexts(ticksOfY(axes, height));
  const left = Math.max(18, ...texts.map((text) => Math.ceil(text.length * CHARACTER) + 6));
  const inner = { left, top: TOP, width: width - left - RIGHT, height: height - TOP - BOTTOM };
  const [[x0, x1], [y0, y1]] = [axes.x, axes.y];
  return {
    ...inner,
    toLeft: (x) => inner.left + ((x - x0) / (x1 - x0)) * inner.width,
    toTop: (y) => inner.top + (1 - (y - y0) / (y1 - y0)) * inner.height,
  };
}

/** Grid lines, the lines of zero, ticks and the axes' names. */
export function drawAxes(context: CanvasRenderingContext2D, plot: Plot, axes: Axes, palette: Palette): void {
  const [bottom, right] = [plot.top + plot.height, plot.left + plot.width];
  const rule = (x0: number, y0: number, x1: number, y1: number, zero: boolean) => {
    context.beginPath();
    context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.strokeStyle = zero ? css(palette.muted, 0.7) : css(palette.line);
    context.stroke();
  };
  context.lineWidth = 1;
  context.font = CHART_FONT;
  context.fillStyle = css(palette.muted);
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  const y = ticksOfY(axes, plot.height + TOP + BOTTOM);
  tickTexts(y).forEach((text, i) => {
    const top = plot.toTop(y[i]!);
    rule(plot.left, top, right, top, y[i] === 0);
    context.fillText(text, plot.left - 5, top);
  });
  context.textBaseline = 'alphabetic';
  const nameFrom = right - axes.xLabel.length * CHARACTER - 8;
  context.fillText(axes.xLabel, right + RIGHT - 1, bottom + BOTTOM - 4);
  context.textAlign = 'center';
  const x = ticksOfX(axes, plot.width);
  tickTexts(x).forEach((text, i) => {
    const left = plot.toLeft(x[i]!);
    rule(left, plot.top, left, bottom, x[i] === 0);
    const half = (text.length * CHARACTER) / 2;
    if (left + half < nameFrom) context.fillText(text, left, bottom + BOTTOM - 4);
  });
  context.textAlign = 'left';
  context.fillText(axes.yLabel, 1, TOP - 6);
}
