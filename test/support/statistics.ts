export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

export const variance = (values: ArrayLike<number>): number => {
  const centre = mean(values);
  return mean(Array.from(values, (value) => (value - centre) ** 2));
};

/** Standard error of the mean. */
export const standardError = (values: ArrayLike<number>): number =>
  Math.sqrt(variance(values) / values.length);

export const correlation = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const [ma, mb] = [mean(a), mean(b)];
  const products = Array.from(a, (value, i) => (value - ma) * (b[i]! - mb));
  return mean(products) / Math.sqrt(variance(a) * variance(b));
};
