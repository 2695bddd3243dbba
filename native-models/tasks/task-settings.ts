/** Which tasks a Hugging Face folder does, and how a text is put to it: from its config.json, as transformers' pipelines read it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { EngineError } from '../engine/engine-error.ts';
import { isObject, readJsonObject, stringIn, type JsonObject } from '../tokenizers/huggingface/json-values.ts';
import { SOURCE_SEPARATOR } from '../training/corpus/read-corpus.ts';
import { RECURRENT_CONFIGURATION } from '../weights/recurrent-folder.ts';
import type { TextTask } from './text-tasks.ts';

/** A model folder that does at least one task. */
export interface TaskModel {
  readonly id: string;
  readonly folder: string;
  /** `model_type` of its config, e.g. `bart`. */
  readonly architecture: string;
  readonly tasks: readonly TextTask[];
}

export interface TaskSettings {
  /** Put before the text; T5 was trained with it. */
  readonly prefix: string;
  /** The folder's generation config with the settings of the task, which win. */
  readonly params: JsonObject;
  /** How a question and its context are put together, where it is not `questionText`. */
  readonly question?: (question: string, context: string) => string;
}

const TASKS: readonly TextTask[] = ['summarize', 'answer'];
/** Their names in Hugging Face's configs. */
const PUBLISHED_NAMES: Readonly<Record<TextTask, string>> = { summarize: 'summarization', answer: 'question_answering' };
/** Families that are published for a task without saying so. */
const USUAL: Readonly<Record<string, readonly TextTask[]>> = {
  t5: ['summarize', 'answer'], mt5: ['summarize', 'answer'], bart: ['summarize'], pegasus: ['summarize'],
};

const RECURRENT = 'recurrent';

/** What tells the kind of a folder; models that were trained here have no config.json. */
const configOf = (folder: string): JsonObject | null => (existsSync(path.join(folder, RECURRENT_CONFIGURATION)) ? { model_type: RECURRENT } : readJsonObject(folder, 'config.json'));

/**
 * The tasks of a folder: `tasks` of its bitext.json, else what `task_specific_params` of its config names, with what its
 * family usually does. Null for a folder without config.json or without a task. Throws MODEL_BROKEN for files that can't be read.
 */
export function inspectTaskFolder(folder: string): TaskModel | null {
  const config = configOf(folder);
  if (config === null) return null;
  const architecture = stringIn(config, 'model_type') ?? 'unknown';
  const manifest = readJsonObject(folder, 'bitext.json') ?? {};
  const { tasks: said } = manifest;
  const tasks = TASKS.filter((task) => (Array.isArray(said) ? said.includes(task) : (USUAL[architecture] ?? []).includes(task) || specificKey(config, task) !== null));
  return tasks.length === 0 ? null : { id: stringIn(manifest, 'id') ?? path.basename(folder), folder, architecture, tasks };
}

/** How a folder is asked for a task. Throws MODEL_MISSING without config.json, MODEL_UNSUPPORTED for a task that it does not do. */
export function taskSettings(folder: string, task: TextTask): TaskSettings {
  const config = configOf(folder);
  if (config === null) throw new EngineError('MODEL_MISSING', `The model folder ${folder} lacks config.json.`, 'Choose the folder of a Hugging Face model.');
  const model = inspectTaskFolder(folder);
  if (model === null || !model.tasks.includes(task))
    throw new EngineError('MODEL_UNSUPPORTED', `${path.basename(folder)} is not known as a model for ${nameOf(task)}.`,
      `Choose another one. If it was trained for it all the same, write {"tasks": ["${task}"]} in a bitext.json in its folder.`);
  const key = specificKey(config, task);
  if (model.architecture === RECURRENT) return { prefix: '', params: {}, question: (question, context) => `${question}${SOURCE_SEPARATOR}${context}` };
  const { prefix, ...specific } = (key === null ? null : object(object(config['task_specific_params'])[key])) ?? {};
  return {
    prefix: typeof prefix === 'string' ? prefix : key === null && model.architecture === 't5' && task === 'summarize' ? 'summarize: ' : '',
    params: { ...config, ...readJsonObject(folder, 'generation_config.json'), ...specific },
  };
}

export const nameOf = (task: TextTask): string => (task === 'summarize' ? 'summaries' : 'questions');

/** T5's own words for SQuAD (Raffel et al. 2020, appendix D.15), which models for questions have kept. */
export const questionText = (question: string, context: string): string => `question: ${question} context: ${context}`;

/** The entry of `task_specific_params` for a task; of several (`summarization_xsum`, ...) none, since one is as good as another. */
function specificKey(config: JsonObject, task: TextTask): string | null {
  const keys = Object.keys(object(config['task_specific_params']));
  const name = PUBLISHED_NAMES[task];
  if (keys.includes(name)) return name;
  const alike = keys.filter((key) => key.startsWith(name));
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
