import type { Settings } from '../../domain/settings';
import { map } from './map';
import type { ScenarioViews } from './scenario-views';

type Id = Settings['scenario'];

/** The registry: a new scenario is one line here. Only the first one is there from the first paint. */
const later: Partial<Record<Id, () => Promise<ScenarioViews>>> = {
  assistant: () => import('./assistant').then(({ assistant }) => assistant),
  linear: () => import('./linear').then(({ linear }) => linear),
  driving: () => import('./driving').then(({ driving }) => driving),
};

/** How scenarios look, as far as that is loaded. */
class LoadedViews {
  #loaded = $state.raw<Partial<Record<Id, ScenarioViews>>>({ map });
  readonly #asked = new Set<Id>();

  /** Null until it is loaded. */
  of(id: Id): ScenarioViews | null {
    const found = this.#loaded[id];
    if (!found) this.#load(id);
    return found ?? null;
  }

  #load(id: Id): void {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    void later[id]?.().then(
      (views) => (this.#loaded = { ...this.#loaded, [id]: views }),
      // Without a connection: asked for again the next time it is wanted.
      () => this.#asked.delete(id),
    );
  }
}

export const scenarioViews = new LoadedViews();
