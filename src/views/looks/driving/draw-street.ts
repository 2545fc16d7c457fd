/** Draws a street scene from above. */
import { car, road, thingKinds, type Scene, type Thing } from '../../../state/street';
import { css, type Palette, type Rgb } from '../../plot/palette';
import type { StreetLayout } from './street-layout';

type Context = CanvasRenderingContext2D;

/** What a detector was less sure of than this is drawn faded. */
const sure = 0.5;

const mix = (a: Rgb, b: Rgb, part: number): Rgb =>
  [0, 1, 2].map((i) => Math.round(a[i]! + part * (b[i]! - a[i]!))) as unknown as Rgb;

/** Paint on the road is the lighter of page and ink. */
const paint = ({ card, ink }: Palette): Rgb => (card[1] > ink[1] ? card : mix(card, ink, 0.75));

/** A rectangle by its edges in metres: from x1 to x2 along the road, from y1 to y2 across it. */
function fill(context: Context, at: StreetLayout, x1: number, x2: number, y1: number, y2: number): void {
  context.fillRect(at.toX(y2), at.toY(x2), (y2 - y1) * at.across, (x2 - x1) * at.along);
}

export function drawStreet(context: Context, at: StreetLayout, scene: Scene, palette: Palette): void {
  const [from, to] = [at.fromY(at.height), at.fromY(0)];
  const pavement = mix(palette.card, palette.muted, 0.1);
  const asphalt = mix(palette.card, palette.muted, 0.26);
  context.fillStyle = css(pavement);
  context.fillRect(at.left, 0, at.width, at.height);
  context.fillStyle = css(asphalt);
  fill(context, at, from, to, road.rightKerb, road.leftKerb);
  // The bay where cars are parked.
  context.fillStyle = css(mix(palette.card, palette.muted, 0.19));
  fill(context, at, from, to, road.rightKerb, road.laneRight);
  for (const { kind, x, length } of scene.things)
    if (kind === 'crossing') drawZebra(context, at, x, length, palette);

  const line = (y: number, dash: number[]) => {
    context.beginPath();
    context.setLineDash(dash);
    context.moveTo(at.toX(y), 0);
    context.lineTo(at.toX(y), at.height);
    context.stroke();
    context.setLineDash([]);
  };
  context.strokeStyle = css(paint(palette));
  context.lineWidth = 1.5;
  line(road.laneLeft, [3 * at.along, 3 * at.along]);
  line(road.laneRight, [at.along, at.along]);
  drawGoal(context, at, scene.goal, palette);
}

function drawZebra(context: Context, at: StreetLayout, x: number, length: number, palette: Palette): void {
  context.fillStyle = css(paint(palette), 0.85);
  for (let y = road.rightKerb + 0.3; y < road.leftKerb - 0.3; y += 1)
    fill(context, at, x - length / 2, x + length / 2, y, y + 0.5);
}

function drawGoal(context: Context, at: StreetLayout, goal: number, palette: Palette): void {
  const size = Math.max(2, at.across * 0.5);
  const top = at.toY(goal);
  for (
    let column = 0, left = at.toX(road.laneLeft);
    left < at.toX(road.laneRight) - 0.5;
    column++, left += size
  )
    for (const row of [0, 1]) {
      context.fillStyle = css((column + row) % 2 ? palette.card : palette.ink, 0.8);
      context.fillRect(left, top - row * size, Math.min(size, at.toX(road.laneRight) - left), size);
    }
}

/** Everything that stands or moves, where it is after so many seconds. */
export function drawThings(
  context: Context,
  at: StreetLayout,
  things: readonly Thing[],
  seconds: number,
  palette: Palette,
): void {
  for (const one of things) {
    context.globalAlpha = (one.confidence ?? 1) < sure ? 0.4 : 1;
    const [x, y] = [one.x + one.vx * seconds, one.y + one.vy * seconds];
    switch (one.kind) {
      case 'pedestrian':
      case 'bicycle':
        drawPerson(context, at, one, x, y, palette);
        break;
      case 'car':
        drawCar(
          context,
          at,
          { x, y, heading: one.vx < 0 ? Math.PI : 0, length: one.length, width: one.width },
          css(palette.muted),
          css(palette.card),
        );
        break;
      case 'stop':
      case 'light':
      case 'speed':
        drawSign(context, at, one, palette);
        break;
      case 'crossing':
        break; // is a part of the street
      default:
        one.kind satisfies never;
    }
    context.globalAlpha = 1;
  }
}

function drawPerson(
  context: Context,
  at: StreetLayout,
  one: Thing,
  x: number,
  y: number,
  palette: Palette,
): void {
  const [left, top] = [at.toX(y), at.toY(x)];
  const radius = Math.max(3, (one.width / 2) * Math.sqrt(at.along * at.across) * 1.3);
  context.fillStyle = css(palette.rejected);
  context.strokeStyle = css(palette.rejected);
  if (one.vx !== 0 || one.vy !== 0) {
    // Where it will be in two seconds.
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left, top);
    context.lineTo(at.toX(y + 2 * one.vy), at.toY(x + 2 * one.vx));
    context.stroke();
  }
  context.beginPath();
  if (one.kind === 'bicycle') {
    const half = Math.max(5, (one.length / 2) * at.along);
    context.roundRect(left - radius * 0.8, top - half, radius * 1.6, 2 * half, radius * 0.8);
  } else context.arc(left, top, radius, 0, 2 * Math.PI);
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = css(palette.card);
  context.stroke();
}

/** A car by the middle of its body. */
export function drawCar(
  context: Context,
  at: StreetLayout,
  body: { x: number; y: number; heading: number; length: number; width: number },
  colour: string,
  windows: string,
): void {
  const [halfLength, halfWidth] = [(body.length / 2) * at.along, (body.width / 2) * at.across];
  context.save();
  context.translate(at.toX(body.y), at.toY(body.x));
  // The road is drawn wider than long: so is the angle.
  context.rotate(-Math.atan2(Math.sin(body.heading) * at.across, Math.cos(body.heading) * at.along));
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(
    -halfWidth,
    -halfLength,
    2 * halfWidth,
    2 * halfLength,
    Math.min(halfWidth, halfLength) * 0.45,
  );
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = windows;
  context.stroke();
  context.fillStyle = windows;
  context.globalAlpha *= 0.75;
  context.fillRect(-halfWidth * 0.65, -halfLength * 0.5, halfWidth * 1.3, halfLength * 0.32);
  context.restore();
}

/** Beside the road, and the line or the limit that begins there. */
function drawSign(context: Context, at: StreetLayout, { kind, x, limit }: Thing, palette: Palette): void {
  const top = at.toY(x);
  const left = at.toX(road.rightKerb - 1);
  const radius = Math.max(5, Math.min(9, at.across * 0.9));
  if (kind !== 'speed') {
    context.strokeStyle = css(paint(palette));
    context.lineWidth = Math.max(2, at.along * 0.4);
    context.beginPath();
    context.moveTo(at.toX(road.laneLeft), top);
    context.lineTo(at.toX(road.laneRight), top);
    context.stroke();
  }
  context.beginPath();
  const corners = kind === 'stop' ? 8 : 32;
  for (let k = 0; k < corners; k++) {
    const angle = ((k + 0.5) * 2 * Math.PI) / corners;
    context.lineTo(left + radius * Math.sin(angle), top + radius * Math.cos(angle));
  }
  context.closePath();
  context.fillStyle = css(kind === 'speed' ? palette.card : palette.rejected);
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = css(kind === 'speed' ? palette.rejected : palette.card);
  context.stroke();
  if (kind === 'light') {
    for (const [k, colour] of (['card', 'gold', 'chosen'] as const).entries()) {
      context.fillStyle = css(palette[colour]);
      context.beginPath();
      context.arc(left, top + (k - 1) * radius * 0.55, radius * 0.24, 0, 2 * Math.PI);
      context.fill();
    }
  } else if (radius >= 6) {
    context.fillStyle = css(kind === 'speed' ? palette.ink : palette.card);
    context.font = `600 ${Math.round(radius * (kind === 'speed' ? 1.1 : 0.72))}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(kind === 'speed' ? String(Math.round(limit! * 3.6)) : 'STOP', left, top + 0.5);
  }
}

/** A thing in words, for whoever drags it by keyboard. */
export function nameOfThing({ kind, x, y }: Thing): string {
  const side =
    Math.abs(y) < 0.05 ? 'in the middle' : `${Math.abs(y).toFixed(1)} m to the ${y > 0 ? 'left' : 'right'}`;
  return `${thingKinds[kind].label}, ${x.toFixed(1)} m ahead${thingKinds[kind].solid ? `, ${side}` : ''}`;
}

/** Of the car that drives, m. */
export const carSize = { length: car.length, width: car.width } as const;
