/** The one-line explanation of a term: one bubble for the whole page, beside the term it explains. */

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 6;
const EDGE = 8;

/** Above the anchor where there is room, below it otherwise; inside the window; never over the anchor. */
export function placeBeside(
  anchor: Box,
  bubble: { width: number; height: number },
  view: { width: number; height: number },
): { left: number; top: number } {
  const above = anchor.top - GAP - bubble.height;
  const below = anchor.top + anchor.height + GAP;
  const roomBelow = view.height - below - bubble.height;
  const top = above >= EDGE || above >= roomBelow ? above : below;
  const left = Math.max(EDGE, Math.min(anchor.left, view.width - EDGE - bubble.width));
  return { left, top };
}

let bubble: HTMLElement | undefined;
let owner: HTMLElement | undefined;
let closing = 0;

const stay = () => clearTimeout(closing);

/** Closes the bubble, at once or after the time it takes to move the pointer onto it. */
function hide(delay = 0): void {
  stay();
  if (delay > 0) {
    closing = window.setTimeout(hide, delay);
    return;
  }
  bubble?.remove();
  bubble = owner = undefined;
  removeEventListener('keydown', onKey, true);
  removeEventListener('scroll', onScroll, true);
  removeEventListener('pointerdown', onPress, true);
}

function onKey(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  hide();
}

function onScroll(event: Event): void {
  if (event.target instanceof Node && owner && event.target.contains(owner)) hide();
}

function onPress(event: PointerEvent): void {
  if (event.target instanceof Node && !bubble?.contains(event.target) && !owner?.contains(event.target))
    hide();
}

function show(anchor: HTMLElement, text: string): void {
  if (owner === anchor && bubble?.textContent === text) return stay();
  hide();
  if (!text || !anchor.isConnected) return;
  owner = anchor;
  bubble = document.createElement('div');
  bubble.className = 'tooltip';
  bubble.role = 'tooltip';
  bubble.textContent = text;
  bubble.setAttribute('popover', 'manual');
  bubble.addEventListener('pointerenter', stay);
  bubble.addEventListener('pointerleave', () => hide(120));
  // Inside an open dialog everything outside it is inert.
  (anchor.closest('dialog') ?? document.body).append(bubble);
  // Older browsers have no popover; there the bubble is an ordinary fixed box.
  if ('showPopover' in bubble) bubble.showPopover();
  const { left, top } = placeBeside(anchor.getBoundingClientRect(), bubble.getBoundingClientRect(), {
    width: document.documentElement.clientWidth,
    height: innerHeight,
  });
  bubble.style.left = `${left}px`;
  bubble.style.top = `${top}px`;
  addEventListener('keydown', onKey, true);
  addEventListener('scroll', onScroll, true);
  addEventListener('pointerdown', onPress, true);
}

export interface ExplainOptions {
  /** Show the bubble beside the nearest ancestor that matches, instead of beside the element. */
  readonly beside?: string;
  /** Which events open it; the default is all three. */
  readonly on?: readonly ('hover' | 'tap' | 'focus')[];
}

/**
 * An attachment: shows `text()` beside the element on hover, tap and keyboard focus. Escape closes.
 * It does not name the text for screen readers; give the element an aria-describedby of its own.
 */
export function explain(text: () => string, options: ExplainOptions = {}) {
  const { beside, on = ['hover', 'tap', 'focus'] } = options;
  return (element: HTMLElement) => {
    let opening = 0;
    const anchor = () => (beside && element.closest<HTMLElement>(beside)) || element;
    const open = (delay = 0) => {
      clearTimeout(opening);
      opening = window.setTimeout(() => show(anchor(), text()), delay);
    };
    const close = (delay = 0) => {
      clearTimeout(opening);
      if (owner === anchor()) hide(delay);
    };
    const quit = new AbortController();
    const listen = <K extends keyof HTMLElementEventMap>(
      type: K,
      react: (event: HTMLElementEventMap[K]) => void,
    ) => element.addEventListener(type, react, { signal: quit.signal });
    if (on.includes('hover')) {
      listen('pointerenter', (event) => event.pointerType === 'mouse' && open(owner ? 0 : 250));
      listen('pointerleave', (event) => event.pointerType === 'mouse' && close(120));
    }
    if (on.includes('tap')) listen('click', () => open());
    if (on.includes('focus')) {
      listen('focus', () => element.matches(':focus-visible') && open(250));
      listen('blur', () => close());
    }
    return () => {
      quit.abort();
      close();
    };
  };
}
