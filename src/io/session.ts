import type { Exporter } from './exporter';

const format = 'reward-model-playground/session';

/** Settings and everything recorded, in one file that can be opened again. */
export const session: Exporter = {
  file: 'session.json',
  type: 'application/json',
  format: ({ session: kept }) => `${JSON.stringify({ format, ...kept })}\n`,
};

/**
 * Reads a session file.
 * @returns what it holds, of whatever version: the caller upgrades it
 * @throws Error with a sentence where it is not one
 */
export function parseSession(text: string): { readonly version: number; readonly [field: string]: unknown } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Error('It is not a session of this page: it is no JSON, or it was cut short.', {
      cause: error,
    });
  }
  const found = body as { format?: unknown; version?: unknown } | null;
  if (found?.format !== format || typeof found.version !== 'number')
    throw new Error('It is JSON, but not a session of this page. Sessions are saved by “more”, “Take away”.');
  return found as { version: number };
}
