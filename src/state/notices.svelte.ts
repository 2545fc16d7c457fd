import type { Note } from '../engine/protocol';

export interface Notice {
  /** A newer notice with the same topic replaces the older one. */
  readonly topic: Note['topic'] | 'link' | 'session' | 'storage' | 'file';
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** What the visitor should know: sentences that stay until they are dismissed or no longer true. */
export class Notices {
  #all = $state.raw<readonly Notice[]>([]);
  /** The last thing that happened, for screen readers. */
  #announcement = $state('');

  get all(): readonly Notice[] {
    return this.#all;
  }
  get announcement(): string {
    return this.#announcement;
  }

  show(notice: Notice): void {
    this.#all = [...this.#all.filter(({ topic }) => topic !== notice.topic), notice];
  }

  dismiss(topic: Notice['topic']): void {
    if (this.#all.some((notice) => notice.topic === topic))
      this.#all = this.#all.filter((notice) => notice.topic !== topic);
  }

  announce(text: string): void {
    this.#announcement = text;
  }
}
