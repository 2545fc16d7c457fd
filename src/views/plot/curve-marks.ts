/** What a line chart has besides its lines: labels of marked places, the cursor, a dot on the newest value. */
import type { Rect } from './labels';
import { css, type Palette, type Token } from './palette';

export interface CurveMarker {
  readonly x: number;
  readonly label: string;
  readonly colour: Token;
}

/** The plot inside the axes in CSS pixels, and where values lie on it. */
export interface Plot extends Rect {
  readonly toLeft: (x: number) => number;
  readonly toTop: (y: number) => number;
}

export const CHART_FONT = '11px system-ui, sans-serif';
/** Height of a row of labels above the plot. */
export const LABEL_ROW = 14;

/**
 * Rows and left ends for labels that stand over their places: inside the chart, not over each other.
 * @param at the places; @param widths of the labels; @param width of the chart
 */
export function layLabels(
  at: readonly number[],
  widths: readonly number[],
  width: number,
): { row: number; left: number }[] {
  const ends: number[] = [];
  const laid: { row: number; left: number }[] = [];
  const order = at.map((_, i) => i).sort((a, b) => at[a]! - at[b]!);
  for (const i of order) {
    const left = Math.max(0, Math.min(width - widths[i]!, at[i]! - widths[i]! / 2));
    let row = ends.findIndex((end) => end + 6 <= left);
    if (row < 0) row = ends.length;
    ends[row] = left + widths[i]!;
    laid[i] = { row, left };
  }
  return laid;
}

/** The text, cut with an ellipsis if it is wider than `width`. */
function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}

/** Dashed lines at the marked places with their labels in rows above the plot. Returns the number of rows. */
export function drawMarkers(
  context: CanvasRenderingContext2D,
  plot: Plot,
  width: number,
  markers: readonly CurveMarker[],
  palette: Palette,
): number {
  context.font = CHART_FONT;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const right = plot.left + plot.width;
  const shown = markers
    .map((marker) => ({ ...marker, at: plot.toLeft(marker.x), text: fitting(context, marker.label, width) }))
    .filter(({ at }) => at >= plot.left - 1 && at <= right + 1);
  const laid = layLabels(
    shown.map(({ at }) => at),
    shown.map(({ text }) => context.measureText(text).width),
    width,
  );
  shown.forEach(({ at, text, colour }, i) => {
    const { row, left } = laid[i]!;
    const top = plot.top - (row + 1) * LABEL_ROW;
    context.beginPath();
    context.moveTo(at, top + LABEL_ROW);
    context.lineTo(at, plot.top + plot.height);
    context.setLineDash([3, 3]);
    context.strokeStyle = css(palette[colour]);
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = css(palette[`${colour}-text`]);
    context.fillText(text, left, top + LABEL_ROW / 2);
  });
  return laid.reduce((most, { row }) => Math.max(most, row + 1), 0);
}

export function drawDot(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  radius: number,
  colour: Token,
  palette: Palette,
): void {
  if (!Number.isFinite(left) || !Number.isFinite(top)) return;
  context.beginPath();
  context.arc(left, top, radius, 0, 2 * Math.PI);
  context.strokeStyle = css(palette.card);
  context.lineWidth = 2;
  context.stroke();
  context.fillStyle = css(palette[colour]);
  context.fill();
}

export function drawCursor(
  context: CanvasRenderingContext2D,
  plot: Plot,
  left: number,
  palette: Palette,
): void {
  context.beginPath();
  context.moveTo(left, plot.top);
  context.lineTo(left, plot.top + plot.height);
  context.strokeStyle = css(palette.muted);
  context.lineWidth = 1;
  context.stroke();
}
