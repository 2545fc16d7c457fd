/** Paints the plane on a canvas and keeps its still part, the backdrop, until that changes. */
import { drawBackdrop, drawLayers, type Backdrop } from './draw-plane';
import type { Surface } from './frame';
import type { Layer } from './layers';
import type { Palette } from './palette';

export class PlanePainter {
  #still: HTMLCanvasElement | undefined;
  #drawn: readonly unknown[] = [];
  /** On which side of its mark each label was. */
  readonly #sides = new Map<string, number>();

  paint(surface: Surface, backdrop: Backdrop, layers: readonly Layer[], palette: Palette): void {
    const { context, width: size, ratio } = surface;
    const still = this.#backdrop(size, ratio, backdrop, palette);
    context.drawImage(still, 0, 0, size, size);
    drawLayers(context, { extent: backdrop.extent, size }, layers, palette, this.#sides);
  }

  #backdrop(size: number, ratio: number, backdrop: Backdrop, palette: Palette): HTMLCanvasElement {
    const wanted = [size, ratio, palette, backdrop.field, backdrop.grid, backdrop.extent];
    this.#still ??= document.createElement('canvas');
    if (wanted.every((part, i) => part === this.#drawn[i])) return this.#still;
    this.#drawn = wanted;
    const pixels = Math.round(size * ratio);
    if (this.#still.width !== pixels) this.#still.width = this.#still.height = pixels;
    const context = this.#still.getContext('2d');
    context?.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
    if (context) drawBackdrop(context, size, backdrop, palette);
    return this.#still;
  }
}
