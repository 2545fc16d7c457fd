/** How long changes that follow a save are collected, in milliseconds. */
const interval = 300;

/** Saves a change at once, and those of the next moment together: a tab may be closed at any time, a slider is drawn. */
export class Saver {
  readonly #save: () => Promise<void>;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Something is to be saved. */
  change(): void {
    this.#changed = true;
    if (this.#timer) return;
    void this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#changed) this.change();
    }, interval);
  }

  /** Saves now what is not saved yet. A tab with nothing new must not write over the work of another. */
  async flush(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    await this.#save();
  }
}
