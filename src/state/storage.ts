import { get, set } from 'idb-keyval';
import type { Settings } from '../domain/settings';
import type { Dataset } from './dataset';

/** What is kept in the browser between visits: the present work, and one set aside when a link was opened over it. */
export interface SavedSession {
  readonly version: 1;
  readonly settings: Settings;
  readonly dataset: Dataset;
}

type Slot = 'present' | 'aside';

export interface SessionStorage {
  load(slot: Slot): Promise<SavedSession | null | undefined>;
  /** @param session null empties the slot */
  save(slot: Slot, session: SavedSession | null): Promise<void>;
  /** Keeps the present work while the page is being left, when nothing that takes time is finished any more. */
  leave(session: SavedSession): void;
}

const leftKey = 'session/left';

/** What was kept on leaving, if anything; it is kept no more then. */
function takeLeft(): SavedSession | null {
  const text = localStorage.getItem(leftKey);
  localStorage.removeItem(leftKey);
  return text === null ? null : (JSON.parse(text) as SavedSession);
}

/** IndexedDB. It may be forbidden or full; callers treat a rejection as "work on in memory". */
export const browserStorage: SessionStorage = {
  async load(slot) {
    const left = slot === 'present' ? takeLeft() : null;
    if (left) await set('session/present', left);
    return left ?? get<SavedSession | null>(`session/${slot}`);
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
