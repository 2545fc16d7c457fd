/** Draws a reliability diagram: how often it came true against how probable it was said to be. */
import { wilson } from '../../domain/wilson';
import { CHART_FONT, type Plot } from './curve-marks';
import { drawAxes, layAxes, type Axes } from './draw-axes';
import type { Surface } from './frame';
import { css, type Palette, type Token } from './palette';

/** As domain/calibration gives them; only those with a count are drawn. */
export interface DiagramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
}

export interface ReliabilityPicture {
  readonly bins: readonly DiagramBin[];
  readonly axes: Axes;
  readonly colour: Token;
  /** The bin that is pointed at. */
  readonly at: number | null;
  readonly palette: Palette;
}

/** How high the largest column of counts is, as a share of the plot. */
const columnShare = 0.16;

/** @returns where values lie in the picture */
export function drawReliability({ context, width, height }: Surface, picture: ReliabilityPicture): Plot {
  const { bins, axes, at, palette, colour } = picture;
  context.clearRect(0, 0, width, height);
  const plot = layAxes(axes, width, height);
  drawColumns(context, plot, bins, at, palette);
  drawAxes(context, plot, axes, palette);
  line(context, plot, [0, 0], [1, 1], css(palette.muted), 1.5, [5, 4]);
  const filled = bins.flatMap((bin, i) => (bin.count > 0 ? [{ ...bin, i }] : []));
  for (const { predicted, observed, count, i } of filled) {
    const { low, high } = wilson(observed * count, count);
    line(context, plot, [predicted, low], [predicted, high], css(palette[colour], i === at ? 1 : 0.4), 2);
  }
  context.beginPath();
  filled.forEach(({ predicted, observed }) => context.lineTo(plot.toLeft(predicted), plot.toTop(observed)));
  context.strokeStyle = css(palette[colour]);
  context.lineWidth = 1.6;
  context.stroke();
  for (const { predicted, observed, i } of filled) {
    context.beginPath();
    context.arc(plot.toLeft(predicted), plot.toTop(observed), i === at ? 5 : 3.5, 0, 2 * Math.PI);
    context.strokeStyle = css(palette.card);
    context.lineWidth = 3;
    context.stroke();
    context.fillStyle = css(palette[i === at ? 'ink' : colour]);
    context.fill();
  }
  if (filled.length === 0) {
    context.font = CHART_FONT;
    context.textAlign = 'center';
    context.fillStyle = css(palette.muted);
    context.fillText('no comparison yet', plot.left + plot.width / 2, plot.top + plot.height / 2);
  }
  return plot;
}

/** How many lie in each bin, as quiet columns at the foot. */
function drawColumns(
  context: CanvasRenderingContext2D,
  plot: Plot,
  bins: readonly DiagramBin[],
  at: number | null,
  palette: Palette,
): void {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const foot = plot.top + plot.height;
  bins.forEach(({ low, high, count }, i) => {
    const [left, right] = [plot.toLeft(low) + 1, plot.toLeft(high) - 1];
    const tall = (count / most) * columnShare * plot.height;
    context.fillStyle = css(palette.muted, i === at ? 0.5 : 0.28);
    context.fillRect(left, foot - tall, right - left, tall);
  });
}

function line(
  context: CanvasRenderingContext2D,
  plot: Plot,
  from: readonly [number, number],
  to: readonly [number, number],
  colour: string,
  width: number,
  dash: number[] = [],
): void {
  context.beginPath();
  context.setLineDash(dash);
  context.moveTo(plot.toLeft(from[0]), plot.toTop(from[1]));
  context.lineTo(plot.toLeft(to[0]), plot.toTop(to[1]));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
  context.setLineDash([]);
}
