/** Round numbers for axes, bins and contour lines. */

/** The smallest of 1, 2, 2.5, 5 × 10ᵏ that is not below `size`. */
export function niceStep(size: number): number {
  if (!(size > 0) || !Number.isFinite(size)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  const part = size / power;
  const step = [1, 2, 2.5, 5, 10].find((nice) => part <= nice * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(6));
}

/** Multiples of `step` from `min` to `max`, free of rounding noise. */
export function multiples(min: number, max: number, step: number): number[] {
  const found: number[] = [];
  const last = Math.floor(max / step + 1e-9);
  for (let k = Math.ceil(min / step - 1e-9); k <= last && found.length < 1000; k++)
    found.push(Number((k * step).toPrecision(12)) + 0);
  return found;
}

/** About `count` round values between `min` and `max`, at least two where that is possible. */
export function linearTicks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  let step = niceStep((max - min) / Math.max(1, count));
  let ticks = multiples(min, max, step);
  if (ticks.length < 2) {
    step = niceStep(step / 2.6);
    ticks = multiples(min, max, step);
  }
  return ticks;
}

/** Powers of ten between `min` and `max`, thinned to about `count`; 1, 2, 5 × 10ᵏ where there are fewer than two powers. */
export function logTicks(min: number, max: number, count: number): number[] {
  if (!(min > 0) || !(max > min)) return [];
  const [first, last] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, count)));
  const powers: number[] = [];
  for (let k = first; k <= last; k += every) powers.push(Number(`1e${k}`));
  if (powers.length >= 2) return powers;
  const between: number[] = [];
  for (let k = first - 1; k <= last; k++)
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${k}`);
      if (tick >= min && tick <= max) between.push(tick);
    }
  return between.length >= 2 ? between : linearTicks(min, max, count);
}

/** A tick as text, with the decimals its neighbours need: 0, 0.5, 1 → "0", "0.5", "1". */
export function tickTexts(ticks: readonly number[]): string[] {
  const gap = ticks.slice(1).reduce((least, tick, i) => Math.min(least, tick - ticks[i]!), Infinity);
  return ticks.map((tick) => {
    const size = Math.abs(tick);
    const sign = tick < 0 ? '−' : '';
    if (size === 0) return '0';
    if (size >= 1e6 || size < 1e-3)
      return (
        sign +
        size
          .toExponential()
          .replace(/(\.\d)\d*/, '$1')
          .replace('e+', 'e')
          .replace('e-', 'e−')
      );
    const finest = Math.min(gap, size >= 1 ? 1 : size);
    const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(finest) + 0.5)));
    const [whole, part] = size.toFixed(decimals).split('.');
    const rest = part?.replace(/0+$/, '');
    return sign + whole!.replace(/\B(?=(\d{3})+$)/g, ',') + (rest ? `.${rest}` : '');
  });
}
