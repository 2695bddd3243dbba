import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { sentenceAttention } from '../../../native-models/training/attention/sentence-attention.ts';
import type { AttentionMap } from '../../../native-models/training/training-tasks.ts';
import { StudioError } from '../../contract/errors.ts';
import { fromEngine } from '../../core/jobs/engine-errors.ts';
import type { Action } from '../command.ts';
import type { CommandContext, SharedOptions } from '../context.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { installedModel } from './installed-model.ts';
import { checkpointOf, knownRuns, namedRun } from './named-run.ts';

interface Options extends SharedOptions {
  readonly at: string;
  readonly model?: string;
}

/** `bitext runs attention`: what a model said of a text at a checkpoint, and where it looked. */
export const runsAttention: Action<Options> = async (context, [name = '', sentence = ''], { at, model, threads }) => {
  const { terminal, workspace, json, signal } = context;
  const runFolder = namedRun(workspace, name);
  const modelFolder = await modelOf(context, runFolder, model);
  const checkpoint = at === 'before' ? null : await checkpointOf(runFolder, at);
  const map = await sentenceAttention({ modelFolder, runFolder, checkpoint, sentence }, { threads: threads === undefined ? Math.min(2, availableParallelism()) : Number(threads), signal }).catch((error: unknown) => { throw fromEngine(error); });
  if (json) terminal.result(JSON.stringify({ checkpoint, ...map }));
  else for (const line of drawn(map)) terminal.result(line);
  return EXIT.done;
};

/** Null for a training from scratch, whose run holds its whole model. */
async function modelOf(context: CommandContext, runFolder: string, named: string | undefined): Promise<string | null> {
  const runs = knownRuns(context.workspace), id = basename(runFolder);
  if ((await runs.kindOf(runFolder)) === 'train') return null;
  if (named !== undefined) return (await installedModel(context, named)).folder;
  const request = runs.at(id) === runFolder ? await runs.request(id) : null;
  if (request === null) throw new StudioError('INVALID_INPUT', 'This run does not say which model it was started with.', { advice: 'Name it with --model.' });
  return request.model.folder;
}

const SHADES = [' ', '.', ':', '-', '=', '+', '*', '#', '%', '@'];

/** A row for each piece of the output, a column for each of the source; the darker, the more it was looked at. */
function drawn({ text, source, target, weights }: AttentionMap): string[] {
  const width = Math.max(...target.map((piece) => piece.length));
  const shade = (weight: number): string => SHADES[Math.min(SHADES.length - 1, Math.floor(weight * SHADES.length))] ?? ' ';
  const head = source.map((piece, column) => `${' '.repeat(width + 2)}${'| '.repeat(column)}${piece}`);
  return [text, '', ...head, ...target.map((piece, row) => `${piece.padEnd(width)}  ${(weights[row] ?? []).map(shade).join(' ')}`)];
}
