import type { Origin, Segment, SegmentState } from '../../../app/contract/shapes/segment.ts';
import type { Runs } from '../../../app/contract/shapes/text.ts';

export interface SaveInput {
  readonly segmentId: number;
  readonly version: number;
  readonly target: Runs | null;
  readonly state: SegmentState;
  readonly origin: Origin;
}

/** `unsaved` within a second of typing, `saving` on its way, `conflict` when the stored text changed meanwhile, `failed` when it is kept here and tried again. */
export type SaveStatus = 'saved' | 'unsaved' | 'saving' | 'conflict' | 'failed';

export interface DraftSaverOptions {
  readonly save: (input: SaveInput) => Promise<Segment>;
  /** True for the error that says the version was stale. */
  readonly isConflict: (error: unknown) => boolean;
  readonly changed: (status: SaveStatus) => void;
  /** What a save in the background met; the text is kept and tried again. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds without typing after which a draft is saved. */
  readonly idle: number;
  /** Milliseconds after which a draft is saved even while typing goes on; below 1,000. */
  readonly latest: number;
  /** Milliseconds until a failed save is tried again. */
  readonly retry: number;
}

const asTarget = (runs: Runs): Runs | null => (runs.length === 0 ? null : runs);
const same = (a: Runs | null, b: Runs | null): boolean => JSON.stringify(a ?? []) === JSON.stringify(b ?? []);

/**
 * Keeps the target of one segment stored while it is being typed. Saves follow one another, each with the version that the
 * one before brought back, so a stale one can only mean that something else changed the segment.
 */
export class DraftSaver {
  readonly #options: DraftSaverOptions;
  #stored: Segment;
  #unsaved: Runs | undefined;
  #status: SaveStatus = 'saved';
  #tail: Promise<unknown> = Promise.resolve();
  #idle: ReturnType<typeof setTimeout> | undefined;
  #latest: ReturnType<typeof setTimeout> | undefined;

  constructor(stored: Segment, options: DraftSaverOptions) {
    this.#stored = stored;
    this.#options = options;
  }

  /** The segment as it was last known to be stored. */
  get stored(): Segment { return this.#stored; }
  get status(): SaveStatus { return this.#status; }
  /** What was typed and not stored yet. */
  get unsaved(): Runs | undefined { return this.#unsaved; }

  /** Takes the text as it stands after a keystroke. */
  edit(runs: Runs): void {
    this.#unsaved = runs;
    if (this.#status === 'conflict') return;
    this.#say('unsaved');
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.flush(), this.#options.idle);
    this.#latest ??= setTimeout(() => void this.flush(), this.#options.latest);
  }

  /** Stores what was typed, now. Returns whether everything is stored; a failure is reported and tried again. */
  async flush(): Promise<boolean> {
    this.#stopTimers();
    return this.#queue(async () => {
      const runs = this.#unsaved;
      if (runs === undefined) return true;
      if (this.#status === 'conflict') return false;
      if (same(asTarget(runs), this.#stored.target)) {
        this.#unsaved = undefined;
        this.#say('saved');
        return true;
      }
      try {
        await this.#send(asTarget(runs), runs.length === 0 ? 'not-started' : 'draft', { kind: 'typed' }, runs);
        return true;
      } catch (error) {
        if (this.#options.isConflict(error)) this.#say('conflict');
        else {
          this.#say('failed');
          this.#options.failed(error);
          this.#idle = setTimeout(() => void this.flush(), this.#options.retry);
        }
        return false;
      }
    });
  }

  /**
   * Stores a text in a state (confirm, copy the source, take a suggestion), in place of what was typed and not stored yet.
   * Rejects with what the core says: TAGS_BROKEN, LOCKED, CONFLICT ...; what was typed then stays unsaved.
   */
  async store(target: Runs | null, state: SegmentState, origin: Origin): Promise<Segment> {
    this.#stopTimers();
    return this.#queue(async () => {
      try {
        return await this.#send(target, state, origin, this.#unsaved);
      } catch (error) {
        if (this.#options.isConflict(error)) {
          this.#unsaved ??= target ?? [];
          this.#say('conflict');
        } else if (this.#unsaved !== undefined) {
          this.#say('unsaved');
          this.#idle = setTimeout(() => void this.flush(), this.#options.idle);
        } else this.#say('saved');
        throw error;
      }
    });
  }

  /** Takes a newer stored state that came from elsewhere. Returns whether the text on show must be replaced by it. */
  adopt(segment: Segment): boolean {
    if (segment.version <= this.#stored.version || this.#unsaved !== undefined || this.#status === 'saving') return false;
    const replaced = !same(segment.target, this.#stored.target);
    this.#stored = segment;
    this.#options.changed(this.#status);
    return replaced;
  }

  /** Ends a conflict: what was typed is stored over the current state, or (`mine` false) given up for it. */
  async resolve(current: Segment, mine: boolean): Promise<boolean> {
    this.#stored = current;
    if (!mine) this.#unsaved = undefined;
    this.#say(mine ? 'unsaved' : 'saved');
    return this.flush();
  }

  async #send(target: Runs | null, state: SegmentState, origin: Origin, sent: Runs | undefined): Promise<Segment> {
    this.#say('saving');
    const segment = await this.#options.save({ segmentId: this.#stored.id, version: this.#stored.version, target, state, origin });
    this.#stored = segment;
    if (this.#unsaved === sent) this.#unsaved = undefined;
    this.#say(this.#unsaved === undefined ? 'saved' : 'unsaved');
    return segment;
  }

  #queue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  #stopTimers(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#latest);
    this.#idle = this.#latest = undefined;
  }

  #say(status: SaveStatus): void {
    this.#status = status;
    this.#options.changed(status);
  }
}
