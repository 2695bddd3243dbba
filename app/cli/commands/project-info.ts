import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject, showProject } from './opened-project.ts';

export const projectInfo: Action<SharedOptions> = async (context, [path]) => {
  showProject(context, (await openProject(context, path)).project);
  return EXIT.done;
};
