import type { Segment } from '../../../app/contract/shapes/segment.ts';

export interface RowCacheOptions {
  /** Reads rows; unknown ids are left out of the answer. */
  readonly read: (ids: readonly number[]) => Promise<readonly Segment[]>;
  /** Called after rows came or went. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
  /** Rows asked for in one read. */
  readonly page: number;
  /** Rows kept beyond those that are shown. */
  readonly keep: number;
}

/**
 * The rows that a virtual list shows, read by pages and kept for a while. A row that was announced as changed stays on show
 * until its new state has come. Of two states of one row the one with the higher version wins, whatever order they came in.
 */
export class RowCache {
  readonly #options: RowCacheOptions;
  /** Insertion order is the order of last use. */
  readonly #rows = new Map<number, Segment>();
  readonly #stale = new Set<number>();
  /** Ids under way; true when one was announced as changed meanwhile. */
  readonly #reading = new Map<number, boolean>();
  #shown: readonly number[] = [];
  #generation = 0;

  constructor(options: RowCacheOptions) { this.#options = options; }

  get(id: number): Segment | undefined { return this.#rows.get(id); }

  /** A copy of everything held, for a view that is replaced and not mutated. */
  snapshot(): ReadonlyMap<number, Segment> { return new Map(this.#rows); }

  /** Says which ids are on show (or soon will be) and reads those that are missing or stale. */
  show(ids: readonly number[]): void {
    this.#shown = ids;
    this.#read(ids.filter((id) => (!this.#rows.has(id) || this.#stale.has(id)) && !this.#reading.has(id)));
  }

  /** Takes a row that came with an answer, unless a newer state of it is held. Returns the state that is held now. */
  put(row: Segment): Segment {
    const held = this.#store(row);
    this.#options.changed();
    return held;
  }

  /** Marks rows as changed elsewhere (null: all of them) and reads those on show again. */
  invalidate(ids: readonly number[] | null): void {
    for (const id of ids ?? [...this.#rows.keys(), ...this.#reading.keys()]) {
      if (this.#reading.has(id)) this.#reading.set(id, true);
      if (this.#rows.has(id)) this.#stale.add(id);
    }
    this.show(this.#shown);
  }

  /** Forgets everything: another project. Answers still under way are ignored. */
  clear(): void {
    this.#generation++;
    this.#rows.clear();
    this.#stale.clear();
    this.#reading.clear();
    this.#shown = [];
    this.#options.changed();
  }

  #store(row: Segment): Segment {
    const held = this.#rows.get(row.id);
    const newer = held === undefined || row.version >= held.version ? row : held;
    this.#rows.delete(row.id);
    this.#rows.set(row.id, newer);
    return newer;
  }

  #read(ids: readonly number[]): void {
    for (let from = 0; from < ids.length; from += this.#options.page) void this.#readPage(ids.slice(from, from + this.#options.page));
  }

  async #readPage(ids: readonly number[]): Promise<void> {
    const generation = this.#generation;
    for (const id of ids) this.#reading.set(id, false);
    try {
      const rows = await this.#options.read(ids);
      if (generation !== this.#generation) return;
      for (const row of rows) this.#store(row);
    } catch (error) {
      if (generation !== this.#generation) return;
      for (const id of ids) this.#reading.delete(id);
      this.#options.failed(error);
      return;
    }
    const again: number[] = [];
    for (const id of ids) {
      const changed = this.#reading.get(id) === true;
      this.#reading.delete(id);
      if (changed) again.push(id);
      else this.#stale.delete(id);
    }
    this.#forget();
    this.#options.changed();
    const shown = new Set(this.#shown);
    this.#read(again.filter((id) => shown.has(id)));
  }

  #forget(): void {
    const over = this.#rows.size - this.#shown.length - this.#options.keep;
    if (over <= 0) return;
    const shown = new Set(this.#shown);
    let left = over;
    for (const id of this.#rows.keys()) {
      if (left === 0) break;
      if (shown.has(id)) continue;
      this.#rows.delete(id);
      this.#stale.delete(id);
      left--;
    }
  }
}
