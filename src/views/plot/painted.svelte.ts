/** Canvas drawing as a function of reactive state. */
import { Canvas, type Painter } from './frame';

/**
 * An attachment for a canvas. `picture` reads the state it depends on and returns the painter that draws it; it runs again when
 * that state changes, the painter at most once per frame.
 */
export const painted =
  (picture: () => Painter) =>
  (element: HTMLCanvasElement): (() => void) => {
    const canvas = new Canvas(element);
    $effect(() => canvas.show(picture()));
    return () => canvas.destroy();
  };

/**
 * A copy of a changing value that is taken at most once in `interval` milliseconds: for text that nobody can read sixty times
 * a second. `source` reads the state it depends on and returns how to compute the value, which is done only when the copy is
 * taken. `refresh` takes it now.
 */
export function slowly<T>(source: () => () => T, interval: number): { readonly current: T; refresh(): void } {
  let compute = source();
  let current = $state.raw<T>(compute());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = () => {
    clearTimeout(timer);
    timer = undefined;
    current = compute();
  };
  $effect(() => {
    compute = source();
    timer ??= setTimeout(take, interval);
  });
  $effect(() => () => clearTimeout(timer));
  return {
    get current() {
      return current;
    },
    refresh: take,
  };
}
