/** Drawing at the screen's pace: at most once per animation frame, and far less often what is out of sight. */

/** Out of sight pictures are kept about as fresh as this, in milliseconds: for a quick scroll, and for printing. */
const unseenInterval = 800;

/** Runs `work` in the next animation frame after `request`, however often that is called; later if `element` is out of sight. */
export class FrameTask {
  #frame = 0;
  #wanted = false;
  #inSight = true;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #work: () => void;
  readonly #interval: number;
  #last = -Infinity;
  readonly #watch: IntersectionObserver;

  /** @param interval least time between two runs, in milliseconds: for what need not move with every frame */
  constructor(element: Element, work: () => void, interval = 0) {
    this.#work = work;
    this.#interval = interval;
    this.#watch = new IntersectionObserver((entries) => {
      this.#inSight = entries.at(-1)?.isIntersecting ?? true;
      if (this.#wanted) this.request();
    });
    this.#watch.observe(element);
  }

  request(): void {
    this.#wanted = true;
    if (this.#frame) return;
    const wait = this.#inSight ? this.#last + this.#interval - performance.now() : unseenInterval;
    if (wait <= 0) this.#schedule();
    else this.#later ??= setTimeout(() => this.#schedule(), wait);
  }

  #schedule(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#wanted = false;
      this.#last = performance.now();
      this.#work();
    });
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#later);
    this.#frame = -1;
    this.#watch.disconnect();
  }
}

/** What a painter draws on: a context in CSS pixels, its size, and how many device pixels each has. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** Draws a picture; true asks for another frame, for a picture that is still moving. */
export type Painter = (surface: Surface) => boolean | void;

/** A canvas that fills its CSS box with crisp pixels and repaints itself when its size or its painter changes. */
export class Canvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #task: FrameTask;
  readonly #sizes: ResizeObserver;
  #painter: Painter | undefined;
  #width = 0;
  #height = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d');
    this.#task = new FrameTask(canvas, () => this.#draw());
    this.#sizes = new ResizeObserver(([entry]) => {
      this.#width = entry!.contentRect.width;
      this.#height = entry!.contentRect.height;
      this.#task.request();
    });
    this.#sizes.observe(canvas);
  }

  show(painter: Painter): void {
    this.#painter = painter;
    this.#task.request();
  }

  #draw(): void {
    const [width, height, ratio] = [this.#width, this.#height, devicePixelRatio || 1];
    if (!this.#painter || !this.#context || width < 1 || height < 1) return;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    if (this.#canvas.height !== rows) this.#canvas.height = rows;
    this.#context.setTransform(columns / width, 0, 0, rows / height, 0, 0);
    if (this.#painter({ context: this.#context, width, height, ratio })) this.#task.request();
  }

  destroy(): void {
    this.#task.destroy();
    this.#sizes.disconnect();
  }
}

/** Whether motion should jump to its end. */
export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
