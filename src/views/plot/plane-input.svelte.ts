/** What pointers and keys do on the picture of the plane. */
import { on } from 'svelte/events';
import { toPlane } from './draw-plane';
import type { Point } from './layers';

interface Drag {
  readonly phase: 'start' | 'move' | 'end';
  readonly from: Point;
  readonly to: Point;
}

export interface PlaneActions {
  readonly extent: number;
  readonly onhover?: ((point: Point | null) => void) | undefined;
  readonly onpick?: ((point: Point, event: PointerEvent | KeyboardEvent) => void) | undefined;
  /** At the start, true takes the drag. */
  readonly ondrag?: ((drag: Drag) => boolean | void) | undefined;
  readonly readout?: ((point: Point) => string) | undefined;
}

/** A press that moves less than this, in pixels, is a tap. */
const SLOP = 5;

const steps: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export class PlaneInput {
  /** Where the pointer or the keyboard's crosshair is. */
  point = $state.raw<Point | null>(null);
  /** Whether the crosshair is the keyboard's. */
  keyed = $state(false);
  /** What to say to a screen reader: only what the keyboard did. */
  said = $state('');
  /** Whether a drag was taken. */
  dragging = $state(false);

  readonly #actions: () => PlaneActions;
  #pressed: { at: Point; left: number; top: number; moved: boolean } | null = null;
  #place: Point = { x: 0, y: 0 };

  constructor(actions: () => PlaneActions) {
    this.#actions = actions;
  }

  /** For the focusable element over the picture. A taken drag keeps a finger from scrolling the page. */
  attach = (element: HTMLElement): (() => void) => {
    const hold = (event: TouchEvent) => this.dragging && event.cancelable && event.preventDefault();
    const off = [
      on(element, 'touchstart', hold, { passive: false }),
      on(element, 'touchmove', hold, { passive: false }),
      on(element, 'pointerdown', this.#down),
      on(element, 'pointermove', this.#move),
      on(element, 'pointerup', this.#up),
      on(element, 'pointercancel', this.#cancel),
      on(element, 'pointerleave', this.#leave),
      on(element, 'keydown', this.#key),
      on(element, 'focus', () => element.matches(':focus-visible') && this.#show(this.#place)),
      on(element, 'blur', () => this.#hover(null)),
    ];
    return () => off.forEach((stop) => stop());
  };

  #hover(point: Point | null): void {
    this.keyed = false;
    this.said = '';
    if (point === null && this.point === null) return;
    this.point = point;
    this.#actions().onhover?.(point);
  }

  /** The crosshair goes to `point`, by keyboard. */
  #show(point: Point, news = ''): void {
    const { onhover, readout } = this.#actions();
    this.#place = this.point = point;
    this.keyed = true;
    onhover?.(point);
    this.said = [news, readout?.(point)].filter(Boolean).join(': ');
  }

  #at(event: PointerEvent): Point {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { extent } = this.#actions();
    return toPlane({ extent, size: box.width }, event.clientX - box.left, event.clientY - box.top);
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return;
    const at = this.#at(event);
    this.#pressed = { at, left: event.clientX, top: event.clientY, moved: false };
    this.dragging = this.#actions().ondrag?.({ phase: 'start', from: at, to: at }) === true;
    if (this.dragging) (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#hover(at);
  };

  #move = (event: PointerEvent): void => {
    const to = this.#at(event);
    const press = this.#pressed;
    if (press) {
      press.moved ||= Math.hypot(event.clientX - press.left, event.clientY - press.top) > SLOP;
      if (this.dragging && press.moved) this.#actions().ondrag?.({ phase: 'move', from: press.at, to });
    }
    this.#hover(to);
  };

  #up = (event: PointerEvent): void => {
    const press = this.#pressed;
    if (!press) return;
    const to = this.#at(event);
    this.#finish(to);
    this.#place = to;
    if (!press.moved) this.#actions().onpick?.(press.at, event);
    if (event.pointerType !== 'mouse') this.#hover(event.pointerType === 'touch' && !press.moved ? to : null);
  };

  #cancel = (): void => {
    if (this.#pressed) this.#finish(this.#pressed.at);
    this.#hover(null);
  };

  /** A finger always leaves after a tap; what it pointed at stays until something else is. */
  #leave = (event: PointerEvent): void => {
    if (!this.dragging && event.pointerType !== 'touch') this.#hover(null);
  };

  #finish(to: Point): void {
    const from = this.#pressed?.at ?? to;
    this.#pressed = null;
    if (!this.dragging) return;
    this.dragging = false;
    this.#actions().ondrag?.({ phase: 'end', from, to });
  }

  #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { extent, onpick } = this.#actions();
    const step = steps[event.key];
    if (step) {
      const size = extent * (event.shiftKey ? 0.01 : 0.05);
      const move = (at: number, by: number) => Math.max(-extent, Math.min(extent, at + by * size));
      this.#show({ x: move(this.#place.x, step[0]), y: move(this.#place.y, step[1]) });
    } else if (onpick && (event.key === 'Enter' || event.key === ' ')) {
      onpick(this.#place, event);
      this.#show(this.#place, 'picked');
    } else if (event.key === 'Escape' && this.point) this.#hover(null);
    else return;
    event.preventDefault();
  };
}
