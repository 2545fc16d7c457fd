import type { Playground } from '../../state/playground.svelte';

/** Where keys already mean something: fields, and pictures and charts that move a cursor with the arrow keys. */
const hasItsOwnKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, select, textarea, [contenteditable], [data-keys], dialog') !== null;

/** Where Ctrl+Z takes back what was typed. */
const isTyped = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'textarea, [contenteditable], input:not([type="range"], [type="radio"], [type="checkbox"])',
  ) !== null;

/** Keys for labelling, wherever the focus is; each is printed on its button. */
export function handleShortcut(event: KeyboardEvent, playground: Playground): void {
  const edits = event.ctrlKey || event.metaKey;
  if (edits ? isTyped(event.target) : hasItsOwnKeys(event.target)) return;
  const action = edits ? editing(event, playground) : labelling(event, playground);
  if (!action) return;
  event.preventDefault();
  action();
}

function editing(event: KeyboardEvent, playground: Playground): (() => void) | undefined {
  const key = event.key.toLowerCase();
  if (event.altKey) return undefined;
  if (key === 'y' || (key === 'z' && event.shiftKey)) return () => playground.redo();
  if (key === 'z') return () => playground.undo();
  return undefined;
}

function labelling(event: KeyboardEvent, playground: Playground): (() => void) | undefined {
  if (event.altKey || event.shiftKey || event.repeat) return undefined;
  // Up and down scroll a page that is taller than the window, unless one is working on the cards.
  const scrolls = document.documentElement.scrollHeight > window.innerHeight + 4;
  const onCards =
    event.target instanceof Element && event.target.closest('[data-stage="preferences"]') !== null;
  switch (event.key) {
    case 'ArrowLeft':
      return () => playground.label('left');
    case 'ArrowRight':
      return () => playground.label('right');
    case 'ArrowDown':
      return scrolls && !onCards ? undefined : () => playground.label('tie');
    case 'ArrowUp':
      return scrolls && !onCards ? undefined : () => playground.skip();
    case 'Backspace':
      return () => playground.undo();
    default:
      return undefined;
  }
}
