/** Numbers as the page writes them: three significant digits, a true minus sign, thousands separators. */

const NONE = '–';

function written(value: number, pad: boolean): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size === Infinity) return '∞';
  if (size >= 1e9 || size < 1e-4)
    return size.toExponential(1).replace(/\.0e/, 'e').replace('e+', 'e').replace('e-', 'e−');
  if (size >= 99.95)
    return Math.round(size)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, ',');
  const digits = size.toPrecision(3);
  return pad ? digits : String(Number(digits));
}

function withSign(value: number | null | undefined, plus: string, pad: boolean): string {
  if (value == null || Number.isNaN(value)) return NONE;
  return (value < 0 ? '−' : value > 0 ? plus : '') + written(value, pad);
}

/** 0.02, 1.5, −0.42, 1,284, 2e−5; "–" when there is no number. */
export const short = (value: number | null | undefined): string => withSign(value, '', false);

/** Like `short` with trailing zeros (0.310), for values that change while one looks at them. */
export const steady = (value: number | null | undefined): string => withSign(value, '', true);

/** Like `steady` with a plus sign: +3.91, −0.42, 0. */
export const signed = (value: number | null | undefined): string => withSign(value, '+', true);

/** 0.912 → "91 %"; below 10 % with one decimal where it has one. */
export function percent(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return NONE;
  const size = Math.abs(value) * 100;
  const digits = size < 10 ? Math.round(size * 10) / 10 : Math.round(size);
  return `${value < 0 && digits > 0 ? '−' : ''}${digits} %`;
}

/** Reads what a person types: "0.5", "−0.5", "1,284", "2e−5", "10 %"; NaN when it is not a number. */
export function readNumber(text: string): number {
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/(\d),(?=\d{3}(\D|$))/g, '$1')
    .replace(/(\d),(?=\d)/, '$1.');
  const found = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(plain);
  return found ? Number(found[0]) : NaN;
}
