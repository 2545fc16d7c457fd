import { spelledOut, type Statement } from '../domain/comparison';
import type { Playground } from './playground.svelte';

/**
 * `window.playground`: the public scripting surface for the DevTools console, lessons and tests. Its names are stable.
 * Everything given out is a copy.
 */
export function scriptingSurface(playground: Playground) {
  return {
    /** Settles to { backend, adapter, trainer, reason } when the engine can compute. */
    get ready() {
      return playground.ready.then((choice) => structuredClone(choice));
    },
    /** A copy: every setting by the name used in the URL. */
    get settings() {
      return { ...playground.settings };
    },
    configure: (patch: Record<string, unknown>) => playground.configure(patch),
    candidates: () => ({
      count: playground.dataset.candidates.length,
      dimension: playground.features.dimension,
      prompts: playground.prompts.length,
      items: playground.dataset.candidates.map(({ id, prompt, values, text, origin }) => ({
        id,
        prompt,
        values: [...values],
        text: text ?? playground.textOf({ prompt, values }),
        origin,
      })),
    }),
    prefer: (chosenId: number, rejectedId: number) => playground.prefer(chosenId, rejectedId),
    /** Any kind of comparison: a pair with its strength, the best of several, a ranking, a rating. Returns its id. */
    record: (comparison: Statement) => playground.record(comparison),
    simulate: (count: number) => playground.simulate(count),
    comparisons: () => playground.dataset.comparisons.map(spelledOut),
    undo: () => playground.undo(),
    redo: () => playground.redo(),
    play: (stage?: 'loop' | 'reward' | 'policy') => playground.play(stage),
    pause: () => playground.pause(),
    train: async (steps: number) => ready(playground).then(() => playground.train(steps)),
    optimise: async (iterations: number) => ready(playground).then(() => playground.optimise(iterations)),
    rewards: async () => ready(playground).then(() => playground.rewards()),
    series: (name: string) => playground.series(name),
    /** What dropping files on the page does: a report of each. */
    load: (files: readonly File[]) => playground.load(files),
    export: async (name: string) => (await playground.export(name)).blob,
    reset: async () => ready(playground).then(() => playground.reset()),
  };
}

const ready = async (playground: Playground): Promise<void> => void (await playground.ready);

export type ScriptingSurface = ReturnType<typeof scriptingSurface>;
