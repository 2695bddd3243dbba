import type { EventValue, Output } from '../../../app/contract/contract.ts';
import type { EngineStatus, ModelInfo } from '../../../app/contract/shapes/model.ts';
import type { FileFailure, Project } from '../../../app/contract/shapes/project.ts';
import type { TrainingOutcome } from '../../../app/contract/shapes/training.ts';
import type { Connection } from '../client/connection.ts';
import { formatCount, plural } from '../i18n/messages.ts';
import type { Appearance } from './appearance.svelte.ts';
import { LongWork } from './long-work.svelte.ts';
import { ModelLibrary } from './model-library.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { ProjectSession } from './project-session.svelte.ts';
import { TrainingRoom } from './training-room.svelte.ts';

export type DialogName = 'new-project' | 'deliver' | 'palette' | 'go-to' | 'failures' | 'models' | 'training' | 'terms' | 'reading' | 'adaptation';
export interface NewProject { readonly path: string; readonly name: string; readonly from: string; readonly to: string; readonly inputs: readonly string[] }

/** The window: which project is open, which dialog stands in front, what runs on this machine. */
export class Studio {
  session = $state.raw<ProjectSession | null>(null);
  dialog = $state<DialogName | null>(null);
  recent = $state.raw<Output<'project.recent'>>([]);
  models = $state.raw<readonly ModelInfo[]>([]);
  engine = $state.raw<EngineStatus | null>(null);
  /** Files and folders chosen for the project that is about to be made. */
  inputs = $state.raw<readonly string[]>([]);
  /** Its languages, where they were chosen. */
  newPair = $state.raw<{ readonly from?: string; readonly to?: string }>({});
  failures = $state.raw<readonly FileFailure[]>([]);
  opening = $state(false);
  readonly importing = new LongWork();
  readonly library: ModelLibrary;
  readonly training: TrainingRoom;
  readonly connection: Connection;
  readonly notices: Notices;
  readonly appearance: Appearance;
  /** What the engine said of models and devices, told already. */
  #engineMessage: string | null = null;
  #restarts: number | undefined;
  #behindModels: DialogName | null = null;
  #closing = false;

  constructor(connection: Connection, notices: Notices, appearance: Appearance) {
    this.connection = connection;
    this.notices = notices;
    this.appearance = appearance;
    this.library = new ModelLibrary(connection);
    this.training = new TrainingRoom(connection, (outcome) => { this.#trained(outcome); });
    connection.on('project.changed', ({ project }) => { if (project.id === this.session?.id) this.session.take(project); });
    connection.on('segments.changed', ({ projectId, segmentIds }) => { if (projectId === this.session?.id) this.session.list.changed(segmentIds); });
    connection.on('terms.changed', ({ projectId }) => { if (projectId === this.session?.id) this.session.termsChanged(); });
    connection.on('adaptation.changed', ({ projectId, status }) => { if (projectId === this.session?.id) this.session.adaptation.changed(status); });
    connection.on('engine.changed', (status) => { this.#engineChanged(status); });
    connection.on('training.changed', () => { if (this.dialog === 'training') void this.training.read(); });
    connection.on('models.changed', () => { void this.#modelsChanged(); });
    connection.onLost(() => void this.#recover());
  }

  /** Reads what the start screen shows. */
  async start(): Promise<void> {
    const told = (error: unknown): void => { this.notices.tellError(error, 'start'); };
    await Promise.all([
      this.readRecent().catch(told),
      this.connection.call('models.list', {}).then((models) => { this.models = models; }).catch(told),
      this.connection.call('engine.status', {}).then((status) => { this.#engineChanged(status); }).catch(told),
    ]);
  }

  /** Opens the models; with a pair that nothing serves the catalogue, and in it what would. */
  async showModels(pair?: { readonly from: string; readonly to: string }): Promise<void> {
    if (pair !== undefined) {
      this.library.wanted = { ...(await this.connection.call('models.wanted', pair)), ...pair };
      this.library.query = '';
      this.library.tab = 'published';
    }
    this.#behindModels = this.dialog === 'new-project' || this.dialog === 'reading' ? this.dialog : null;
    this.dialog = 'models';
  }

  /** Goes back to where the models were opened from. */
  closeModels(): void {
    this.library.wanted = null;
    this.dialog = this.#behindModels;
  }

  /** Told where the training view is not looked at. */
  #trained({ outcome, version }: TrainingOutcome): void {
    if (this.dialog === 'training' || outcome === 'cancelled') return;
    const show = { title: 'Look', run: () => { this.dialog = 'training'; } };
    if (outcome === 'accepted') this.notices.tell({ topic: 'training', tone: 'done', title: 'The model has learned', text: `${version ?? 'It'} is used from now on.`, action: show });
    else this.notices.tell({ topic: 'training', tone: 'warning', title: 'The training ended without a better model', text: 'The old model stays as it was.', action: show });
  }

  async #modelsChanged(): Promise<void> {
    const { wanted } = this.library;
    try {
      this.models = await this.connection.call('models.list', {});
      if (this.dialog === 'models') await this.library.read();
      const { session } = this;
      if (session?.aid.refusal?.code === 'PAIR_WITHOUT_MODEL') session.aid.suggest(session.list.activeId);
      if (wanted === null) return;
      const renewed = { ...(await this.connection.call('models.wanted', { from: wanted.from, to: wanted.to })), from: wanted.from, to: wanted.to };
      // Another pair, or all models, may be wanted by now.
      if (this.library.wanted === wanted) this.library.wanted = renewed;
    } catch (error) {
      this.notices.tellError(error, 'models');
    }
  }

  async readRecent(): Promise<void> { this.recent = await this.connection.call('project.recent', {}); }

  /** Starts the dialog for a new project with these files, or lets the user add them there. */
  newProject(inputs: readonly string[] = []): void {
    this.inputs = inputs;
    this.newPair = {};
    this.dialog = 'new-project';
  }

  async createProject(wanted: NewProject): Promise<void> {
    const made = await this.importing.run((options) => this.connection.job('project.create', { ...wanted, inputs: [...wanted.inputs] }, options));
    if (!made) return;
    this.dialog = null;
    await this.#show(made.project);
    this.#tellFailures(made.failures, made.project.files.length);
  }

  /** Opens a project file; without a path the user chooses one. `anyway` gives up what can't be stored of the one that is open. */
  async openProject(path?: string, anyway = false): Promise<void> {
    const chosen = path ?? (await this.connection.native('dialog.openProject', {}));
    if (chosen === null || this.opening) return;
    this.opening = true;
    try {
      if (!anyway && this.session && !(await this.#stored(this.session, () => this.openProject(chosen, true)))) return;
      const project = await this.connection.call('project.open', { path: chosen });
      await this.#show(project);
    } catch (error) {
      this.notices.tellError(error, 'open');
      await this.readRecent();
    } finally {
      this.opening = false;
    }
  }

  /** `changed`: what happens to files that the project holds in an older version; they are offered as an update unless told otherwise. */
  async addFiles(paths: readonly string[], changed: 'refuse' | 'update' = 'refuse'): Promise<void> {
    const { session } = this;
    if (!session || paths.length === 0) return;
    const before = session.project.files.length;
    const added = await this.importing.run((options) => this.connection.job('project.addFiles', { projectId: session.id, inputs: [...paths], changed }, options));
    if (!added) return;
    session.take(added.project);
    await session.list.find();
    const newer = changed === 'refuse' ? added.failures.filter(({ code }) => code === 'CONFLICT').map(({ path }) => path) : [];
    this.#tellFailures(added.failures.filter(({ path }) => !newer.includes(path)), added.project.files.length - before);
    if (newer.length > 0) this.#offerUpdate(newer);
    for (const { path, kept, changed: fresh } of added.updated)
      this.notices.tell({ topic: `update ${path}`, tone: 'done', title: `${path} updated`, text: `${formatCount(kept)} of ${plural(kept + fresh, 'segment')} kept. Undo brings the old version back.` });
  }

  #offerUpdate(paths: readonly string[]): void {
    const [only] = paths;
    this.notices.tell({
      topic: 'update', tone: 'warning', title: paths.length === 1 && only !== undefined ? `${only.split(/[\\/]/).at(-1) ?? only} has changed` : `${plural(paths.length, 'file')} have changed`,
      text: 'The project holds an older version. An update keeps the translation of what is unchanged.',
      action: { title: 'Update', run: () => { void this.addFiles(paths, 'update'); } },
    });
  }

  /** What was dropped on the window: a project is opened, documents go into the project, or into a new one. */
  async drop(files: readonly File[]): Promise<void> {
    const paths = await this.connection.pathsOf(files);
    const project = paths.find((path) => path.toLowerCase().endsWith('.bitext'));
    if (project !== undefined) await this.openProject(project);
    else if (this.dialog === 'new-project') this.inputs = [...new Set([...this.inputs, ...paths])];
    else if (this.session) await this.addFiles(paths);
    else if (paths.length > 0) this.newProject(paths);
  }

  /** Closes the project, unless what was typed last can't be stored: then that is told, and `anyway` gives it up. */
  async closeProject(anyway = false): Promise<void> {
    const { session } = this;
    if (!session || this.#closing) return;
    this.#closing = true;
    try {
      if (!anyway && !(await this.#stored(session, () => this.closeProject(true)))) return;
      await session.close();
      this.session = null;
      this.dialog = null;
      await this.connection.call('project.close', { projectId: session.id });
      await this.readRecent();
    } finally {
      this.#closing = false;
    }
  }

  /** Stores what was typed last. Where that fails, says so and offers to go on without it. */
  async #stored({ list }: ProjectSession, without: () => Promise<void>): Promise<boolean> {
    const { active } = list;
    if (active === null || (await active.flush())) return true;
    this.notices.tell({
      topic: 'close', tone: 'warning', title: `What you typed in segment ${active.segment.number} is not stored`,
      advice: active.status === 'conflict' ? 'Choose in the segment which of the two texts to keep, then close.' : 'Wait until it is stored, then close.',
      action: { title: 'Give it up', run: () => { without().catch((error: unknown) => { this.notices.tellError(error); }); } },
    });
    active.editor?.focus();
    return false;
  }

  async #show(project: Project): Promise<void> {
    const before = this.session;
    if (before && before.id !== project.id) {
      await before.close();
      await this.connection.call('project.close', { projectId: before.id });
    }
    const session = this.#newSession(project);
    this.session = session;
    await session.show();
  }

  #newSession(project: Project): ProjectSession {
    return new ProjectSession(project, this.connection, this.notices, {
      engineWorked: () => { this.connection.call('engine.status', {}).then((status) => { this.#engineChanged(status); }, (error: unknown) => { this.notices.tellError(error, 'engine'); }); },
      findModels: () => { this.showModels({ from: project.from, to: project.to }).catch((error: unknown) => { this.notices.tellError(error, 'models'); }); },
    });
  }

  #tellFailures(failures: readonly FileFailure[], files: number): void {
    this.failures = failures;
    if (failures.length === 0) {
      if (files > 0) this.notices.tell({ topic: 'import', tone: 'done', title: `${plural(files, 'file')} added` });
    } else this.dialog = 'failures';
  }

  #engineChanged(status: EventValue<'engine.changed'>): void {
    this.engine = status;
    const before = this.#restarts;
    if (before === undefined || status.state === 'ready') this.#restarts = status.restarts;
    const again = before !== undefined && status.restarts > before;
    const session = this.session;
    if (status.state === 'failed') this.notices.tell({ topic: 'engine', tone: 'error', title: 'The translation engine can\u2019t be started', text: status.message ?? '', advice: 'Editing and delivering go on. Restart the studio to try again.' });
    else if (again && status.state === 'ready') {
      this.notices.tell({ topic: 'engine', tone: 'warning', title: 'The translation engine stopped and was started again', advice: session?.translation.running ? 'Nothing is lost; the translation goes on where it was.' : 'Nothing is lost; go on as before.' });
      session?.aid.suggest(session.list.activeId);
    } else if (status.state === 'ready' && status.message !== null && status.message !== this.#engineMessage) {
      this.#engineMessage = status.message;
      this.notices.tell({ topic: 'engine', tone: 'warning', title: 'About the translation engine', text: status.message });
    }
  }

  /** The core's process was replaced: opens the project again where it was, with what was typed and not stored. */
  async #recover(): Promise<void> {
    const { session } = this;
    this.notices.tell({ topic: 'core', tone: 'warning', title: 'The studio\u2019s storage stopped and is being started again', advice: 'What was stored is safe; one moment.' });
    if (!session) return;
    session.abandon();
    const { active, fileId } = session.list;
    const typed = active?.unsaved;
    try {
      const project = await this.connection.call('project.open', { path: session.project.path });
      const renewed = this.#newSession(project);
      renewed.list.fileId = fileId;
      this.session = renewed;
      await renewed.show();
      if (active) {
        await renewed.list.goTo(active.id, { focus: true });
        if (typed !== undefined) await renewed.list.active?.replace(typed, { kind: 'typed' });
      }
      this.notices.tell({ topic: 'core', tone: 'done', title: 'The studio\u2019s storage is back', text: 'The project is open where you left it.' });
    } catch (error) {
      this.notices.tellError(error, 'core');
    }
  }
}
