import type { Field } from '../../domain/field';
import type { FieldPicture } from './layers';

/** A field with the value that gets the full colour: a little under its extremes, so that the middle has colour too. */
export function picture(field: Field | null): FieldPicture | undefined {
  if (!field) return undefined;
  let most = 0;
  for (const value of field.values) most = Math.max(most, Math.abs(value));
  return { values: field.values, size: field.size, limit: Math.max(0.8 * most, 1e-9) };
}
