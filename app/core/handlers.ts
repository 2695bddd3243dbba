/** Names of the contract to functions of the core. What a handler changes it announces. */
import type { EventName, EventValue, Handlers, JobContext } from '../contract/contract.ts';
import { toStudioError } from '../contract/errors.ts';
import type { Progress, Project } from '../contract/shapes/project.ts';
import { openAdaptationRoom } from './adaptation/adaptation-handlers.ts';
import type { WriteDb } from './db/connection.ts';
import { engineStatus } from './engine-status.ts';
import type { StudioEngine } from './engine-status.ts';
import type { GrantedPaths } from './files/granted-paths.ts';
import type { DocumentParser } from './formats/parser-worker/parse-document.ts';
import { fromEngine } from './jobs/engine-errors.ts';
import { exportProject, requireFiles } from './jobs/export.ts';
import type { ExportDeps } from './jobs/export.ts';
import { suggest } from './jobs/suggest.ts';
import { translateProject } from './jobs/translate.ts';
import { modelHandlers } from './models/model-handlers.ts';
import { trainingHandlers } from './training/training-handlers.ts';
import { projectTerms } from './terms/project-terms.ts';
import { openTermRoom } from './terms/term-handlers.ts';
import { textTaskHandlers } from './text-tasks/summaries-and-answers.ts';
import { projectInfo } from './projects/open-projects.ts';
import type { OpenProject, OpenProjects } from './projects/open-projects.ts';
import { createProjectFile } from './projects/project-file.ts';
import { noteOpened, recentProjects } from './projects/recent-projects.ts';
import { projectMeta } from './projects/project-table.ts';
import type { ProjectMeta } from './projects/project-table.ts';
import { takeIn } from './projects/take-in.ts';
import type { SplitSentences } from './segmentation/split-sentences.ts';
import { historyOf } from './segments/edit-log.ts';
import { findSegments, nextUnconfirmed } from './segments/find-segments.ts';
import { isConfirmed, saveSegment } from './segments/save-segment.ts';
import type { Author } from './segments/edit-log.ts';
import { segmentById, segmentsByIds } from './segments/segment-table.ts';
import { stepBack } from './segments/undo.ts';

export interface HandlerDeps {
  readonly studioDb: WriteDb;
  readonly projects: OpenProjects;
  readonly engine: StudioEngine;
  readonly paths: GrantedPaths;
  readonly parser: DocumentParser;
  readonly split: SplitSentences;
  readonly author: () => Author;
  readonly delivery: ExportDeps;
  readonly models: { readonly store: string; readonly catalogue?: string | undefined };
  readonly workspace: string;
  /** The folder of fine-tuning runs. */
  readonly runs: string;
  log(line: string): void;
  emit<K extends EventName>(name: K, value: EventValue<K>): void;
}

/** Least time between two announcements of a project's counts while it is translated. */
const ANNOUNCE_MS = 500;

export function createHandlers(deps: HandlerDeps): Handlers {
  const { studioDb, projects, engine, paths, author, emit } = deps;
  const announce = (project: OpenProject): Project => {
    const info = projectInfo(project);
    emit('project.changed', { project: info });
    return info;
  };
  const terms = openTermRoom({
    projects, paths, log: deps.log, now: () => author().at,
    changed: ({ id }) => { emit('terms.changed', { projectId: id }); },
    rechecked: (project, segmentIds) => {
      emit('segments.changed', { projectId: project.id, segmentIds: segmentIds.length > 500 ? null : [...segmentIds] });
      announce(project);
    },
  });
  const adaptation = openAdaptationRoom({ projects, engine, workspace: deps.workspace, log: deps.log, changed: (value) => { emit('adaptation.changed', value); } });
  const open = (path: string): Project => {
    const project = projects.open(path);
    try {
      noteOpened(studioDb, project.db.path, projectMeta(project.db), author().at);
    } catch (error) {
      // A full disk of the workspace must not keep a project shut.
      deps.log(`The list of recent projects could not be written: ${toStudioError(error).message}`);
    }
    adaptation.of(project).open();
    return projectInfo(project);
  };
  const step = (projectId: number, direction: 'undo' | 'redo') => {
    const project = projects.get(projectId);
    const stepped = stepBack(project, direction, author());
    if (stepped === null) return null;
    const { segmentIds, relisted } = stepped;
    emit('segments.changed', { projectId, segmentIds: relisted || segmentIds.length > 500 ? null : segmentIds });
    // Their findings are those of then; the terms may be others now.
    terms.recheck(project, segmentIds);
    return { segmentIds, project: announce(project) };
  };
  const intake = (meta: ProjectMeta, { inputs, exclude }: { inputs: readonly string[]; exclude?: readonly string[] | undefined }, { signal, report }: JobContext<Progress>) =>
    ({ inputs, exclude, meta, parser: deps.parser, split: deps.split, author: author(), signal, report });

  return {
    'project.create': async ({ path, name, from, to, inputs, exclude }, context) => {
      for (const named of [path, ...inputs]) paths.require(named);
      const meta = { name, from, to };
      const { failures } = await createProjectFile(path, meta, author().at, (db) => takeIn(db, intake(meta, { inputs, exclude }, context)));
      return { project: open(path), failures };
    },
    'project.open': ({ path }) => {
      if (!recentProjects(studioDb).some((recent) => recent.path === path)) paths.require(path);
      return open(path);
    },
    'project.close': ({ projectId }) => {
      projects.close(projectId);
      return {};
    },
    'project.info': ({ projectId }) => projectInfo(projects.get(projectId)),
    'project.addFiles': async ({ projectId, inputs, exclude, changed }, context) => {
      for (const named of inputs) paths.require(named);
      const project = projects.get(projectId);
      const signal = AbortSignal.any([context.signal, project.closing]);
      try {
        const { failures, updated } = await takeIn(project.db, {
          ...intake(projectMeta(project.db), { inputs, exclude }, { ...context, signal }), changed, isTranslated: () => project.runningJob !== null,
        });
        return { project: projectInfo(project), failures, updated };
      } finally {
        // What was committed before it was cancelled is there.
        if (!project.closing.aborted) {
          emit('segments.changed', { projectId, segmentIds: null });
          announce(project);
          terms.recheck(project, 'all');
        }
      }
    },
    'project.recent': () => recentProjects(studioDb),

    'segments.find': async ({ projectId, filter }) => ({ ids: await findSegments(projects.get(projectId).db, filter) }),
    'segments.rows': ({ projectId, ids }) => segmentsByIds(projects.get(projectId).db, ids),
    'segments.nextUnconfirmed': async ({ projectId, after, filter }) => ({ id: await nextUnconfirmed(projects.get(projectId).db, after, filter) }),
    'segment.save': ({ projectId, ...save }) => {
      const project = projects.get(projectId);
      const saved = saveSegment(project.db, save, author(), projectTerms(project.db).rules);
      if (saved.segment.version !== save.version) {
        if (isConfirmed(saved.segment.state)) adaptation.of(project).confirmed(saved.segment);
        emit('segments.changed', { projectId, segmentIds: [saved.segment.id, ...saved.propagated] });
        announce(project);
      }
      return saved;
    },
    'segment.history': ({ projectId, segmentId }) => {
      const { db } = projects.get(projectId);
      return historyOf(db, segmentById(db, segmentId).id);
    },
    'segment.suggest': ({ projectId, segmentId, terms }) => {
      const project = projects.get(projectId);
      return suggest(project.db, segmentId, engine, (...text) => adaptation.of(project).leading(...text), terms);
    },
    'edits.undo': ({ projectId }) => step(projectId, 'undo'),
    'edits.redo': ({ projectId }) => step(projectId, 'redo'),

    'translate.run': async ({ projectId, ...input }, context) => {
      const project = projects.get(projectId);
      requireFiles(project.db, input.fileIds);
      let announced = 0, loaded = false;
      const tellEngine = (): void => { void engineStatus(engine).then((status) => { emit('engine.changed', status); }); };
      const report: typeof context.report = (progress) => {
        context.report(progress);
        if (loaded || progress.phase !== 'translate') return;
        loaded = true;
        tellEngine();
      };
      const changed = (segmentIds: readonly number[]): void => {
        emit('segments.changed', { projectId, segmentIds: [...segmentIds] });
        if (performance.now() - announced < ANNOUNCE_MS) return;
        announced = performance.now();
        announce(project);
      };
      try {
        return await translateProject(project, input, { signal: context.signal, report }, { engine, author, changed, leading: (model) => adaptation.of(project).leadingAll(model) });
      } finally {
        if (!project.closing.aborted) announce(project);
        tellEngine();
      }
    },
    'export.run': ({ projectId, ...input }, context) => {
      paths.require(input.outDir);
      const project = projects.get(projectId);
      requireFiles(project.db, input.fileIds);
      return exportProject(project.db, input, { ...context, signal: AbortSignal.any([context.signal, project.closing]) }, deps.delivery);
    },

    'models.list': async () => {
      try {
        return (await engine.models()).models.map((model) => ({ ...model }));
      } catch (error) {
        throw fromEngine(error);
      }
    },
    'engine.status': () => engineStatus(engine),

    ...modelHandlers({ engine, paths, ...deps.models, changed: () => { emit('models.changed', {}); } }),
    ...adaptation.handlers,
    ...trainingHandlers({ engine, paths, projects, store: deps.models.store, runs: deps.runs, now: () => author().at, changed: (what) => { emit(`${what}.changed`, {}); } }),
    ...textTaskHandlers(deps),
    ...terms.handlers,
  };
}
