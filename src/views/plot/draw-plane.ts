/** Draws the plane: a field as a heatmap with contour lines, or a grid, and layers of marks on it. */
import { contourLines, ringsAt } from './contours';
import { placeLabel, type Rect } from './labels';
import type { Ellipse, FieldPicture, Layer, Marker, Points, Region, Segments, Trail } from './layers';
import { css, paintValues, type Palette } from './palette';
import { multiples, niceStep } from './ticks';

type Context = CanvasRenderingContext2D;

/** The square view of the plane: x and y in ±extent, `size` pixels wide, y up. */
export interface View {
  readonly extent: number;
  readonly size: number;
}

export const toPixels = ({ extent, size }: View, x: number, y: number): [number, number] => [
  ((x + extent) / (2 * extent)) * size,
  ((extent - y) / (2 * extent)) * size,
];

export const toPlane = ({ extent, size }: View, left: number, top: number): { x: number; y: number } => ({
  x: (left / size) * 2 * extent - extent,
  y: extent - (top / size) * 2 * extent,
});

const linesOf = new WeakMap<FieldPicture, { path: Path2D; zero: Path2D }>();

/** The contour lines of a field as paths in the unit square; pictures of the same field share them. */
function contourPaths(field: FieldPicture): { path: Path2D; zero: Path2D } {
  let paths = linesOf.get(field);
  if (!paths) {
    paths = { path: new Path2D(), zero: new Path2D() };
    for (const { level, rings } of contourLines(field)) {
      const path = level === 0 ? paths.zero : paths.path;
      for (const ring of rings) {
        ring.forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
        path.closePath();
      }
    }
    linesOf.set(field, paths);
  }
  return paths;
}

let sheet: HTMLCanvasElement | undefined;

/** The field's samples as a small image, one pixel each. */
function fieldImage({ values, size, limit }: FieldPicture, palette: Palette): HTMLCanvasElement | undefined {
  sheet ??= document.createElement('canvas');
  if (sheet.width !== size) sheet.width = sheet.height = size;
  const context = sheet.getContext('2d');
  const image = context?.createImageData(size, size);
  if (!context || !image) return undefined;
  paintValues(image, values, limit, palette, true);
  context.putImageData(image, 0, 0);
  return sheet;
}

export function drawField(
  context: Context,
  size: number,
  field: FieldPicture,
  palette: Palette,
  lines = true,
): void {
  const image = fieldImage(field, palette);
  if (!image) return;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  // The outermost samples lie on the picture's edges, so half a pixel of the image is cut off all around.
  const inner = field.size - 1;
  context.drawImage(image, 0.5, 0.5, inner, inner, 0, 0, size, size);
  if (!lines) return;
  const { path, zero } = contourPaths(field);
  context.save();
  context.scale(size, size);
  context.strokeStyle = css(palette.ink, 0.17);
  context.lineWidth = 1 / size;
  context.stroke(path);
  context.strokeStyle = css(palette.ink, 0.38);
  context.stroke(zero);
  context.restore();
}

function drawGrid(context: Context, { extent, size }: View, palette: Palette): void {
  context.beginPath();
  for (const at of multiples(-extent, extent, niceStep(extent / 3.5))) {
    const pixel = Math.round(((at + extent) / (2 * extent)) * size) + 0.5;
    context.moveTo(pixel, 0);
    context.lineTo(pixel, size);
    context.moveTo(0, size - pixel + 1);
    context.lineTo(size, size - pixel + 1);
  }
  context.strokeStyle = css(palette.line);
  context.lineWidth = 1;
  context.stroke();
}

function cross(context: Context, x: number, y: number, radius: number): void {
  context.moveTo(x - radius, y - radius);
  context.lineTo(x + radius, y + radius);
  context.moveTo(x - radius, y + radius);
  context.lineTo(x + radius, y - radius);
}

function drawPoints(context: Context, view: View, layer: Points, palette: Palette): void {
  const { x, y, radius, shape = 'dot' } = layer;
  context.beginPath();
  for (let i = 0; i < x.length; i++) {
    const [left, top] = toPixels(view, x[i]!, y[i]!);
    if (!(left > -radius && top > -radius && left < view.size + radius && top < view.size + radius)) continue;
    if (shape === 'cross') cross(context, left, top, radius);
    else {
      context.moveTo(left + radius, top);
      context.arc(left, top, radius, 0, 2 * Math.PI);
    }
  }
  const filled = shape === 'dot';
  context.globalAlpha = layer.opacity ?? 1;
  if (layer.outline) {
    context.strokeStyle = css(palette.card);
    context.lineWidth = filled ? 2.5 : 4;
    context.stroke();
    if (shape === 'ring') {
      context.fillStyle = css(palette.card);
      context.fill();
    }
  }
  context.strokeStyle = context.fillStyle = css(palette[layer.colour]);
  context.lineWidth = 1.6;
  if (filled) context.fill();
  else context.stroke();
}

function drawSegments(context: Context, view: View, layer: Segments, palette: Palette): void {
  context.beginPath();
  for (let i = 0; i < layer.x1.length; i++) {
    context.moveTo(...toPixels(view, layer.x1[i]!, layer.y1[i]!));
    context.lineTo(...toPixels(view, layer.x2[i]!, layer.y2[i]!));
  }
  context.globalAlpha = layer.opacity ?? 1;
  context.strokeStyle = css(palette[layer.colour]);
  context.lineWidth = layer.width ?? 1;
  context.stroke();
}

function drawEllipse(context: Context, view: View, layer: Ellipse, palette: Palette): void {
  const [left, top] = toPixels(view, layer.cx, layer.cy);
  const scale = view.size / (2 * view.extent);
  const { sigmas = [1], width = 1.5 } = layer;
  if (layer.dashed) context.setLineDash([4, 3]);
  sigmas.forEach((sigma, i) => {
    context.beginPath();
    context.ellipse(
      left,
      top,
      Math.abs(layer.rx * sigma * scale),
      Math.abs(layer.ry * sigma * scale),
      0,
      0,
      2 * Math.PI,
    );
    context.globalAlpha = 1 - (0.55 * i) / sigmas.length;
    // A light rim keeps the ring visible on both ends of the heatmap.
    context.strokeStyle = css(palette.card, 0.6);
    context.lineWidth = width + 1.6;
    context.stroke();
    context.strokeStyle = css(palette[layer.colour]);
    context.lineWidth = width;
    context.stroke();
  });
}

/** A polyline whose older half fades. */
function drawTrail(context: Context, view: View, layer: Trail, palette: Palette): void {
  const { x, y, width = 2 } = layer;
  const last = x.length - 1;
  const parts = Math.min(8, last);
  context.lineJoin = context.lineCap = 'round';
  for (const [colour, extra] of [
    [palette.card, 1.6],
    [palette[layer.colour], 0],
  ] as const) {
    context.strokeStyle = css(colour);
    context.lineWidth = width + extra;
    for (let part = 0; part < parts; part++) {
      context.globalAlpha = (extra ? 0.6 : 1) * Math.min(1, 0.25 + (1.5 * (part + 1)) / parts);
      context.beginPath();
      for (let i = Math.floor((part * last) / parts); i <= Math.floor(((part + 1) * last) / parts); i++)
        context.lineTo(...toPixels(view, x[i]!, y[i]!));
      context.stroke();
    }
  }
}

function drawMarker(context: Context, view: View, layer: Marker, palette: Palette): void {
  const { shape = 'ring', radius = 5 } = layer;
  const [left, top] = toPixels(view, layer.x, layer.y);
  context.beginPath();
  if (shape === 'cross') {
    context.moveTo(left - radius, top);
    context.lineTo(left + radius, top);
    context.moveTo(left, top - radius);
    context.lineTo(left, top + radius);
  } else if (shape === 'star') {
    for (let i = 0; i < 10; i++) {
      const angle = (i * Math.PI) / 5 - Math.PI / 2;
      const reach = i % 2 ? 0.45 * radius : radius * 1.2;
      context.lineTo(left + reach * Math.cos(angle), top + reach * Math.sin(angle));
    }
    context.closePath();
  } else context.arc(left, top, radius, 0, 2 * Math.PI);
  context.strokeStyle = css(palette.card);
  context.lineWidth = 4.5;
  context.stroke();
  context.strokeStyle = context.fillStyle = css(palette[layer.colour]);
  context.lineWidth = 2;
  if (shape === 'star' || shape === 'dot') context.fill();
  else context.stroke();
}

/** A region's outline in the unit square. It is kept with the field's numbers, which most pictures share. */
const outlines = new WeakMap<Float32Array, Map<number, Path2D>>();

function outlineOf({ field, level }: Region): Path2D {
  const known = outlines.get(field.values) ?? new Map<number, Path2D>();
  outlines.set(field.values, known);
  let path = known.get(level);
  if (!path) {
    path = new Path2D();
    for (const ring of ringsAt(field, level)) {
      ring.forEach(([x, y], i) => (i === 0 ? path!.moveTo(x, y) : path!.lineTo(x, y)));
      path.closePath();
    }
    known.set(level, path);
  }
  return path;
}

/** Pixels between the lines of a hatching. */
const HATCH = 7;

function drawRegion(context: Context, { size }: View, layer: Region, palette: Palette): void {
  const { fill = 0, width = 1.5 } = layer;
  const path = new Path2D();
  path.addPath(outlineOf(layer), new DOMMatrix([size, 0, 0, size, 0, 0]));
  const colour = palette[layer.colour];
  context.fillStyle = css(colour, fill);
  if (fill > 0) context.fill(path);
  if (layer.hatched) {
    context.save();
    context.clip(path);
    context.beginPath();
    for (let left = -size; left < size; left += HATCH) {
      context.moveTo(left, size);
      context.lineTo(left + size, 0);
    }
    context.strokeStyle = css(colour, 0.45);
    context.lineWidth = 1;
    context.stroke();
    context.restore();
  }
  if (width === 0) return;
  context.lineJoin = 'round';
  context.strokeStyle = css(palette.card, 0.6);
  context.lineWidth = width + 1.6;
  context.stroke(path);
  if (layer.dashed) context.setLineDash([4, 3]);
  context.strokeStyle = css(colour);
  context.lineWidth = width;
  context.stroke(path);
}

function drawLayer(context: Context, view: View, layer: Layer, palette: Palette): void {
  switch (layer.kind) {
    case 'points':
      return drawPoints(context, view, layer, palette);
    case 'segments':
      return drawSegments(context, view, layer, palette);
    case 'ellipse':
      return drawEllipse(context, view, layer, palette);
    case 'trail':
      return drawTrail(context, view, layer, palette);
    case 'marker':
      return drawMarker(context, view, layer, palette);
    case 'region':
      return drawRegion(context, view, layer, palette);
  }
}

/** A few lines should stay free of labels; a tangle of many cannot. */
const fewSegments = 8;
const segmentParts = 12;

/** The pixels that labels should leave visible. */
function obstaclesOf(view: View, layers: readonly Layer[]): number[] {
  const obstacles: number[] = [];
  for (const layer of layers) {
    if (layer.kind === 'points' || layer.kind === 'trail')
      for (let i = 0; i < layer.x.length; i++) obstacles.push(...toPixels(view, layer.x[i]!, layer.y[i]!));
    else if (layer.kind === 'segments' && layer.x1.length <= fewSegments) {
      for (let i = 0; i < layer.x1.length; i++)
        for (let part = 1; part < segmentParts; part++) {
          const t = part / segmentParts;
          const between = (a: ArrayLike<number>, b: ArrayLike<number>) => a[i]! + t * (b[i]! - a[i]!);
          obstacles.push(...toPixels(view, between(layer.x1, layer.x2), between(layer.y1, layer.y2)));
        }
    } else if (layer.kind === 'marker') obstacles.push(...toPixels(view, layer.x, layer.y));
  }
  return obstacles;
}

const FONT = '600 11px system-ui, sans-serif';

/** Texts of markers, on top of everything, each where it hides the least. */
function drawLabels(
  context: Context,
  view: View,
  layers: readonly Layer[],
  palette: Palette,
  sides: Map<string, number>,
): void {
  const labelled = layers.filter((layer) => layer.kind === 'marker' && layer.text);
  if (labelled.length === 0) return;
  const obstacles = obstaclesOf(view, layers);
  const taken: Rect[] = [];
  context.font = FONT;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const layer of labelled) {
    if (layer.kind !== 'marker' || !layer.text) continue;
    const [x, y] = toPixels(view, layer.x, layer.y);
    const size = { width: context.measureText(layer.text).width + 6, height: 16 };
    const box = { width: view.size, height: view.size };
    const gap = (layer.radius ?? 5) + 4;
    const { side, rect } = placeLabel({ x, y }, size, gap, box, obstacles, taken, sides.get(layer.text));
    sides.set(layer.text, side);
    taken.push(rect);
    context.lineWidth = 4;
    context.strokeStyle = css(palette.card, 0.9);
    context.strokeText(layer.text, rect.left + 3, rect.top + 8.5);
    context.fillStyle = css(palette[`${layer.colour}-text`]);
    context.fillText(layer.text, rect.left + 3, rect.top + 8.5);
  }
}

/**
 * Draws the layers in order and their labels on top.
 * @param sides remembers on which side each label was, so that it stays there from frame to frame
 */
export function drawLayers(
  context: Context,
  view: View,
  layers: readonly Layer[],
  palette: Palette,
  sides = new Map<string, number>(),
): void {
  for (const layer of layers) {
    context.save();
    drawLayer(context, view, layer, palette);
    context.restore();
  }
  context.save();
  drawLabels(context, view, layers, palette, sides);
  context.restore();
}

/** What lies under the layers. */
export interface Backdrop {
  readonly field: FieldPicture | undefined;
  readonly grid: boolean;
  readonly extent: number;
}

export function drawBackdrop(context: Context, size: number, backdrop: Backdrop, palette: Palette): void {
  const { field, grid, extent } = backdrop;
  context.fillStyle = css(palette.plane);
  context.fillRect(0, 0, size, size);
  if (field) drawField(context, size, field, palette);
  else if (grid) drawGrid(context, { extent, size }, palette);
}
