/** A share with the interval it is likely to lie in. */
export interface Share {
  /** How many of how many. */
  readonly count: number;
  readonly of: number;
  /** count/of; NaN of nothing. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval (1927) of a share. @param z 1.96 for 95 % @returns 0 to 1 of nothing */
export function wilson(count: number, of: number, z = 1.959963984540054): Share {
  if (of === 0) return { count, of, share: NaN, low: 0, high: 1 };
  const share = count / of;
  const z2 = (z * z) / of;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (z / (1 + z2)) * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of));
  return { count, of, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
