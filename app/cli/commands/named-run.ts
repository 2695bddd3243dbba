import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StudioError } from '../../contract/errors.ts';
import { RunFolders } from '../../core/training/run-folders.ts';
import { RunDirectory } from '../../../native-models/training/runs/run-directory.ts';

/** The runs that the studio knows: those of its window and of `bitext finetune`, and those that `bitext train` left beside its models. */
export const knownRuns = (workspace: string): RunFolders => new RunFolders(join(workspace, 'runs'), join(workspace, 'models'));

/** The folder of a run, by its path or by its name in `bitext runs list`. Throws NOT_FOUND. */
export function namedRun(workspace: string, name: string): string {
  const folder = [resolve(name), knownRuns(workspace).at(name)].find((each) => existsSync(join(each, 'run.json')));
  if (folder === undefined) throw new StudioError('NOT_FOUND', `There is no run ${name}.`, { advice: 'Give the folder of a run, or a name that "bitext runs list" shows.' });
  return folder;
}

/** `best`, `latest` or the number of a step. Throws INVALID_INPUT for one that has no checkpoint. */
export async function checkpointOf(folder: string, wanted: string): Promise<number> {
  const run = new RunDirectory(folder);
  const steps = await run.steps();
  const step = wanted === 'best' ? ((await run.bestStep()) ?? steps.at(-1)) : wanted === 'latest' ? steps.at(-1) : Number(wanted);
  if (step === undefined || !steps.includes(step))
    throw new StudioError('INVALID_INPUT', `The run has no checkpoint ${wanted}.`, { advice: steps.length === 0 ? 'Wait for its first one.' : `It has ${steps.join(', ')}.` });
  return step;
}
