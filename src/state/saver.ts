/** How long changes that follow a save are collected, in milliseconds. */
const interval = 300;

/** Saves a change at once, and those of the next moment together: a tab may be closed at any time, a slider is drawn. */
export class Saver {
  readonly #save: () => Promise<void>;
  #changed = false;
  #underWay = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(save: () => Promise<void>) {
    this.#save = save;
  }

  /** Whether something would be lost now. */
  get unsaved(): boolean {
    return this.#changed || this.#underWay > 0;
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

  /** Saves now what is not saved yet. */
  async flush(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    this.#underWay += 1;
    await this.#save();
    this.#underWay -= 1;
  }
}
