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
}

/** IndexedDB. It may be forbidden or full; callers treat a rejection as "work on in memory". */
export const browserStorage: SessionStorage = {
  load: (slot) => get<SavedSession | null>(`session/${slot}`),
  save: (slot, session) => set(`session/${slot}`, session),
};
