/** Rows that are dragged to another place in their list: by mouse anywhere, by finger at their grip. */
import { on } from 'svelte/events';

/** A press that moves less than this, in pixels, is a press. */
const slop = 5;

export class ListDrag {
  /** The id of the row that is being dragged. */
  dragged = $state<number | null>(null);

  readonly #onmove: (id: number, to: number) => void;
  #pressed: { id: number; top: number; pointer: number } | null = null;
  #to = -1;

  /** @param onmove row `id` is over place `to` */
  constructor(onmove: (id: number, to: number) => void) {
    this.#onmove = onmove;
  }

  /** For the list. Its rows carry their id as `data-rank`; `data-grip` is where a finger takes hold. */
  attach = (list: HTMLElement): (() => void) => {
    const end = () => {
      this.#pressed = this.dragged = null;
    };
    const off = [
      on(list, 'pointerdown', (event) => this.#down(event)),
      on(list, 'pointermove', (event) => this.#move(event, list)),
      on(list, 'pointerup', end),
      on(list, 'pointercancel', end),
    ];
    return () => off.forEach((stop) => stop());
  };

  #down({ target, button, isPrimary, pointerType, pointerId, clientY }: PointerEvent): void {
    if (!(target instanceof Element) || button !== 0 || !isPrimary) return;
    const row = target.closest<HTMLElement>('[data-rank]');
    if (!row || (pointerType !== 'mouse' && !target.closest('[data-grip]'))) return;
    this.#pressed = { id: Number(row.dataset.rank), top: clientY, pointer: pointerId };
    this.#to = -1;
  }

  #move({ clientY, pointerId, buttons }: PointerEvent, list: HTMLElement): void {
    const press = this.#pressed;
    if (!press || pointerId !== press.pointer) return;
    if (buttons === 0) this.#pressed = this.dragged = null;
    else if (this.dragged !== null || Math.abs(clientY - press.top) > slop) {
      if (this.dragged === null) list.setPointerCapture(pointerId);
      this.dragged = press.id;
      const { top, height } = list.getBoundingClientRect();
      const count = list.children.length;
      const to = Math.max(0, Math.min(count - 1, Math.floor(((clientY - top) / height) * count)));
      if (to !== this.#to) this.#onmove(press.id, to);
      this.#to = to;
    }
  }
}
