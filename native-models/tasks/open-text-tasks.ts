/** Summaries and answers in this process: finds the models that do them, and keeps the one in use open. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { DeviceWish } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { RECURRENT_CONFIGURATION } from '../weights/recurrent-folder.ts';
import { answerQuestion } from './answer-question.ts';
import { summarizeText } from './summarize-text.ts';
import { openTaskReader } from './open-task-reader.ts';
import type { TaskReader } from './task-reader.ts';
import { inspectTaskFolder, nameOf, type TaskModel, taskSettings } from './task-settings.ts';
import type { TextTask, TextTasks } from './text-tasks.ts';

export interface TextTasksOptions {
  /** Folders that hold models. */
  readonly modelDirs: readonly string[];
  readonly threads: number;
  /** The cpu when absent. */
  readonly device?: DeviceWish;
  /** Where compiled graphs are kept, and what was found out about devices; when absent they are made each time. */
  readonly cacheDir?: string;
  /** Told what the user should know of how a model is run. */
  readonly notice?: (text: string) => void;
  /** Milliseconds that a model stays open without work; five minutes when absent. */
  readonly keep?: number;
}

const KEEP = 5 * 60_000;

/** Opens no model yet. One is open at a time: these are large. */
export function openTextTasks({ modelDirs, keep = KEEP, device = 'cpu', cacheDir, ...others }: TextTasksOptions): TextTasks & { close(): Promise<void> } {
  let opened: { readonly folder: string; readonly reader: Promise<TaskReader> } | null = null;
  let before: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  const close = async (): Promise<void> => {
    const last = opened;
    opened = null;
    await last?.reader.then((reader) => reader.close(), () => undefined);
  };
  const open = async (folder: string): Promise<TaskReader> => {
    if (opened?.folder !== folder) {
      await close();
      opened = { folder, reader: openTaskReader(folder, { device, cacheDir: cacheDir ?? null, ...others }) };
      opened.reader.catch(() => { opened = null; });
    }
    return opened.reader;
  };
  /** One at a time: two would only take the processor from each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    clearTimeout(idle);
    const turn = before.then(work);
    before = turn.catch(() => undefined);
    void before.then(() => {
      clearTimeout(idle);
      if (opened !== null) idle = setTimeout(() => { void inTurn(close); }, keep).unref();
    });
    return turn;
  };

  return {
    summarize: ({ segments, model }, options = {}) => inTurn(async () => {
      options.signal?.throwIfAborted();
      const folder = chooseFolder(modelDirs, 'summarize', model);
      const settings = taskSettings(folder, 'summarize');
      return summarizeText(await open(folder), settings, segments, options);
    }),
    ask: ({ question, segments, model }, options = {}) => inTurn(async () => {
      options.signal?.throwIfAborted();
      const folder = chooseFolder(modelDirs, 'answer', model);
      const settings = taskSettings(folder, 'answer');
      return answerQuestion(await open(folder), settings, { question, segments }, options);
    }),
    close: () => inTurn(close),
  };
}

/** Models of the folders in their order that do a task; broken ones are passed over. */
export function findTaskModels(modelDirs: readonly string[]): TaskModel[] {
  return modelDirs.flatMap((directory) => {
    const inside = existsSync(path.join(directory, 'config.json')) || existsSync(path.join(directory, RECURRENT_CONFIGURATION)) ? [directory] : subfolders(directory);
    return inside.flatMap((folder) => {
      try {
        return inspectTaskFolder(folder) ?? [];
      } catch (error) {
        if (error instanceof EngineError) return [];
        throw error;
      }
    });
  });
}

function subfolders(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink())).map(({ name }) => path.resolve(directory, name)).sort();
  } catch {
    return [];
  }
}

function chooseFolder(modelDirs: readonly string[], task: TextTask, wish: string | undefined): string {
  const known = findTaskModels(modelDirs);
  if (wish === undefined) {
    const first = known.find(({ tasks }) => tasks.includes(task));
    if (first !== undefined) return first.folder;
    throw new EngineError('MODEL_MISSING', `No model for ${nameOf(task)} is installed.`,
      `Choose the folder of a Hugging Face model (${task === 'summarize' ? 'BART, Pegasus or T5' : 'T5'}: config.json, model.safetensors or ONNX graphs, and its tokenizer files), or put that folder in ${modelDirs[0] ?? 'the models folder'}.`);
  }
  const named = known.find(({ id, folder }) => id === wish || path.basename(folder) === wish)?.folder ?? path.resolve(wish);
  if (existsSync(named)) return named;
  throw new EngineError('MODEL_MISSING', `There is no model ${wish}.`, 'Choose the folder of a Hugging Face model, or one that is in the models folder.');
}
