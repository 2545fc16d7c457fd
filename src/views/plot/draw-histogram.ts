/** Draws a histogram whose limits and heights move smoothly to where they should be. */
import type { Bins } from './bins';
import { edgeOf } from './bins';
import { CHART_FONT } from './curve-marks';
import { reducedMotion, type Surface } from './frame';
import { css, type Palette, type Token } from './palette';
import { linearTicks, tickTexts } from './ticks';

export interface HistogramPicture {
  readonly bins: Bins;
  readonly below: Token;
  readonly above: Token;
  /** The bin that is pointed at. */
  readonly at: number | null;
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
    const moving = this.#approach(picture.bins);
    context.clearRect(0, 0, width, height);
    const bottom = height - AXIS;
    const scale = (width - 2 * SIDE) / (this.#high - this.#low);
    const toLeft = (value: number) => SIDE + (value - this.#low) * scale;
    this.#bars(context, picture, toLeft, bottom);
    this.#axis(context, picture.palette, toLeft, width, bottom);
    return moving;
  }

  #approach(bins: Bins): boolean {
    const [low, high, most] = [edgeOf(bins, 0), edgeOf(bins, bins.counts.length), Math.max(1, bins.most)];
    const jump = this.#most === 0 || reducedMotion();
    const near = (high - low) / 400;
    const go = (from: number, to: number, close: number) =>
      jump || Math.abs(to - from) <= close ? to : from + 0.22 * (to - from);
    this.#low = go(this.#low, low, near);
    this.#high = go(this.#high, high, near);
    this.#most = go(this.#most, most, most / 200);
    return this.#low !== low || this.#high !== high || this.#most !== most;
  }

  #bars(
    context: CanvasRenderingContext2D,
    { bins, below, above, at, palette }: HistogramPicture,
    toLeft: (value: number) => number,
    bottom: number,
  ): void {
    bins.counts.forEach((count, i) => {
      const [left, right] = [toLeft(edgeOf(bins, i)), toLeft(edgeOf(bins, i + 1))];
      if (i === at) {
        context.fillStyle = css(palette.muted, 0.16);
        context.fillRect(left, TOP, right - left, bottom - TOP);
      }
      if (count === 0) return;
      const tall = Math.max(1.5, (count / this.#most) * (bottom - TOP));
      const gap = Math.min(1, (right - left) / 6);
      context.fillStyle = css(palette[bins.first + i < 0 ? below : above], at === null || i === at ? 1 : 0.7);
      context.fillRect(left + gap / 2, bottom - tall, right - left - gap, tall);
    });
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
