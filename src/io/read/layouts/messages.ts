import { quoted, RowTrouble } from '../trouble';

/** Conversations: lists of {role, content}, as chat models take them. */

interface Message {
  readonly role: string;
  readonly content: string;
}

/** Whether it is a list of messages. */
export const isConversation = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((turn) => typeof turn === 'object' && turn !== null && 'content' in turn);

/** @throws RowTrouble where a message has no content that is text */
export function messagesOf(turns: readonly unknown[]): Message[] {
  return turns.map((turn) => {
    const { role, content } = turn as { role?: unknown; content?: unknown };
    return { role: typeof role === 'string' ? role : 'user', content: contentOf(content) };
  });
}

/** Text, or a list of parts of which the texts are taken. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    const texts = content.flatMap((part: unknown) => {
      const text = typeof part === 'string' ? part : (part as { text?: unknown } | null)?.text;
      return typeof text === 'string' ? [text] : [];
    });
    if (texts.length > 0) return texts.join('\n');
  }
  throw new RowTrouble(`A message has no text: ${quoted(content)}.`);
}

/** Messages as one text: a single one by itself, several with who speaks before each. */
export const transcript = (messages: readonly Message[]): string =>
  messages.length === 1
    ? messages[0]!.content
    : messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n');

/**
 * A text, or a conversation as text.
 * @throws RowTrouble where it is neither, or empty
 */
export function textOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (isConversation(value)) return transcript(messagesOf(value));
  throw new RowTrouble(
    value === undefined || value === ''
      ? `The ${what} is missing.`
      : `The ${what} is ${quoted(value)}, which is no text.`,
  );
}

/** How many messages two conversations begin with alike. */
export function inCommon(a: readonly Message[], b: readonly Message[]): number {
  const differs = (i: number) => a[i]?.role !== b[i]?.role || a[i]?.content !== b[i]?.content;
  let count = 0;
  while (count < Math.min(a.length, b.length) && !differs(count)) count += 1;
  return count;
}
