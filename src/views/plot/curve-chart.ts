/** A line chart on uPlot: every line has an x of its own, and only data change from frame to frame. */
import type uPlot from 'uplot';
import {
  dashOf,
  leading,
  rangeOfX,
  rangeOfY,
  sampleAt,
  thinByX,
  thinPath,
  type Line,
  type Order,
  type Range,
} from './curve-data';
import {
  CHART_FONT,
  drawCursor,
  drawDot,
  drawMarkers,
  LABEL_ROW,
  type CurveMarker,
  type Plot,
} from './curve-marks';
import { FrameTask } from './frame';
import { css, type Palette } from './palette';
import { linearTicks, logTicks, tickTexts } from './ticks';

export interface CurvePicture {
  readonly lines: readonly Line[];
  readonly order: Order;
  readonly xLabel: string;
  readonly log: boolean;
  readonly zero: boolean;
  readonly markers: readonly CurveMarker[];
  /** The sample of the leading line under the cursor. */
  readonly cursor: number | null;
  readonly palette: Palette;
}

type Options = uPlot.Options;
const bandAlpha = 0.16;
const RIGHT = 8;
const TOP = 5;
const CHARACTER = 6.3;

interface Drawn {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}
const NO_POINTS: Drawn = { x: [], y: [] };

/** uPlot's types describe its aligned mode; in mode 2 each series has [x, y], and the first entry is unused. */
const inMode2 = (lines: readonly Drawn[]): uPlot.AlignedData =>
  [null, ...lines.map(({ x, y }) => [x, y])] as unknown as uPlot.AlignedData;

const textWidth = (text: string): number => text.length * CHARACTER;

/** A narrow chart keeps its x axis for the numbers; what they are is said with the value under the cursor. */
const namesAxis = (width: number, xLabel: string): boolean => textWidth(xLabel) < width / 4;

/** Everything that takes a new chart when it changes. */
const kindOf = ({ lines, log, palette, xLabel }: CurvePicture): unknown[] => [
  palette,
  log,
  xLabel,
  ...lines.flatMap(({ name, colour, dash, width, band }) => [name, colour, dash, width, !band]),
];

/** Curves grow slowly: about ten times a second is smooth, and leaves the processor to the pictures and the training. */
const drawInterval = 90;

export class CurveChart {
  readonly #host: HTMLElement;
  readonly #make: typeof uPlot;
  readonly #task: FrameTask;
  readonly #sizes: ResizeObserver;
  #chart: uPlot | undefined;
  #kind: unknown[] = [];
  #picture: CurvePicture | undefined;
  #drawn: CurvePicture | undefined;
  /** What is drawn: the lines, thinned to the chart's width. */
  #thin: readonly Drawn[] = [];
  #size = { width: 0, height: 0 };
  #rows = 0;
  #empty = true;

  constructor(host: HTMLElement, make: typeof uPlot) {
    this.#host = host;
    this.#make = make;
    this.#task = new FrameTask(host, () => this.#draw(), drawInterval);
    this.#sizes = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      this.#size = { width: Math.floor(width), height: Math.floor(height) };
      this.#task.request();
    });
    this.#sizes.observe(host);
  }

  show(picture: CurvePicture): void {
    this.#picture = picture;
    this.#task.request();
  }

  destroy(): void {
    this.#task.destroy();
    this.#sizes.disconnect();
    this.#chart?.destroy();
  }

  /** The sample of the leading line nearest to a place on the host, in CSS pixels. */
  pick(left: number, top: number): number | null {
    const [chart, picture] = [this.#chart, this.#drawn];
    const lead = picture && leading(picture.lines);
    if (!chart || !picture || !lead || lead.x.length === 0) return null;
    const plot = this.#plot(chart);
    let [best, least] = [-1, Infinity];
    for (const line of picture.order === 'x' ? [lead] : picture.lines)
      for (let i = 0; i < line.x.length; i++) {
        const down = picture.order === 'x' ? 0 : plot.toTop(line.y[i]!) - top;
        const far = Math.hypot(plot.toLeft(line.x[i]!) - left, Number.isNaN(down) ? 1e6 : down);
        if (far < least) [best, least] = [Math.min(i, lead.x.length - 1), far];
      }
    return best < 0 ? null : best;
  }

  #draw(): void {
    const picture = this.#picture;
    const { width, height } = this.#size;
    if (!picture || width < 20 || height < 20) return;
    if (picture.lines.length === 0) {
      // uPlot cannot be without a line.
      this.#chart?.destroy();
      this.#chart = this.#drawn = undefined;
      return;
    }
    const kind = kindOf(picture);
    if (!this.#chart || kind.length !== this.#kind.length || kind.some((part, i) => part !== this.#kind[i])) {
      this.#kind = kind;
      this.#chart?.destroy();
      this.#drawn = undefined;
      this.#picture = picture;
      this.#chart = new this.#make(
        this.#options(picture),
        inMode2(picture.lines.map(() => NO_POINTS)),
        this.#host,
      );
    }
    const chart = this.#chart;
    const resized = chart.width !== width || chart.height !== height;
    const before = this.#drawn;
    this.#drawn = picture;
    chart.batch(() => {
      if (resized) chart.setSize({ width, height });
      if (
        resized ||
        before?.lines !== picture.lines ||
        before.zero !== picture.zero ||
        before.order !== picture.order
      )
        this.#feed(chart, picture);
      else chart.redraw(false);
    });
  }

  #feed(chart: uPlot, { lines, order, log, zero }: CurvePicture): void {
    const [x, y] = [rangeOfX(lines), rangeOfY(lines, log, zero)];
    this.#empty = lines.every((line) => line.x.length === 0);
    const columns = Math.max(50, chart.width);
    const near = { x: (x[1] - x[0]) / columns / 2, y: log ? 0 : (y[1] - y[0]) / chart.height / 2 };
    this.#thin = lines.map((line) => (order === 'x' ? thinByX(line, columns) : thinPath(line, near)));
    chart.setData(inMode2(this.#thin), false);
    chart.setScale('x', { min: x[0], max: x[1] });
    chart.setScale('y', { min: y[0], max: y[1] });
  }

  #plot(chart: uPlot): Plot {
    const ratio = devicePixelRatio || 1;
    const { left, top, width, height } = chart.bbox;
    return {
      left: left / ratio,
      top: top / ratio,
      width: width / ratio,
      height: height / ratio,
      toLeft: (x) => chart.valToPos(x, 'x') + left / ratio,
      toTop: (y) => (this.#drawn?.log && !(y > 0) ? NaN : chart.valToPos(y, 'y') + top / ratio),
    };
  }

  #path(chart: uPlot, index: number): uPlot.Series.Paths {
    const stroke = new Path2D();
    const { x, y } = this.#thin[index - 1] ?? NO_POINTS;
    const log = this.#picture?.log ?? false;
    const { left, top, width, height } = chart.bbox;
    const [minX, maxX] = limits(chart, 'x', false);
    const [minY, maxY] = limits(chart, 'y', log);
    let run = 0;
    for (let i = 0; i < x.length; i++) {
      const value = log ? Math.log10(y[i]!) : y[i]!;
      if (!Number.isFinite(value)) {
        run = 0;
        continue;
      }
      const px = left + ((x[i]! - minX) / (maxX - minX)) * width;
      const py = top + height - ((value - minY) / (maxY - minY)) * height;
      if (run++ > 0) stroke.lineTo(px, py);
      else {
        stroke.moveTo(px, py);
        // A sample between two gaps shows as a short dash.
        if (i + 1 >= x.length || !Number.isFinite(log ? Math.log10(y[i + 1]!) : y[i + 1]!))
          stroke.lineTo(px + 2, py);
      }
    }
    const band = this.#picture?.lines[index - 1]?.band;
    return { stroke, fill: band ? this.#band(chart, index) : null, flags: 0 };
  }

  /** The area between the edges of a line's band. */
  #band(chart: uPlot, index: number): Path2D {
    const area = new Path2D();
    const { x, band } = this.#picture!.lines[index - 1]!;
    const at = (i: number, edge: ArrayLike<number>) =>
      area.lineTo(chart.valToPos(x[i]!, 'x', true), chart.valToPos(edge[i]!, 'y', true));
    for (let i = 0; i < x.length; i++) at(i, band!.low);
    for (let i = x.length - 1; i >= 0; i--) at(i, band!.high);
    return area;
  }

  /** Over the lines: the newest values, the marked places, the cursor. */
  #over(chart: uPlot): void {
    const picture = this.#drawn;
    if (!picture) return;
    const { lines, markers, palette, cursor, order, xLabel } = picture;
    const context = chart.ctx;
    const ratio = devicePixelRatio || 1;
    const plot = this.#plot(chart);
    context.save();
    context.scale(ratio, ratio);
    context.setLineDash([]);
    context.font = CHART_FONT;
    context.textAlign = 'right';
    context.textBaseline = 'alphabetic';
    context.fillStyle = css(palette.muted);
    if (namesAxis(chart.width, xLabel)) context.fillText(xLabel, chart.width - 1, chart.height - 3);
    const rows = drawMarkers(context, plot, chart.width, markers, palette);
    const lead = leading(lines);
    const at = cursor !== null && lead && cursor < lead.x.length ? cursor : null;
    if (at !== null && lead) drawCursor(context, plot, plot.toLeft(lead.x[at]!), palette);
    for (const line of lines) {
      const i = at === null || !lead ? line.x.length - 1 : sampleAt(line, lead, at, order);
      if (i < 0) continue;
      drawDot(
        context,
        plot.toLeft(line.x[i]!),
        plot.toTop(line.y[i]!),
        at === null ? 2.5 : 3.5,
        line.colour,
        palette,
      );
    }
    context.restore();
    if (rows !== this.#rows) {
      this.#rows = rows;
      queueMicrotask(
        () => this.#chart === chart && chart.setSize({ width: chart.width, height: chart.height }),
      );
    }
  }

  #options(picture: CurvePicture): Options {
    const { palette, log, lines, xLabel } = picture;
    const axis: uPlot.Axis = {
      stroke: css(palette.muted),
      font: CHART_FONT,
      gap: 4,
      space: 1,
      ticks: { show: false },
      grid: { stroke: css(palette.line), width: 1 },
    };
    return {
      mode: 2,
      ...this.#size,
      padding: [() => TOP + this.#rows * LABEL_ROW, RIGHT, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, auto: false, range: kept },
        y: { auto: false, distr: log ? 3 : 1, range: log ? keptLog : kept },
      },
      axes: [
        {
          ...axis,
          scale: 'x',
          size: 17,
          grid: { show: false },
          splits: (chart, _, min, max) =>
            this.#empty ? [] : linearTicks(min, max, Math.max(3, Math.floor(widthOf(chart) / 50))),
          values: (chart, splits) => {
            // A label that would leave the chart, or run into the name of the axis or into its neighbour, is left out.
            const name = namesAxis(chart.width, xLabel) ? textWidth(xLabel) + 8 : 0;
            const end = widthOf(chart) + RIGHT - name;
            let from = -Infinity;
            return tickTexts(splits).map((text, i) => {
              const [at, half] = [chart.valToPos(splits[i]!, 'x'), textWidth(text) / 2];
              if (at - half < from || at + half > end) return null;
              from = at + half + 8;
              return text;
            });
          },
        },
        {
          ...axis,
          scale: 'y',
          size: (_, values) =>
            Math.max(18, ...(values ?? []).map((text) => Math.ceil(textWidth(text ?? '')) + 6)),
          splits: (chart, _, min, max) => {
            if (this.#empty) return [];
            const count = Math.max(2, Math.min(5, Math.floor(heightOf(chart) / 26)));
            return log ? logTicks(min, max, count) : linearTicks(min, max, count);
          },
          values: (_, splits) => tickTexts(splits),
        },
      ],
      series: [
        {},
        ...lines.map(({ colour, dash, width = 1.6, band }) => ({
          facets: [
            { scale: 'x', auto: false },
            { scale: 'y', auto: false },
          ],
          stroke: css(palette[colour]),
          width,
          dash: [...dashOf(dash)],
          ...(band ? { fill: css(palette[colour], bandAlpha) } : {}),
          points: { show: false },
          paths: (chart: uPlot, index: number) => this.#path(chart, index),
        })),
      ],
      hooks: { draw: [(chart) => this.#over(chart)] },
    };
  }
}

const kept = (_: uPlot, min: number | null, max: number | null): [number, number] => [min ?? 0, max ?? 1];
const keptLog = (_: uPlot, min: number | null, max: number | null): [number, number] => [
  min ?? 0.1,
  max ?? 1,
];
const widthOf = (chart: uPlot): number => chart.bbox.width / (devicePixelRatio || 1);
const heightOf = (chart: uPlot): number => chart.bbox.height / (devicePixelRatio || 1);

function limits(chart: uPlot, key: 'x' | 'y', log: boolean): Range {
  const { min = 0, max = 1 } = chart.scales[key] ?? {};
  return log ? [Math.log10(min), Math.log10(max)] : [min, max];
}
