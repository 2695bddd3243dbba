import { resolve } from 'node:path';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { tellFailures } from './left-out.ts';
import { openProject, showProject } from './opened-project.ts';
import { tellUpdated } from './updated-files.ts';

export const projectUpdate: Action<SharedOptions> = async (context, [path, ...inputs]) => {
  const { studio, project } = await openProject(context, path);
  const added = await studio.handlers['project.addFiles']({ projectId: project.id, inputs: inputs.map((input) => resolve(input)), changed: 'update' }, { signal: context.signal, report: context.terminal.progress });
  const failures = tellFailures(context.terminal, added.failures, inputs.map((input) => resolve(input)));
  tellUpdated(context.terminal, added.updated);
  showProject(context, added.project);
  return failures.length > 0 ? EXIT.someFailed : EXIT.done;
};
