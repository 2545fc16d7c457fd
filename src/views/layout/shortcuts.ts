import type { Playground } from '../../state/playground.svelte';

/** Where keys already mean something: fields, and pictures and charts that move a cursor with the arrow keys. */
export const hasItsOwnKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, select, textarea, [contenteditable], [data-keys], dialog') !== null;

/** Where Ctrl+Z takes back what was typed. */
const isTyped = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'textarea, [contenteditable], input:not([type="range"], [type="radio"], [type="checkbox"])',
  ) !== null;

/** Undo and redo, wherever the focus is. The keys that answer are with the answers: they work while these can be seen. */
export function handleShortcut(event: KeyboardEvent, playground: Playground): void {
  if (event.defaultPrevented) return;
  const edits = event.ctrlKey || event.metaKey;
  if (edits ? isTyped(event.target) : hasItsOwnKeys(event.target)) return;
  const action = edits ? editing(event, playground) : backspace(event, playground);
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

function backspace(event: KeyboardEvent, playground: Playground): (() => void) | undefined {
  const plain = !event.altKey && !event.shiftKey && !event.repeat;
  return plain && event.key === 'Backspace' ? () => playground.undo() : undefined;
}
