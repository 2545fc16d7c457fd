/** Draws driven plans: their ways on the street, and their speeds beside it. */
import { tick, type Scene, type Trajectory } from '../../../state/street';
import { css, type Palette, type Rgb } from '../../plot/palette';
import { carSize, drawCar } from './draw-street';
import { fastest, frontOf, type StreetLayout } from './street-layout';

type Context = CanvasRenderingContext2D;

/** A driven plan, and how it is drawn. */
export interface Path {
  readonly driven: Trajectory;
  readonly colour: Rgb;
  readonly width?: number;
  readonly opacity?: number;
  readonly dashed?: boolean;
}

function trace(
  context: Context,
  driven: Trajectory,
  upTo: number,
  place: (i: number) => [number, number],
): void {
  context.beginPath();
  const last = Math.min(driven.length - 1, upTo);
  for (let i = 0; i <= last; i++) context.lineTo(...place(i));
  context.stroke();
}

/** @param upTo the last moment that is drawn */
export function drawPath(
  context: Context,
  at: StreetLayout,
  path: Path,
  palette: Palette,
  upTo = Infinity,
): void {
  const { driven, colour, width = 1, opacity = 1, dashed = false } = path;
  const front = (i: number) => frontOf(driven.x[i]!, driven.y[i]!, driven.heading[i]!);
  context.save();
  context.strokeStyle = css(colour, opacity);
  context.lineWidth = width;
  context.lineJoin = 'round';
  if (dashed) context.setLineDash([4, 3]);
  context.save();
  context.beginPath();
  context.rect(at.left, 0, at.width, at.height);
  context.clip();
  trace(context, driven, upTo, (i) => {
    const { x, y } = front(i);
    return [at.toX(y), at.toY(x)];
  });
  context.restore();
  if (at.profile) trace(context, driven, upTo, (i) => [at.toSpeed(driven.speed[i]!), at.toY(front(i).x)]);
  context.setLineDash([]);
  const { hit } = driven;
  if (hit && hit.moment <= upTo) {
    const { x, y } = front(hit.moment);
    drawHit(context, at.toX(y), at.toY(x), palette);
  }
  context.restore();
}

function drawHit(context: Context, left: number, top: number, palette: Palette): void {
  const size = 4;
  for (const [colour, width] of [
    [palette.card, 4],
    [palette.rejected, 2],
  ] as const) {
    context.strokeStyle = css(colour);
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(left - size, top - size);
    context.lineTo(left + size, top + size);
    context.moveTo(left + size, top - size);
    context.lineTo(left - size, top + size);
    context.stroke();
  }
}

/** The car of a plan at a moment. */
export function drawDriver(
  context: Context,
  at: StreetLayout,
  driven: Trajectory,
  moment: number,
  colour: string,
  palette: Palette,
): void {
  const i = Math.max(0, Math.min(driven.length - 1, moment));
  const [x, y, heading] = [driven.x[i]!, driven.y[i]!, driven.heading[i]!];
  const middle = carSize.length / 2 - 0.8;
  drawCar(
    context,
    at,
    { x: x + middle * Math.cos(heading), y: y + middle * Math.sin(heading), heading, ...carSize },
    colour,
    css(palette.card),
  );
}

const limits = [0, 30, 50] as const;

/** The ground of the profile: speeds in km/h, and the limit along the way. */
export function drawProfile(context: Context, at: StreetLayout, scene: Scene, palette: Palette): void {
  if (!at.profile) return;
  const { left, width } = at.profile;
  const [top, bottom] = [at.toY(scene.goal), at.toY(0)];
  context.font = '10px system-ui, sans-serif';
  context.textBaseline = 'alphabetic';
  context.lineWidth = 1;
  const narrow = width < 70;
  for (const limit of limits) {
    if (limit / 3.6 > fastest) continue;
    const x = Math.round(at.toSpeed(limit / 3.6)) + 0.5;
    context.strokeStyle = css(palette.line);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    context.fillStyle = css(palette['muted-text']);
    context.textAlign = limit === 0 ? 'left' : 'center';
    if (!narrow || limit !== 30) context.fillText(String(limit), x, at.height - 2);
  }
  context.textAlign = 'left';
  context.fillText(narrow ? 'km/h' : 'speed, km/h', left, 9);

  const signs = scene.things.filter(({ kind }) => kind === 'speed').sort((a, b) => a.x - b.x);
  context.strokeStyle = css(palette.rejected, 0.55);
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(at.toSpeed(scene.limit), bottom);
  for (const [k, { x }] of signs.entries()) {
    const before = k === 0 ? scene.limit : signs[k - 1]!.limit!;
    context.lineTo(at.toSpeed(before), at.toY(x));
    context.lineTo(at.toSpeed(signs[k]!.limit!), at.toY(x));
  }
  context.lineTo(at.toSpeed(signs.at(-1)?.limit ?? scene.limit), top);
  context.stroke();
  context.setLineDash([]);
}

/** The moment after so many seconds. */
export const momentAfter = (seconds: number): number => Math.floor(seconds / tick);
