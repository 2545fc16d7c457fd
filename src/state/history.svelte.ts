/** Undo and redo over immutable states. Consecutive changes with the same key, as by a slider, are one step. */
export class History<State> {
  #past = $state.raw<readonly Entry<State>[]>([]);
  #future = $state.raw<readonly Entry<State>[]>([]);

  /** What undo would take back, or null. */
  get undoable(): string | null {
    return this.#past.at(-1)?.what ?? null;
  }
  get redoable(): string | null {
    return this.#future.at(-1)?.what ?? null;
  }

  /** Notes that `before` was left by doing `what`. */
  record(before: State, what: string, key: string | null = null): void {
    this.#future = [];
    if (key !== null && this.#past.at(-1)?.key === key) return;
    this.#past = [...this.#past.slice(-(depth - 1)), { state: before, what, key }];
  }

  /** @param now the present state, for redo @returns the state to go back to, or null */
  undo(now: State): Entry<State> | null {
    return this.#move(now, 'undo');
  }

  redo(now: State): Entry<State> | null {
    return this.#move(now, 'redo');
  }

  #move(now: State, direction: 'undo' | 'redo'): Entry<State> | null {
    const [from, to] = direction === 'undo' ? [this.#past, this.#future] : [this.#future, this.#past];
    const entry = from.at(-1);
    if (!entry) return null;
    const left = { ...entry, state: now, key: null };
    // What is done after this is a step of its own, even with the slider that was moved before it.
    const rest = from.slice(0, -1).map((earlier) => ({ ...earlier, key: null }));
    if (direction === 'undo') [this.#past, this.#future] = [rest, [...to, left]];
    else [this.#future, this.#past] = [rest, [...to, left]];
    return entry;
  }
}

interface Entry<State> {
  readonly state: State;
  readonly what: string;
  readonly key: string | null;
}

/** States share what did not change, so many of them cost little. */
const depth = 500;
