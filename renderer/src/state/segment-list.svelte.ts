import type { Project } from '../../../app/contract/shapes/project.ts';
import type { Segment, SegmentFilter, SegmentState } from '../../../app/contract/shapes/segment.ts';
import type { Connection } from '../client/connection.ts';
import { parseFilterText, type FilterSide } from '../filter/parse-filter.ts';
import { ActiveSegment } from './active-segment.svelte.ts';
import { RowCache } from './row-cache.ts';

export interface SegmentListOptions {
  readonly connection: Connection;
  readonly projectId: number;
  readonly failed: (error: unknown) => void;
  /** For screen readers. */
  readonly say: (text: string) => void;
}

/** What the grid shows of one project: a filter, the ids that pass it, the rows near the eye, and the active segment. */
export class SegmentList {
  ids = $state.raw<readonly number[]>([]);
  rows = $state.raw<ReadonlyMap<number, Segment>>(new Map());
  active = $state.raw<ActiveSegment | null>(null);
  activeId = $state<number | null>(null);
  /** The grid scrolls here when `serial` rises. */
  reveal = $state.raw<{ readonly index: number; readonly serial: number }>({ index: 0, serial: 0 });
  loading = $state(true);

  fileId = $state<number | null>(null);
  text = $state('');
  side = $state<FilterSide>('both');
  states = $state.raw<readonly SegmentState[]>([]);
  withFindings = $state(false);
  filterError = $state('');

  /** The field that the filter is typed into, while it is on screen. */
  filterField: HTMLInputElement | undefined;
  /** The editor takes the keyboard when it is mounted next. */
  wantsFocus = false;
  /** Where the mouse was when the row was chosen, for the caret. */
  wantsCaret: { readonly x: number; readonly y: number } | undefined;

  readonly #options: SegmentListOptions;
  readonly #cache: RowCache;
  #positions: ReadonlyMap<number, number> | undefined;
  #asked = 0;
  #visible: readonly [number, number] = [0, 0];

  constructor(options: SegmentListOptions) {
    this.#options = options;
    const { connection, projectId } = options;
    this.#cache = new RowCache({
      read: (ids) => connection.call('segments.rows', { projectId, ids: [...ids] }),
      changed: () => { this.#rowsChanged(); },
      failed: options.failed,
      page: 100, keep: 1500,
    });
  }

  /** The filter as the core understands it; undefined while the text can't be read. */
  get filter(): SegmentFilter | undefined {
    const parsed = parseFilterText(this.text, this.side);
    if (parsed.error !== undefined) return undefined;
    return {
      ...(this.fileId === null ? {} : { fileId: this.fileId }),
      ...(this.states.length === 0 ? {} : { states: [...this.states] }),
      ...(this.withFindings ? { withFindings: true } : {}),
      ...(parsed.text ? { text: parsed.text } : {}),
    };
  }

  get filtered(): boolean { return this.text.trim() !== '' || this.states.length > 0 || this.withFindings; }

  indexOf(id: number): number {
    this.#positions ??= new Map(this.ids.map((known, index) => [known, index]));
    return this.#positions.get(id) ?? -1;
  }

  get activeIndex(): number { return this.activeId === null ? -1 : this.indexOf(this.activeId); }

  /** Asks the core again which segments pass the filter. The active one stays if it is among them. */
  async find(): Promise<void> {
    const filter = this.filter;
    this.filterError = parseFilterText(this.text, this.side).error ?? '';
    if (!filter) return;
    const asked = ++this.#asked;
    this.loading = true;
    try {
      await this.active?.flush();
      const { ids } = await this.#options.connection.call('segments.find', { projectId: this.#options.projectId, filter });
      if (asked !== this.#asked) return;
      this.ids = ids;
      this.#positions = undefined;
      const index = this.activeId === null ? -1 : this.indexOf(this.activeId);
      if (index < 0) {
        this.#leave();
        const first = ids[0];
        if (first !== undefined) this.activate(first);
      } else this.#reveal(index);
      this.see(0, 60);
    } catch (error) {
      if (asked === this.#asked) {
        this.filterError = error instanceof Error ? error.message : String(error);
        if (this.ids.length === 0) this.#options.failed(error);
      }
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  /** Shows everything again; used to reach a segment that the filter hides. */
  async clearFilter(): Promise<void> {
    this.text = '';
    this.states = [];
    this.withFindings = false;
    this.fileId = null;
    await this.find();
  }

  /** The grid says which rows are on screen; those around them are read as well. */
  see(from: number, to: number): void {
    this.#visible = [from, to];
    const ids = this.ids.slice(Math.max(0, from - 40), to + 80);
    if (this.activeId !== null && !ids.includes(this.activeId)) ids.push(this.activeId);
    this.#cache.show(ids);
  }

  /** Makes a segment the active one; what was typed in the one before is stored. */
  activate(id: number, options: { focus?: boolean; caret?: { x: number; y: number } } = {}): void {
    if (options.focus) this.wantsFocus = true;
    this.wantsCaret = options.caret;
    if (id === this.activeId) { if (options.focus) this.active?.editor?.focus(); return; }
    this.#leave();
    this.activeId = id;
    const index = this.indexOf(id);
    if (index >= 0) this.#reveal(index);
    this.see(...this.#visible);
    this.#rowsChanged();
  }

  /** Goes to a segment even if the filter hides it. */
  async goTo(id: number, options: { focus?: boolean } = {}): Promise<void> {
    if (this.indexOf(id) < 0) await this.clearFilter();
    this.activate(id, options);
    const index = this.indexOf(id);
    if (index >= 0) this.#reveal(index);
  }

  /** The segment `step` rows away from the active one. */
  move(step: number): void {
    const index = Math.min(this.ids.length - 1, Math.max(0, this.activeIndex + step));
    const id = this.ids[index];
    if (id !== undefined) this.activate(id, { focus: true });
  }

  /** For screen readers. */
  say(text: string): void { this.#options.say(text); }

  /** Takes a row that came with an answer. */
  put(segment: Segment): void { this.#cache.put(segment); }

  /** Some rows (null: many) were changed by something else. */
  changed(ids: readonly number[] | null): void { this.#cache.invalidate(ids); }

  toggleState(state: SegmentState): void {
    this.states = this.states.includes(state) ? this.states.filter((other) => other !== state) : [...this.states, state];
    void this.find();
  }

  /** Ids of the files may go away (a project was reopened): forgets a file that is gone. */
  projectChanged(project: Project): void {
    if (this.fileId !== null && !project.files.some(({ id }) => id === this.fileId)) { this.fileId = null; void this.find(); }
  }

  async close(): Promise<void> {
    await this.active?.flush();
    this.#cache.clear();
  }

  #leave(): void {
    void this.active?.flush();
    this.active = null;
    this.activeId = null;
  }

  #reveal(index: number): void { this.reveal = { index, serial: this.reveal.serial + 1 }; }

  #rowsChanged(): void {
    this.rows = this.#cache.snapshot();
    const row = this.activeId === null ? undefined : this.rows.get(this.activeId);
    if (!row) return;
    if (this.active?.id === row.id) { this.active.adopt(row); return; }
    this.active = new ActiveSegment(row, {
      connection: this.#options.connection,
      projectId: this.#options.projectId,
      saved: (segment, propagated) => {
        this.#cache.put(segment);
        if (propagated.length > 0) this.#cache.invalidate(propagated);
      },
      failed: this.#options.failed,
    });
    this.#options.say(`Segment ${row.number}`);
  }
}
