import { itemsOf, type Comparison } from '../../domain/comparison';
import type { Strategy } from './strategy';

/** What was shown, whatever the order. */
export const questionKey = (items: readonly number[]): string => [...items].sort((a, b) => a - b).join('/');

/**
 * An earlier question again, to see whether the answer is the same: one of those asked least often, and never the last
 * one while there are others.
 */
export const repeat: Strategy = ({ earlier, source }) => {
  const asked = new Map<string, Comparison[]>();
  for (const comparison of earlier) {
    const key = questionKey(itemsOf(comparison));
    asked.set(key, [...(asked.get(key) ?? []), comparison]);
  }
  const last = earlier.at(-1);
  if (!last) return null;
  if (asked.size > 1) asked.delete(questionKey(itemsOf(last)));
  const groups = [...asked.values()];
  const least = Math.min(...groups.map((group) => group.length));
  const open = groups.filter((group) => group.length === least);
  return { shown: itemsOf(open[source.integer(open.length)]![0]!), source: 'repeat' };
};
