/** What T5 is told by words before the text: the tasks in its `config.json`, each with a prefix and settings of its own. */
import { isObject, readJsonObject, stringIn, type JsonObject } from './json-values.ts';

export interface TranslationTask {
  /** As the name of the task has them: `translation_en_to_de`. */
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  /** Settings of the search for this task, by the names of the generation config. */
  readonly settings: JsonObject;
}

export interface TaskPrefixes {
  readonly pairs: readonly TranslationTask[];
  readonly summarizes: boolean;
}

/** The tasks of a folder; none where its `config.json` lists none. */
export function translationTasks(folder: string): TaskPrefixes {
  const tasks = readJsonObject(folder, 'config.json')?.['task_specific_params'];
  const named = isObject(tasks) ? Object.entries(tasks).filter((entry): entry is [string, JsonObject] => isObject(entry[1])) : [];
  const pairs = named.flatMap(([name, { prefix, ...settings }]): TranslationTask[] => {
    const [, from, to] = /^translation_([a-z]{2,3})_to_([a-z]{2,3})$/.exec(name) ?? [];
    return from === undefined || to === undefined || typeof prefix !== 'string' ? [] : [{ from, to, prefix, settings }];
  });
  return { pairs, summarizes: named.some(([name, settings]) => name === 'summarization' && stringIn(settings, 'prefix') !== null) };
}
