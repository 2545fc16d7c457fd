import { get, set } from 'idb-keyval';
import type { SavedSession } from './saved-session';

/** Where sessions are kept in the browser: the present work, and one set aside when a link was opened over it. */
type Slot = 'present' | 'aside';

export interface SessionStorage {
  load(slot: Slot): Promise<{ readonly version: number } | null | undefined>;
  /** @param session null empties the slot */
  save(slot: Slot, session: SavedSession | null): Promise<void>;
  /** Keeps the present work while the page is being left, when nothing that takes time is finished any more. */
  leave(session: SavedSession): void;
}

const leftKey = 'session/left';

/** What was kept on leaving, if anything; it is kept no more then. */
function takeLeft(): { readonly version: number } | null {
  const text = localStorage.getItem(leftKey);
  localStorage.removeItem(leftKey);
  return text === null ? null : (JSON.parse(text) as { readonly version: number });
}

/** IndexedDB. It may be forbidden or full; callers treat a rejection as "work on in memory". */
export const browserStorage: SessionStorage = {
  async load(slot) {
    const left = slot === 'present' ? takeLeft() : null;
    if (left) await set('session/present', left);
    return left ?? get<{ readonly version: number } | null>(`session/${slot}`);
  },
  async save(slot, session) {
    await set(`session/${slot}`, session);
    if (slot === 'present') localStorage.removeItem(leftKey);
  },
  leave(session) {
    try {
      localStorage.setItem(leftKey, JSON.stringify(session));
    } catch {
      // There is nobody left to tell.
    }
  },
};
