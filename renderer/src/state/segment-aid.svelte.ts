import type { Edit, Segment } from '../../../app/contract/shapes/segment.ts';
import type { Runs } from '../../../app/contract/shapes/text.ts';
import type { Connection } from '../client/connection.ts';
import { tellError } from '../i18n/messages.ts';
import { withoutSteps } from './edit-steps.ts';

export interface Suggestion { readonly target: Runs; readonly model: string; readonly score: number | null; readonly milliseconds: number; readonly unsure: readonly { readonly start: number; readonly end: number }[] }

/** What the side panel knows of the active segment: a fresh machine translation, and what the target was before. */
export class SegmentAid {
  suggestion = $state.raw<Suggestion | null>(null);
  suggesting = $state(false);
  /** Why there is no suggestion. */
  refusal = $state.raw<ReturnType<typeof tellError> | null>(null);
  history = $state.raw<readonly Edit[]>([]);
  /** Why the history is not there. */
  historyFailure = $state.raw<string | null>(null);
  readonly #connection: Connection;
  readonly #projectId: number;
  readonly #suggested: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #serial = 0;
  #historySerial = 0;

  constructor(connection: Connection, projectId: number, suggested: () => void) {
    this.#connection = connection;
    this.#suggested = suggested;
    this.#projectId = projectId;
  }

  /** Asks for a suggestion once the user stays on a segment; an answer for a segment that was left is dropped. */
  suggest(segmentId: number | null): void {
    clearTimeout(this.#timer);
    const serial = ++this.#serial;
    this.suggestion = null;
    this.refusal = null;
    this.suggesting = segmentId !== null;
    if (segmentId === null) return;
    this.#timer = setTimeout(() => void this.#ask(segmentId, serial), 150);
  }

  async #ask(segmentId: number, serial: number): Promise<void> {
    try {
      const suggestion = await this.#connection.call('segment.suggest', { projectId: this.#projectId, segmentId });
      if (serial !== this.#serial) return;
      this.suggestion = suggestion;
      this.#suggested();
    } catch (error) {
      if (serial === this.#serial) this.refusal = tellError(error);
    } finally {
      if (serial === this.#serial) this.suggesting = false;
    }
  }

  /** Reads the edit log of a segment, newest first; steps of one stretch of typing are shown as its last one. */
  async readHistory(segment: Segment | null): Promise<void> {
    const serial = ++this.#historySerial;
    if (segment === null) { this.history = []; return; }
    this.historyFailure = null;
    try {
      const edits = await this.#connection.call('segment.history', { projectId: this.#projectId, segmentId: segment.id });
      if (serial === this.#historySerial) this.history = withoutSteps(edits);
    } catch (error) {
      if (serial !== this.#historySerial) return;
      this.history = [];
      this.historyFailure = tellError(error).message;
    }
  }
}
