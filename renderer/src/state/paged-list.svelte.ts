export interface PagedListOptions<T> {
  /** Reads the entries from the `start`-th on, at least one page of them unless there are no more. */
  readonly read: (start: number) => Promise<readonly T[]>;
  readonly failed: (error: unknown) => void;
  /** Entries of one read. */
  readonly page: number;
}

/** A long list of which only the pages near the eye are read; it is read anew when it has changed. */
export class PagedList<T> {
  /** Those that are known, by their place. */
  entries = $state.raw<ReadonlyMap<number, T>>(new Map());
  readonly #options: PagedListOptions<T>;
  readonly #asked = new Set<number>();
  #generation = 0;

  constructor(options: PagedListOptions<T>) { this.#options = options; }

  /** Says which places are on show; the pages that they lie on are read. */
  see(from: number, to: number): void {
    const { page } = this.#options;
    for (let number = Math.floor(Math.max(0, from) / page); number * page <= to; number++) if (!this.#asked.has(number)) void this.#read(number);
  }

  /** The list is another one now. What was read stays on show until it is read again. */
  renew(): void {
    this.#generation++;
    this.#asked.clear();
  }

  async #read(number: number): Promise<void> {
    const generation = this.#generation, start = number * this.#options.page;
    this.#asked.add(number);
    try {
      const found = await this.#options.read(start);
      if (generation !== this.#generation) return;
      const entries = new Map(this.entries);
      found.forEach((entry, i) => entries.set(start + i, entry));
      this.entries = entries;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#asked.delete(number);
      this.#options.failed(error);
    }
  }
}
