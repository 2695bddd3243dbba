/** `bitext project check`: what the studio's checks found in the translations of a project. */
import type { Action } from '../command.ts';
import type { SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { allSegments } from './all-segments.ts';
import { openProject } from './opened-project.ts';
import { counted } from '../terminal/counted.ts';

/** A line for each finding. Exit code 1 when an error was found. */
export const projectCheck: Action<SharedOptions> = async (context, [path]) => {
  const { studio, project } = await openProject(context, path);
  const { terminal, json, signal } = context;
  const files = new Map(project.files.map((file) => [file.id, file.path]));
  let errors = 0, others = 0;
  for await (const { number, fileId, findings } of allSegments(studio, project.id, { withFindings: true })) {
    signal.throwIfAborted();
    const file = files.get(fileId) ?? '';
    for (const { code, severity, message } of findings) {
      if (severity === 'error') errors++;
      else others++;
      terminal.result(json ? JSON.stringify({ segment: number, file, severity, code, message }) : `${severity.padEnd(7)}  segment ${number}  ${file}  ${message}`);
    }
  }
  terminal.note(`${counted(project.segments, 'segment')}: ${counted(errors, 'error')}, ${counted(others, 'warning or note', 'warnings and notes')}`);
  return errors > 0 ? EXIT.someFailed : EXIT.done;
};
