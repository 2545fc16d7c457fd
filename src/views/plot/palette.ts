/** The colours of theme.css as numbers, for drawing on a canvas. */
import { createSubscriber } from 'svelte/reactivity';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Colours that a mark may have. Each has a `--name` for marks and a `--name-text` for text. */
const tokens = [
  'ink',
  'muted',
  'accent',
  'low',
  'high',
  'chosen',
  'rejected',
  'gold',
  'policy',
  'reference',
] as const;
export type Token = (typeof tokens)[number];

const surfaces = ['ground', 'card', 'line', 'plane', 'field-low', 'field-mid', 'field-high'] as const;

type ColourName = Token | `${Token}-text` | (typeof surfaces)[number];
export type Palette = Readonly<Record<ColourName, Rgb>>;

const names: ColourName[] = [...tokens, ...tokens.map((token) => `${token}-text` as const), ...surfaces];

/** "rgb(43, 108, 176)" or "color(srgb 0.17 0.42 0.69)", as browsers write computed colours, to 0…255. */
export function parseColour(text: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (text.replace(/^color\(\w+/, '').match(/[\d.]+/g) ?? []).map(Number);
  const unit = text.startsWith('color(') ? 255 : 1;
  return [red * unit, green * unit, blue * unit].map(Math.round) as unknown as Rgb;
}

/** The colours in force at an element. A probe per colour, since custom properties are not resolved themselves. */
function readPalette(element: Element): Palette {
  const probes = document.createElement('div');
  probes.hidden = true;
  for (const name of names) {
    const probe = document.createElement('i');
    probe.style.color = `var(--${name})`;
    probes.append(probe);
  }
  element.append(probes);
  const colours = names.map((name, i) => [name, parseColour(getComputedStyle(probes.children[i]!).color)]);
  probes.remove();
  return Object.freeze(Object.fromEntries(colours) as Record<ColourName, Rgb>);
}

let known: Palette | undefined;
let watched = false;

/** Runs `update` when the system's scheme or <html data-theme> changes. */
const subscribe = createSubscriber((update) => {
  const changed = () => {
    known = undefined;
    update();
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const theme = new MutationObserver(changed);
  watched = true;
  known = undefined;
  scheme.addEventListener('change', changed);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme', 'class'] });
  return () => {
    watched = false;
    scheme.removeEventListener('change', changed);
    theme.disconnect();
  };
});

/** The page's palette. Read in an effect, an attachment or a template it makes that run again when the scheme changes. */
export function pagePalette(): Palette {
  subscribe();
  if (known && watched) return known;
  return (known = readPalette(document.body));
}

export const css = ([red, green, blue]: Rgb, alpha = 1): string =>
  alpha >= 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;

/** Blue at −1 (low), the card's colour at 0, orange at +1 (high); beyond that it stays. NaN is neutral. */
export function diverging(t: number, palette: Palette): Rgb {
  const middle = palette['field-mid'];
  const end = t < 0 ? palette['field-low'] : palette['field-high'];
  const part = Number.isNaN(t) ? 0 : Math.min(1, Math.abs(t));
  return [0, 1, 2].map((i) => Math.round(middle[i]! + part * (end[i]! - middle[i]!))) as unknown as Rgb;
}

const HALF = 255;
const ramps = new WeakMap<Palette, Uint8ClampedArray>();

/** The diverging scale as 2 × 255 + 1 pixels. */
function rampOf(palette: Palette): Uint8ClampedArray {
  let ramp = ramps.get(palette);
  if (!ramp) {
    ramp = new Uint8ClampedArray(4 * (2 * HALF + 1)).fill(255);
    for (let i = -HALF; i <= HALF; i++) ramp.set(diverging(i / HALF, palette), 4 * (i + HALF));
    ramps.set(palette, ramp);
  }
  return ramp;
}

/**
 * Paints rows of numbers with the diverging scale.
 * @param limit the size of value that gets the full colour
 * @param flip the first row becomes the lowest one
 */
export function paintValues(
  image: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
  values: ArrayLike<number>,
  limit: number,
  palette: Palette,
  flip = false,
): void {
  const ramp = rampOf(palette);
  const { data, width, height } = image;
  const scale = limit > 0 ? HALF / limit : 0;
  for (let row = 0, k = 0; row < height; row++) {
    const from = (flip ? height - 1 - row : row) * width;
    for (let column = 0; column < width; column++, k += 4) {
      const t = Math.round((values[from + column] ?? 0) * scale);
      const i = 4 * ((t > HALF ? HALF : t < -HALF ? -HALF : t || 0) + HALF);
      data[k] = ramp[i]!;
      data[k + 1] = ramp[i + 1]!;
      data[k + 2] = ramp[i + 2]!;
      data[k + 3] = 255;
    }
  }
}
