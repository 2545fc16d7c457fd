/** Draws a histogram whose limits and heights move smoothly to where they should be. */
import type { Bins } from './bins';
import { edgeOf } from './bins';
import { CHART_FONT } from './curve-marks';
import { reducedMotion, type Surface } from './frame';
import { css, type Palette, type Token } from './palette';
import { linearTicks, tickTexts } from './ticks';

/** One set of counts in the bins: bars, or filled steps that another set can be seen through. */
interface HistogramSet {
  readonly counts: readonly number[];
  readonly below: Token;
  readonly above: Token;
  readonly steps?: boolean;
  readonly dashed?: boolean;
}

export interface HistogramPicture {
  readonly bins: Bins;
  readonly sets: readonly HistogramSet[];
  /** The bin that is pointed at. */
  readonly at: number | null;
  /** Values that a dashed line marks. */
  readonly marks?: readonly number[];
  readonly palette: Palette;
}

const AXIS = 17;
const TOP = 5;
const SIDE = 3;

export class HistogramPainter {
  /** What the axis shows now. */
  #low = 0;
  #high = 0;
  #most = 0;

  /** The value at a place, in CSS pixels from the left. */
  valueAt(left: number, width: number): number {
    return this.#low + ((left - SIDE) / (width - 2 * SIDE)) * (this.#high - this.#low);
  }

  /** Draws; true while the limits still move. */
  paint({ context, width, height }: Surface, picture: HistogramPicture): boolean {
    const moving = this.#approach(picture);
    context.clearRect(0, 0, width, height);
    const bottom = height - AXIS;
    const scale = (width - 2 * SIDE) / (this.#high - this.#low);
    const toLeft = (value: number) => SIDE + (value - this.#low) * scale;
    this.#pointed(context, picture, toLeft, bottom);
    for (const set of picture.sets)
      if (set.steps) this.#steps(context, picture, set, toLeft, bottom);
      else this.#bars(context, picture, set, toLeft, bottom);
    this.#marks(context, picture, toLeft, bottom);
    this.#axis(context, picture.palette, toLeft, width, bottom);
    return moving;
  }

  #approach({ bins, sets }: HistogramPicture): boolean {
    const [low, high] = [edgeOf(bins, 0), edgeOf(bins, bins.counts.length)];
    const most = sets.reduce((top, { counts }) => Math.max(top, ...counts), 1);
    const jump = this.#most === 0 || reducedMotion();
    const near = (high - low) / 400;
    const go = (from: number, to: number, close: number) =>
      jump || Math.abs(to - from) <= close ? to : from + 0.22 * (to - from);
    this.#low = go(this.#low, low, near);
    this.#high = go(this.#high, high, near);
    this.#most = go(this.#most, most, most / 200);
    return this.#low !== low || this.#high !== high || this.#most !== most;
  }

  #pointed(
    context: CanvasRenderingContext2D,
    { bins, at, palette }: HistogramPicture,
    toLeft: (value: number) => number,
    bottom: number,
  ): void {
    if (at === null) return;
    const [left, right] = [toLeft(edgeOf(bins, at)), toLeft(edgeOf(bins, at + 1))];
    context.fillStyle = css(palette.muted, 0.16);
    context.fillRect(left, TOP, right - left, bottom - TOP);
  }

  #bars(
    context: CanvasRenderingContext2D,
    { bins, at, palette }: HistogramPicture,
    { counts, below, above }: HistogramSet,
    toLeft: (value: number) => number,
    bottom: number,
  ): void {
    counts.forEach((count, i) => {
      if (count === 0) return;
      const [left, right] = [toLeft(edgeOf(bins, i)), toLeft(edgeOf(bins, i + 1))];
      const tall = Math.max(1.5, (count / this.#most) * (bottom - TOP));
      const gap = Math.min(1, (right - left) / 6);
      context.fillStyle = css(palette[bins.first + i < 0 ? below : above], at === null || i === at ? 1 : 0.7);
      context.fillRect(left + gap / 2, bottom - tall, right - left - gap, tall);
    });
  }

  #steps(
    context: CanvasRenderingContext2D,
    { bins, palette }: HistogramPicture,
    { counts, above, dashed = false }: HistogramSet,
    toLeft: (value: number) => number,
    bottom: number,
  ): void {
    context.beginPath();
    context.moveTo(toLeft(edgeOf(bins, 0)), bottom);
    counts.forEach((count, i) => {
      const top = bottom - (count / this.#most) * (bottom - TOP);
      context.lineTo(toLeft(edgeOf(bins, i)), top);
      context.lineTo(toLeft(edgeOf(bins, i + 1)), top);
    });
    context.lineTo(toLeft(edgeOf(bins, counts.length)), bottom);
    context.fillStyle = css(palette[above], 0.25);
    context.fill();
    context.setLineDash(dashed ? [5, 3] : []);
    context.strokeStyle = css(palette[above]);
    context.lineWidth = 1.6;
    context.lineJoin = 'round';
    context.stroke();
    context.setLineDash([]);
  }

  #marks(
    context: CanvasRenderingContext2D,
    { marks = [], palette }: HistogramPicture,
    toLeft: (value: number) => number,
    bottom: number,
  ): void {
    context.strokeStyle = css(palette.muted);
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    for (const value of marks) {
      const left = Math.round(toLeft(value)) + 0.5;
      context.strokeRect(left, 0, 0, bottom);
    }
    context.setLineDash([]);
  }

  #axis(
    context: CanvasRenderingContext2D,
    palette: Palette,
    toLeft: (value: number) => number,
    width: number,
    bottom: number,
  ): void {
    const zero = Math.round(toLeft(0)) + 0.5;
    context.lineWidth = 1;
    context.strokeStyle = css(palette.line);
    context.strokeRect(0, Math.round(bottom) + 0.5, width, 0);
    context.strokeStyle = css(palette.ink);
    context.beginPath();
    context.moveTo(zero, 0);
    context.lineTo(zero, bottom + 3);
    context.stroke();
    context.font = CHART_FONT;
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    context.fillStyle = css(palette.muted);
    const ticks = linearTicks(this.#low, this.#high, Math.max(3, Math.floor(width / 45)));
    tickTexts(ticks).forEach((text, i) => {
      const half = context.measureText(text).width / 2;
      const left = toLeft(ticks[i]!);
      if (left - half >= -1 && left + half <= width + 1) context.fillText(text, left, bottom + AXIS - 3);
    });
  }
}
