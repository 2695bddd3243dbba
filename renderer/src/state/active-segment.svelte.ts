import type { Origin, Segment, SegmentState } from '../../../app/contract/shapes/segment.ts';
import type { ReadonlyRuns, Runs } from '../../../app/contract/shapes/text.ts';
import type { Connection } from '../client/connection.ts';
import { codeOf } from '../i18n/messages.ts';
import type { Span } from '../editor/source-span.ts';
import { DraftSaver, type SaveStatus } from './draft-saver.ts';

/** As much of the mounted editor as commands need. */
export interface EditorHandle {
  readonly hasFocus: boolean;
  /** The text that is selected, without tags. */
  readonly selectedText: string;
  focus(): void;
  insert(runs: ReadonlyRuns): void;
  insertAll(runs: ReadonlyRuns): void;
  insertTag(run: Exclude<ReadonlyRuns[number], string>): void;
  readonly missing: Exclude<ReadonlyRuns[number], string>[];
}

export interface ActiveSegmentOptions {
  readonly connection: Connection;
  readonly projectId: number;
  /** The stored row is known anew (a save came back, a conflict ended): the row, and other segments that the save changed. */
  readonly saved: (segment: Segment, propagated: readonly number[]) => void;
  readonly failed: (error: unknown) => void;
}

/** The segment that is being worked on: what is stored of it, what is typed, and whether the two agree. */
export class ActiveSegment {
  /** As last stored. */
  segment: Segment;
  status = $state<SaveStatus>('saved');
  /** What the editor shows; `serial` rises when the text came from outside the editor. */
  shown = $state.raw<{ readonly runs: ReadonlyRuns; readonly serial: number }>({ runs: [], serial: 0 });
  /** The text as it stands, typed or stored. */
  runs = $state.raw<ReadonlyRuns>([]);
  /** What is stored, when it and what was typed have gone apart. */
  conflict = $state.raw<Segment | null>(null);
  /** What is chosen of the source, for a term; `onPage`: as the page's own selection, which shows itself. */
  sourceSpan = $state.raw<(Span & { readonly onPage: boolean }) | null>(null);
  editor: EditorHandle | undefined;
  readonly #saver: DraftSaver;
  readonly #options: ActiveSegmentOptions;

  constructor(segment: Segment, options: ActiveSegmentOptions) {
    this.#options = options;
    this.segment = $state.raw(segment);
    this.runs = segment.target ?? [];
    this.shown = { runs: this.runs, serial: 0 };
    this.#saver = new DraftSaver(segment, {
      save: async (input) => {
        const { segment: stored, propagated } = await options.connection.call('segment.save', { projectId: options.projectId, ...input });
        options.saved(stored, propagated);
        return stored;
      },
      isConflict: (error) => codeOf(error) === 'CONFLICT',
      changed: (status) => {
        this.status = status;
        this.segment = this.#saver.stored;
        if (status === 'conflict') void this.#readConflict();
        else this.conflict = null;
      },
      failed: options.failed,
      idle: 350, latest: 850, retry: 3000,
    });
  }

  get id(): number { return this.segment.id; }

  /** The source without its tags. */
  get sourceText(): string { return textOf(this.segment.source); }
  /** The target as it stands, without its tags. */
  get targetText(): string { return textOf(this.runs); }

  /** What was typed and not stored yet. */
  get unsaved(): Runs | undefined { return this.#saver.unsaved; }

  /** Takes what was typed. */
  typed(runs: Runs): void {
    this.runs = runs;
    this.#saver.edit(runs);
  }

  flush(): Promise<boolean> { return this.#saver.flush(); }

  /** Confirms the text as it stands. Rejects when the core refuses it. */
  async confirm(): Promise<void> {
    const { origin } = this.segment;
    const untouched = this.#saver.unsaved === undefined && origin !== null;
    await this.#saver.store(asTarget(this.runs), 'translated', untouched ? origin : { kind: 'typed' });
  }

  /** Puts another text in the place of the target and stores it. */
  async replace(runs: ReadonlyRuns, origin: Origin, state: SegmentState = 'draft'): Promise<void> {
    this.#show(runs);
    await this.#saver.store(asTarget(runs), runs.length === 0 ? 'not-started' : state, origin);
  }

  /** Takes a state of the row that came from elsewhere (a batch, undo, propagation). */
  adopt(segment: Segment): void {
    if (segment.id === this.segment.id && this.#saver.adopt(segment)) this.#show(segment.target ?? []);
  }

  /** Ends a conflict with one of the two texts. */
  async resolve(keep: 'mine' | 'stored'): Promise<void> {
    const current = this.conflict;
    if (!current) return;
    if (keep === 'stored') this.#show(current.target ?? []);
    await this.#saver.resolve(current, keep === 'mine');
    if (keep === 'stored') this.#options.saved(current, []);
  }

  #show(runs: ReadonlyRuns): void {
    this.runs = runs;
    this.shown = { runs, serial: this.shown.serial + 1 };
  }

  async #readConflict(): Promise<void> {
    try {
      const [row] = await this.#options.connection.call('segments.rows', { projectId: this.#options.projectId, ids: [this.segment.id] });
      if (row && this.status === 'conflict') this.conflict = row;
    } catch (error) {
      this.#options.failed(error);
    }
  }
}

const textOf = (runs: ReadonlyRuns): string => runs.filter((run) => typeof run === 'string').join('');
const asTarget = (runs: ReadonlyRuns): Runs | null => (runs.length === 0 ? null : [...runs]);
