import { StudioError } from '../../contract/errors.ts';
import { plainText } from '../../core/segments/runs.ts';
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { openProject } from './opened-project.ts';

export const projectHistory: Action<SharedOptions> = async (context, [path, number]) => {
  const { studio, project } = await openProject(context, path);
  const { ids } = await studio.handlers['segments.find']({ projectId: project.id, filter: {} });
  const segmentId = ids[Number(number) - 1];
  if (segmentId === undefined) throw new StudioError('NOT_FOUND', `There is no segment ${number ?? ''}.`, { advice: `The project has segments 1 to ${ids.length}.` });
  for (const edit of await studio.handlers['segment.history']({ projectId: project.id, segmentId }))
    context.terminal.result(context.json ? JSON.stringify(edit) : `${edit.at}  ${edit.who}  ${edit.origin.kind}  ${edit.stateBefore} -> ${edit.stateAfter}  ${edit.after === null ? '(empty)' : plainText(edit.after)}`);
  return EXIT.done;
};
