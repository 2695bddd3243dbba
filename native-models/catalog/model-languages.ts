/**
 * Which languages a model has, as its own files say: the manifest first; then what each family writes down: the codes of
 * multilingual tokenizers (NLLB, M2M100, mBART), `source_lang` and `target_lang` with the `>>deu<<` of Marian's
 * vocabularies, the tasks of T5's `config.json`; the names of files and folder last.
 */
import path from 'node:path';
import type { ModelDescription, ModelTask } from '../engine/engine.ts';
import { readJsonObject, stringIn } from '../tokenizers/huggingface/json-values.ts';
import { languageCodesOf } from '../tokenizers/huggingface/language-tokens.ts';
import { translationTasks } from '../tokenizers/huggingface/task-prefixes.ts';
import type { InspectedFolder } from '../weights/model-folder.ts';
import { languageTag, tagsOfCodes } from './language-codes.ts';
import { pairFromNames } from './languages.ts';
import type { ModelManifest } from './manifest.ts';
import { SEVERAL } from './model-pairs.ts';

type Languages = Pick<ModelDescription, 'from' | 'to' | 'languages' | 'tasks'>;

/** Families that are published for other tasks than translation; a manifest with languages says otherwise. */
const OTHER_TASKS: Readonly<Record<string, readonly ModelTask[]>> = { bart: ['summarize'], pegasus: ['summarize'] };

/** Null where nothing tells the languages of a model that translates. */
export function languagesOf(model: InspectedFolder, manifest: ModelManifest): Languages | null {
  if (manifest.languages !== undefined) return ofLists(manifest.languages.from, manifest.languages.to);
  if (manifest.from !== undefined && manifest.to !== undefined) return { from: manifest.from, to: manifest.to, ...(manifest.tasks === undefined ? {} : { tasks: manifest.tasks }) };
  const told = ofFiles(model);
  if (told !== null) return told;
  const pair = pairFromNames([...model.files.map((file) => path.basename(file)), path.basename(model.folder)]);
  const tasks = OTHER_TASKS[model.architecture];
  return pair ?? (tasks === undefined ? null : { from: 'und', to: 'und', tasks });
}

function ofFiles({ folder, architecture, format }: InspectedFolder): Languages | null {
  if (format === 'marian-bin' || format === 'marian-npz' || format === 'recurrent') return null;
  if (architecture === 't5' || architecture === 'mt5') return ofTasks(folder);
  const codes = [...tagsOfCodes(languageCodesOf(folder).codes).keys()];
  if (architecture !== 'marian') return codes.length === 0 ? null : ofLists(codes, codes);
  const config = readJsonObject(folder, 'tokenizer_config.json') ?? {};
  const from = languageTag(stringIn(config, 'source_lang') ?? '');
  const to = languageTag(stringIn(config, 'target_lang') ?? '');
  if (codes.length > 1 && from !== null) return ofLists([from], codes);
  return from === null || to === null ? null : { from, to };
}

function ofTasks(folder: string): Languages {
  const { pairs, summarizes } = translationTasks(folder);
  const tasks: ModelTask[] = [...(pairs.length > 0 ? ['translate' as const] : []), ...(summarizes ? ['summarize' as const] : [])];
  const told = ofLists([...new Set(pairs.map(({ from }) => from))], [...new Set(pairs.map(({ to }) => to))]);
  // T5 answers questions whatever else it was trained for.
  return { ...told, tasks: [...tasks, 'answer'] };
}

function ofLists(from: readonly string[], to: readonly string[]): Languages {
  const [source = 'und'] = from, [target = 'und'] = to;
  if (from.length <= 1 && to.length <= 1) return { from: source, to: target };
  return { from: from.length > 1 ? SEVERAL : source, to: to.length > 1 ? SEVERAL : target, languages: { from: [...from], to: [...to] } };
}
