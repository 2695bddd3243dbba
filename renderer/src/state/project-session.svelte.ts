import type { BilingualKind, Receipt } from '../../../app/contract/shapes/delivery.ts';
import type { Project } from '../../../app/contract/shapes/project.ts';
import type { Connection } from '../client/connection.ts';
import { codeOf, formatSeconds, formatCount, plural, tellError } from '../i18n/messages.ts';
import { Adaptation } from './adaptation.svelte.ts';
import { LongWork } from './long-work.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { ProjectTerms } from './project-terms.svelte.ts';
import { ReadingRoom } from './reading-room.svelte.ts';
import { SegmentList } from './segment-list.svelte.ts';
import { SegmentAid } from './segment-aid.svelte.ts';
import { WorkPace } from './work-pace.ts';

export interface Delivered { readonly receipt: Receipt; readonly receiptHtml: string; readonly receiptJson: string; readonly outDir: string }

/** One open project and everything that can be done with it. */
export class ProjectSession {
  project: Project;
  delivered = $state.raw<Delivered | null>(null);
  readonly list: SegmentList;
  readonly aid: SegmentAid;
  readonly terms: ProjectTerms;
  readonly adaptation: Adaptation;
  readonly reading: ReadingRoom;
  readonly translation = new LongWork();
  readonly delivery = new LongWork();
  readonly #connection: Connection;
  readonly #notices: Notices;
  /** How fast words are confirmed since the project was opened; null until that can be said. */
  pace = $state.raw<WorkPace['now']>(null);
  readonly #pace: WorkPace;
  /** Undo and redo, one after the other. */
  #steps: Promise<void> = Promise.resolve();
  #ended = false;

  readonly #engineWorked: () => void;
  readonly #findModels: () => void;

  /**
   * `engineWorked` is called when the engine has translated something and may know more of itself (speed, precision);
   * `findModels` when the user wants a model for the project's languages, which has none.
   */
  constructor(project: Project, connection: Connection, notices: Notices, { engineWorked, findModels }: { engineWorked: () => void; findModels: () => void }) {
    this.project = $state.raw(project);
    this.#pace = new WorkPace(project, performance.now());
    this.#connection = connection;
    this.#notices = notices;
    this.list = new SegmentList({ connection, projectId: project.id, failed: (error) => { notices.tellError(error, 'segments'); }, say: (text) => { notices.say(text); } });
    this.#engineWorked = engineWorked;
    this.#findModels = findModels;
    this.aid = new SegmentAid(connection, project.id, engineWorked);
    this.terms = new ProjectTerms(connection, project.id);
    this.adaptation = new Adaptation(connection, project.id);
    this.reading = new ReadingRoom(connection, project.id);
  }

  get id(): number { return this.project.id; }

  take(project: Project): void {
    this.project = project;
    this.pace = this.#pace.take(project, performance.now());
    this.list.projectChanged(project);
  }

  /** Confirms the active segment and goes to the next one that is not confirmed; says why when it can't. */
  async confirm(): Promise<void> {
    const { active } = this.list;
    if (!active || active.segment.locked) return;
    if (active.runs.length === 0) {
      this.#notices.tell({ topic: 'confirm', tone: 'warning', title: 'The target is empty', advice: 'Type a translation, insert the suggestion (Ctrl+1) or copy the source (Ctrl+Insert).' });
      return;
    }
    try {
      await active.confirm();
    } catch (error) {
      this.#notices.tellError(error, 'confirm');
      active.editor?.focus();
      return;
    }
    this.#notices.close('confirm');
    this.#notices.say(`Segment ${active.segment.number} confirmed`);
    // Who went elsewhere meanwhile is not fetched back.
    if (this.list.active === active) await this.nextUnconfirmed();
  }

  /** Reads what the view shows: the segments first, then what takes longer in a large project. */
  async show(): Promise<void> {
    await this.list.find();
    const { activeId } = this.list;
    if (activeId !== null) this.list.activate(activeId, { focus: true });
    void this.adaptation.read();
  }

  /** Terms came or went: what is shown of them, and the suggestion that they bind in, are asked for again. */
  termsChanged(): void {
    this.terms.changed();
    this.aid.suggest(this.list.activeId);
  }

  /** Goes to a segment by its number in the project; false when there is none of that number. */
  async goToNumber(number: number): Promise<boolean> {
    // Numbers run through the project in document order, which is the order of an unfiltered list.
    const { ids } = await this.#connection.call('segments.find', { projectId: this.id, filter: {} });
    const id = ids[number - 1];
    if (id !== undefined) await this.list.goTo(id, { focus: true });
    return id !== undefined;
  }

  async nextUnconfirmed(): Promise<void> {
    const { list } = this;
    const { fileId } = list;
    const filter = list.filter ?? {};
    const { id } = await this.#connection.call('segments.nextUnconfirmed', { projectId: this.id, after: list.activeId ?? 0, filter });
    if (id !== null) { await list.goTo(id, { focus: true }); return; }
    const where = list.filtered ? 'that the filter keeps' : fileId === null ? 'of the project' : 'of this file';
    this.#notices.tell({ topic: 'confirm', tone: 'done', title: 'All confirmed', text: `Every segment ${where} is confirmed.` });
  }

  /** Takes back (or does again) the last action, whatever segment it was in, and goes there. Each press counts, also while the one before is on its way. */
  step(direction: 'undo' | 'redo'): Promise<void> {
    const step = this.#steps.then(() => this.#step(direction));
    this.#steps = step.catch(() => undefined);
    return step;
  }

  async #step(direction: 'undo' | 'redo'): Promise<void> {
    try {
      const { list } = this;
      if (list.active && !(await list.active.flush())) return;
      const result = direction === 'undo' ? await this.#connection.call('edits.undo', { projectId: this.id }) : await this.#connection.call('edits.redo', { projectId: this.id });
      if (!result) {
        this.#notices.tell({ topic: 'undo', tone: 'info', title: direction === 'undo' ? 'Nothing to undo' : 'Nothing to redo' });
        return;
      }
      this.take(result.project);
      const here = list.activeId !== null && result.segmentIds.includes(list.activeId);
      const to = here ? list.activeId : (result.segmentIds[0] ?? null);
      if (to !== null) {
        const [row] = await this.#connection.call('segments.rows', { projectId: this.id, ids: [to] });
        if (row) list.put(row);
        if (!here) await list.goTo(to, { focus: true });
      }
      list.changed(result.segmentIds.length > 500 ? null : result.segmentIds);
      const what = direction === 'undo' ? 'Undone' : 'Done again';
      if (result.segmentIds.length > 1) this.#notices.tell({ topic: 'undo', tone: 'info', title: `${what} in ${plural(result.segmentIds.length, 'segment')}` });
      else this.#notices.say(what);
    } catch (error) {
      if (codeOf(error) !== 'CONFLICT') throw error;
      const { message, advice } = tellError(error);
      this.#notices.tell({ topic: 'undo', tone: 'warning', title: direction === 'undo' ? 'Not to be undone now' : 'Not to be done again now', text: message, advice });
    }
  }

  /** The core that this session was opened in is gone; what still comes, or fails, on its behalf is not told. */
  abandon(): void { this.#ended = true; }

  /** Machine-translates what is not started, in the file on show or in all of them. */
  async translate(): Promise<void> {
    await this.list.active?.flush();
    this.#notices.close('translation');
    const { fileId } = this.list;
    try {
      const done = await this.translation.run((options) => this.#connection.job('translate.run', { projectId: this.id, scope: 'not-started', ...(fileId === null ? {} : { fileIds: [fileId] }) }, options));
      if (!done || this.#ended) return;
      this.take(await this.#connection.call('project.info', { projectId: this.id }));
      this.#engineWorked();
      if (done.outcome === 'cancelled') this.#notices.tell({ topic: 'translation', tone: 'info', title: 'Translation stopped', text: `${plural(done.segments, 'segment')} translated and kept.` });
      else if (done.segments === 0) this.#notices.tell({ topic: 'translation', tone: 'info', title: 'Nothing left to translate', text: 'Every segment has a target already.' });
      else {
        const speed = done.seconds > 0 ? ` · ${formatCount(Math.round(done.words / done.seconds))} words/s` : '';
        const repeated = done.repeated > 0 ? `, ${plural(done.repeated, 'repetition')} among them` : '';
        this.#notices.tell({
          topic: 'translation', tone: 'done', title: `${plural(done.segments, 'segment')} translated${repeated}`,
          text: `${plural(done.words, 'word')} in ${formatSeconds(done.seconds)}${speed}`,
          ...(done.flagged > 0 ? { advice: `${plural(done.flagged, 'segment deserves', 'segments deserve')} a look.`, action: { title: 'Show them', run: () => { this.list.withFindings = true; void this.list.find(); } } } : {}),
        });
      }
    } catch (error) {
      if (this.#ended) return;
      await this.#tellTranslationFailure(error);
    }
    this.list.changed(null);
  }

  // One sentence for the engine's end, with the way on; its restart alone is told in its place by the studio.
  async #tellTranslationFailure(error: unknown): Promise<void> {
    const project = await this.#connection.call('project.info', { projectId: this.id }).catch(() => undefined);
    if (project) this.take(project);
    const { code, title, message, advice } = tellError(error);
    if (code === 'PAIR_WITHOUT_MODEL') { this.#notices.tell({ topic: 'translation', tone: 'error', title, text: message, advice, action: { title: 'Find models\u2026', run: this.#findModels } }); return; }
    if (code !== 'ENGINE_EXITED') { this.#notices.tellError(error, 'translation'); return; }
    this.#notices.tell({ topic: 'engine', tone: 'warning', title, text: message, advice, action: { title: 'Continue', run: () => void this.translate() } });
  }

  /** Writes target and bilingual files, opens each again, and keeps the receipt on show. */
  async deliver(outDir: string, bilingual: readonly BilingualKind[]): Promise<void> {
    await this.list.active?.flush();
    const result = await this.delivery.run((options) => this.#connection.job('export.run', { projectId: this.id, outDir, bilingual: [...bilingual] }, options));
    if (result) this.delivered = { ...result, outDir };
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.translation.cancel();
    this.delivery.cancel();
    this.reading.cancel();
    await this.list.close();
  }
}
