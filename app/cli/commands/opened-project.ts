/** A project that a command was given by its path. */
import { resolve } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import type { Project } from '../../contract/shapes/project.ts';
import type { Studio } from '../../core/studio.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../terminal/counted.ts';

/** Throws as `project.open` does, and FILE_MISSING. */
export async function openProject(context: CommandContext, path: string | undefined): Promise<{ studio: Studio; project: Project }> {
  if (path === undefined) throw new StudioError('INVALID_INPUT', 'Name a project file.');
  const studio = await context.studio();
  return { studio, project: await studio.handlers['project.open']({ path: resolve(path) }) };
}

/** Files with their counts, for people; the whole project, for programs. */
export function showProject({ terminal, json }: CommandContext, project: Project): void {
  if (json) { terminal.result(JSON.stringify(project)); return; }
  terminal.result(`${project.name}: ${project.from} to ${project.to}, ${counted(project.segments, 'segment')}, ${counted(project.words, 'word')}, ${project.wordsDone.toLocaleString('en')} confirmed`);
  for (const file of project.files) {
    const { states } = file;
    terminal.result(`  ${file.path}  ${file.format}  ${counted(file.segments, 'segment')}, ${counted(file.words, 'word')}, ${states['not-started']} not started, ${counted(states.draft, 'draft')}, ${states.translated + states.reviewed} confirmed`);
  }
  if (project.unfinishedJob) terminal.result(`  A translation was cut off after ${project.unfinishedJob.done} of ${counted(project.unfinishedJob.total, 'segment')}; run it again to go on.`);
}
