/** The projects that are open in this process, by their handle. */
import { StudioError, toStudioError } from '../../contract/errors.ts';
import type { Project } from '../../contract/shapes/project.ts';
import type { WriteDb } from '../db/connection.ts';
import { truePath } from '../files/granted-paths.ts';
import { unfinishedTranslation } from '../jobs/job-table.ts';
import { keepBackup, newestBackup } from './backups.ts';
import { openProjectFile } from './project-file.ts';
import { lockProject } from './project-lock.ts';
import type { ProjectLock } from './project-lock.ts';
import { summarize } from './project-table.ts';

export interface OpenProject {
  readonly id: number;
  readonly db: WriteDb;
  /** Ends the long operations of the project when it is closed. */
  readonly closing: AbortSignal;
  /** Id of the translation that runs now. */
  runningJob: number | null;
}

export interface OpenProjects {
  /** Opens a project, or gives the one that is open already. */
  open(path: string): OpenProject;
  /** Throws NOT_FOUND for a handle that is not open. */
  get(id: number): OpenProject;
  close(id: number): void;
  closeAll(): void;
}

export function createOpenProjects({ workspace, now, log }: { readonly workspace: string; now(): string; log(line: string): void }): OpenProjects {
  const open = new Map<number, OpenProject & { readonly truePath: string; readonly lock: ProjectLock; readonly ending: AbortController }>();
  let lastId = 0;
  const close = (id: number): void => {
    const project = open.get(id);
    if (!project) return;
    open.delete(id);
    project.ending.abort(new StudioError('CANCELLED', 'The project was closed.'));
    try {
      project.db.close();
    } finally {
      project.lock.release();
    }
  };
  const openWithBackup = (path: string): WriteDb => {
    let db: WriteDb;
    try {
      db = openProjectFile(path);
    } catch (error) {
      throw namingBackup(error, newestBackup(workspace, path));
    }
    try {
      keepBackup(workspace, db, now());
    } catch (error) {
      // A full disk of the workspace must not keep a project shut.
      log(`No backup of ${path} was made: ${toStudioError(error).message}`);
    }
    return db;
  };
  return {
    open(path) {
      const real = truePath(path);
      for (const project of open.values()) if (project.truePath === real) return project;
      const lock = lockProject(workspace, real);
      try {
        const db = openWithBackup(real), ending = new AbortController(), id = ++lastId;
        const project = { id, db, closing: ending.signal, ending, runningJob: null, truePath: real, lock };
        open.set(id, project);
        return project;
      } catch (error) {
        lock.release();
        throw error;
      }
    },
    get(id) {
      const project = open.get(id);
      if (!project) throw new StudioError('NOT_FOUND', 'The project is not open.', { advice: 'Open it again.', data: { projectId: id } });
      return project;
    },
    close,
    closeAll() {
      for (const id of [...open.keys()]) close(id);
    },
  };
}

function namingBackup(error: unknown, backup: string | null): unknown {
  if (!(error instanceof StudioError) || error.code !== 'DB_DAMAGED' || backup === null) return error;
  return new StudioError('DB_DAMAGED', error.message, { advice: `Keep the file as it is, copy the newest backup (${backup}) to another name, and open that copy.`, data: { ...error.data, backup }, cause: error });
}

/** What a window or a command shows of an open project. */
export function projectInfo(project: OpenProject): Project {
  return { id: project.id, ...summarize(project.db), unfinishedJob: project.runningJob === null ? unfinishedTranslation(project.db) : null };
}
